/** What `templates/platform/applicationclaim.jsonnet` makes of facts, written by hand. */
import type { Json, JsonObject } from '#model/json.js';
import { pick, withoutEmpty } from './fields.js';

interface Port {
  readonly name: string;
  readonly port: number;
  readonly protocol: string;
}

interface Application {
  readonly name: string;
  readonly enabled: boolean;
  readonly chart: { readonly name: string; readonly version: string };
  readonly image: { readonly pullSecrets?: readonly string[] };
  readonly replicas?: number;
  readonly serviceName?: string;
  readonly ports?: readonly Port[];
  readonly healthCheck?: JsonObject;
  readonly ingress?: JsonObject;
}

interface ClaimSpec {
  readonly environment: string;
  readonly clusterType: string;
  readonly applications: readonly Application[];
}

interface ChartFacts {
  readonly values: JsonObject;
  readonly profiles: { readonly [profile: string]: JsonObject };
}

/** The facts that the template looks at. */
export interface ClaimFacts {
  readonly object: { readonly spec: ClaimSpec };
  readonly charts: { readonly [reference: string]: ChartFacts };
  readonly parameters: { readonly [name: string]: string };
}

export function applicationclaim({ object: { spec }, charts, parameters }: ClaimFacts): Json {
  const repository = { remote: 'gitea', name: parameters.repository!, branch: parameters.branch! };
  const folder = `environments/${spec.clusterType}/${spec.environment}/applications`;
  const files: JsonObject[] = [
    {
      path: `appsets/${spec.clusterType}/apps/${spec.environment}-appset.yaml`,
      shared: true,
      content: applicationSet(spec, folder, parameters),
      repository,
    },
  ];
  for (const application of spec.applications) {
    if (!application.enabled) continue;
    const { name, chart } = application;
    const layers = layersOf(charts[`${chart.name}:${chart.version}`]!, spec, application);
    files.push({ path: `${folder}/${name}/values.yaml`, layers, repository });
    files.push({
      path: `${folder}/${name}/config.yaml`,
      content: { chart: chart.name, version: chart.version },
      repository,
    });
  }
  return { files };
}

function layersOf(
  { values, profiles }: ChartFacts,
  { environment, clusterType }: ClaimSpec,
  application: Application,
): Json {
  const { production } = profiles;
  const isProduction = environment === 'prod' || clusterType === 'prod';
  return [
    { name: 'chart', values },
    ...(isProduction && production !== undefined ? [{ name: 'production profile', values: production }] : []),
    { name: 'claim', values: overrides(application) },
  ];
}

function overrides(application: Application): JsonObject {
  const { image, replicas, healthCheck = {}, ingress = {} } = application;
  return {
    ...pick(application, ['resources', 'env', 'autoscaling']),
    ...(replicas === undefined ? {} : { replicaCount: replicas }),
    ...withoutEmpty({
      image: pick(image, ['repository', 'tag', 'pullPolicy']),
      imagePullSecrets: (image.pullSecrets ?? []).map((name) => ({ name })),
      service: service(application),
      healthCheck: Object.keys(healthCheck).length === 0 ? {} : { liveness: healthCheck, readiness: healthCheck },
      ingress: ingress.tls === undefined ? ingress : { ...ingress, tls: { enabled: ingress.tls } },
    }),
  };
}

function service({ serviceName, ports = [] }: Application): JsonObject {
  const named: JsonObject = serviceName === undefined ? {} : { name: serviceName };
  const [first, ...others] = ports;
  if (first === undefined) return named;
  return {
    ...named,
    portName: first.name,
    targetPort: first.port,
    protocol: first.protocol,
    extraPorts: others.map((port) => ({ ...port })),
  };
}

function applicationSet(
  { environment, clusterType }: ClaimSpec,
  folder: string,
  parameters: ClaimFacts['parameters'],
): JsonObject {
  const repoURL = `${parameters.gitURL}/${parameters.repository}`;
  const revision = parameters.branch!;
  return {
    apiVersion: 'argoproj.io/v1alpha1',
    kind: 'ApplicationSet',
    metadata: {
      name: `${environment}-apps`,
      namespace: parameters.argocdNamespace!,
      labels: { 'platform.infraforge.io/environment': environment, 'platform.infraforge.io/cluster': clusterType },
    },
    spec: {
      goTemplate: true,
      goTemplateOptions: ['missingkey=error'],
      generators: [{ git: { repoURL, revision, files: [{ path: `${folder}/*/config.yaml` }] } }],
      template: {
        metadata: {
          name: `{{ .path.basename }}-${environment}`,
          labels: { 'platform.infraforge.io/app': '{{ .path.basename }}', 'platform.infraforge.io/env': environment },
        },
        spec: {
          project: parameters.argocdProject!,
          sources: [
            {
              repoURL: parameters.chartRepository!.replaceAll('oci://', ''),
              chart: '{{ .chart }}',
              targetRevision: '{{ .version }}',
              helm: { valueFiles: [`$values/${folder}/{{ .path.basename }}/values.yaml`] },
            },
            { repoURL, targetRevision: revision, ref: 'values' },
          ],
          destination: { server: 'https://kubernetes.default.svc', namespace: environment },
          syncPolicy: { automated: { prune: true, selfHeal: true }, syncOptions: ['CreateNamespace=true'] },
        },
      },
    },
  };
}
