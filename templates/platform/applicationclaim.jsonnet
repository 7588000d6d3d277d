// For each application its Helm values and its chart; for the environment the ApplicationSet that deploys them.
local argocd = import '../lib/argocd.libsonnet';
local helm = import '../lib/helm.libsonnet';
local kubernetes = import '../lib/kubernetes.libsonnet';

local enabled(object) = [application for application in object.spec.applications if application.enabled];
local isProduction(spec) = spec.environment == 'prod' || spec.clusterType == 'prod';
local folder(spec) = 'environments/%s/%s/applications' % [spec.clusterType, spec.environment];

local service(application) =
  local ports = std.get(application, 'ports', []);
  (if std.objectHas(application, 'serviceName') then { name: application.serviceName } else {})
  + if ports == [] then {} else {
    portName: ports[0].name,
    targetPort: ports[0].port,
    protocol: ports[0].protocol,
    extraPorts: ports[1:],
  };

local ingress(application) =
  local ingress = std.get(application, 'ingress', {});
  ingress + if std.objectHas(ingress, 'tls') then { tls: { enabled: ingress.tls } } else {};

// What the claim says, in the words of the chart.
local overrides(application) =
  local probe = std.get(application, 'healthCheck', {});
  kubernetes.pick(application, ['resources', 'env', 'autoscaling'])
  + { [if std.objectHas(application, 'replicas') then 'replicaCount']: application.replicas }
  + kubernetes.withoutEmpty({
    image: kubernetes.pick(application.image, ['repository', 'tag', 'pullPolicy']),
    imagePullSecrets: [{ name: name } for name in std.get(application.image, 'pullSecrets', [])],
    service: service(application),
    healthCheck: if probe == {} then {} else { liveness: probe, readiness: probe },
    ingress: ingress(application),
  });

local applicationFiles(facts, application) =
  local spec = facts.object.spec;
  local chart = facts.charts[application.chart.name + ':' + application.chart.version];
  local path = folder(spec) + '/' + application.name;
  [
    { path: path + '/values.yaml', layers: helm.layers(chart, isProduction(spec), overrides(application)) },
    { path: path + '/config.yaml', content: { chart: application.chart.name, version: application.chart.version } },
  ];

local applicationSetFile(spec, parameters) = {
  path: 'appsets/%s/apps/%s-appset.yaml' % [spec.clusterType, spec.environment],
  shared: true,
  content: argocd.applicationSet(spec.environment, spec.clusterType, folder(spec), {
    repository: parameters.gitURL + '/' + parameters.repository,
    branch: parameters.branch,
    charts: parameters.chartRepository,
    namespace: parameters.argocdNamespace,
    project: parameters.argocdProject,
  }),
};

local summary(application) =
  local ingress = { enabled: false, tls: false } + std.get(application, 'ingress', {});
  {
    name: application.name,
    version: application.image.tag,
    [if ingress.enabled then 'endpoints']: [(if ingress.tls then 'https://' else 'http://') + ingress.host],
  };

{
  charts(object, parameters)::
    local references = [
      { repository: parameters.chartRepository, chart: application.chart.name, version: application.chart.version }
      for application in enabled(object)
    ];
    std.set(references, function(reference) reference.chart + ':' + reference.version),

  desired(facts)::
    local parameters = facts.parameters;
    local repository = { remote: 'gitea', name: parameters.repository, branch: parameters.branch };
    local files = [applicationSetFile(facts.object.spec, parameters)] + std.flatMap(
      function(application) applicationFiles(facts, application), enabled(facts.object)
    );
    { files: [file { repository: repository } for file in files] },

  status(facts, result)::
    local phases = { settled: 'Ready', waiting: 'Provisioning', stalled: 'Failed', failed: 'Failed' };
    local published = std.get(result.files, 'gitea/' + facts.parameters.repository, {});
    local ready = result.outcome == 'settled' && !result.deleting;
    kubernetes.pick(std.get(facts.object, 'status', {}) + published, ['commit']) + {
      phase: if result.deleting then 'Terminating' else phases[result.outcome],
      ready: ready,
      applicationsReady: ready,
      applications: [summary(application) for application in enabled(facts.object)],
    },
}
