// Argo CD objects.
{
  // An ApplicationSet that makes one Application of each folder below `folder`: its config.yaml names the chart, its
  // values.yaml holds the values. `at` = {repository, branch, charts, namespace, project}: the URLs of the Git and the
  // chart repository, and where the ApplicationSet belongs.
  applicationSet(environment, clusterType, folder, at):: {
    apiVersion: 'argoproj.io/v1alpha1',
    kind: 'ApplicationSet',
    metadata: {
      name: environment + '-apps',
      namespace: at.namespace,
      labels: {
        'platform.infraforge.io/environment': environment,
        'platform.infraforge.io/cluster': clusterType,
      },
    },
    spec: {
      goTemplate: true,
      goTemplateOptions: ['missingkey=error'],
      generators: [{
        git: { repoURL: at.repository, revision: at.branch, files: [{ path: folder + '/*/config.yaml' }] },
      }],
      template: {
        metadata: {
          name: '{{ .path.basename }}-' + environment,
          labels: {
            'platform.infraforge.io/app': '{{ .path.basename }}',
            'platform.infraforge.io/env': environment,
          },
        },
        spec: {
          project: at.project,
          sources: [
            {
              // Argo CD takes a chart repository without a scheme for an OCI registry.
              repoURL: std.strReplace(at.charts, 'oci://', ''),
              chart: '{{ .chart }}',
              targetRevision: '{{ .version }}',
              helm: { valueFiles: ['$values/' + folder + '/{{ .path.basename }}/values.yaml'] },
            },
            { repoURL: at.repository, targetRevision: at.branch, ref: 'values' },
          ],
          destination: { server: 'https://kubernetes.default.svc', namespace: environment },
          syncPolicy: {
            automated: { prune: true, selfHeal: true },
            syncOptions: ['CreateNamespace=true'],
          },
        },
      },
    },
  },
}
