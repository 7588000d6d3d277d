// A Pod that serves gRPC, and the Service in front of it.
local kubernetes = import '../lib/kubernetes.libsonnet';
local time = import '../lib/time.libsonnet';

local prefix = 'hourglass.eigenlayer.io/';
local secondsToStart = 5 * 60;
local nodesWith = {
  sgx: { 'intel.feature.node.kubernetes.io/sgx': 'true' },
  tdx: { 'intel.feature.node.kubernetes.io/tdx': 'true' },
  sev: { 'amd.feature.node.kubernetes.io/sev': 'true' },
};

local nameOf(object) = 'performer-' + object.metadata.name;
local podOf(facts) = kubernetes.child(facts, 'Pod', nameOf(facts.object));
local podPhase(pod) = std.get(std.get(pod, 'status', {}), 'phase', 'Pending');
local hasEnded(pod) = std.member(['Failed', 'Succeeded'], podPhase(pod));
local isLeaving(pod) = std.objectHas(pod.metadata, 'deletionTimestamp');
local imageOf(pod) = [container.image for container in pod.spec.containers if container.name == 'performer'][0];

// A Pod that has ended, or does not start, gives way to a new one.
local isLost(facts) =
  local pod = podOf(facts);
  pod != null && !isLeaving(pod) && (
    hasEnded(pod)
    || podPhase(pod) == 'Pending' && time.between(pod.metadata.creationTimestamp, facts.time) > secondsToStart
  );

// What a field means that is not there.
local absent = {
  config: { environment: {}, environmentFrom: [] },
  hardware: { gpuCount: 0, gpuType: 'gpu', teeRequired: false, customLabels: {} },
  scheduling: { nodeSelector: {} },
};

local environment(config) =
  [{ name: name, value: config.environment[name] } for name in std.objectFields(config.environment)]
  + config.environmentFrom;

local resources(spec, hardware) =
  local gpus = { ['nvidia.com/' + hardware.gpuType]: std.toString(hardware.gpuCount) };
  std.get(spec, 'resources', {}) + if hardware.gpuCount > 0 then { requests+: gpus, limits+: gpus } else {};

local nodeSelector(scheduling, hardware) =
  scheduling.nodeSelector + hardware.customLabels + if hardware.teeRequired then nodesWith[hardware.teeType] else {};

local probe(port, delay, period, timeout) = {
  grpc: { port: port },
  initialDelaySeconds: delay,
  periodSeconds: period,
  timeoutSeconds: timeout,
  failureThreshold: 3,
};

local pod(facts) =
  local object = facts.object;
  local spec = object.spec;
  local config = absent.config + spec.config;
  local hardware = absent.hardware + std.get(spec, 'hardwareRequirements', {});
  local scheduling = absent.scheduling + std.get(spec, 'scheduling', {});
  {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      name: nameOf(object),
      namespace: object.metadata.namespace,
      labels: {
        app: 'hourglass-performer',
        [prefix + 'performer']: object.metadata.name,
        [prefix + 'avs']: kubernetes.labelValue(spec.avsAddress),
      },
      [if isLost(facts) then 'annotations']: { 'edict.dev/replace': podOf(facts).metadata.uid },
    },
    spec: kubernetes.withoutEmpty(
      kubernetes.pick(spec, ['imagePullSecrets'])
      + kubernetes.pick(config, ['serviceAccountName'])
      + kubernetes.pick(scheduling, ['affinity', 'tolerations', 'priorityClassName'])
      + {
        [if std.objectHas(scheduling, 'runtimeClass') then 'runtimeClassName']: scheduling.runtimeClass,
        nodeSelector: nodeSelector(scheduling, hardware),
        restartPolicy: 'Always',
        containers: [kubernetes.withoutEmpty(kubernetes.pick(config, ['command', 'args']) + {
          name: 'performer',
          image: spec.image,
          imagePullPolicy: spec.imagePullPolicy,
          ports: [{ name: 'grpc', containerPort: config.grpcPort, protocol: 'TCP' }],
          env: environment(config),
          resources: resources(spec, hardware),
          livenessProbe: probe(config.grpcPort, 30, 10, 5),
          readinessProbe: probe(config.grpcPort, 5, 15, 1),
        })],
      },
    ),
  };

local service(object) = {
  apiVersion: 'v1',
  kind: 'Service',
  metadata: { name: nameOf(object), namespace: object.metadata.namespace },
  spec: {
    type: 'ClusterIP',
    selector: { [prefix + 'performer']: object.metadata.name },
    ports: [{ name: 'grpc', port: object.spec.config.grpcPort, targetPort: 'grpc', protocol: 'TCP' }],
  },
};

local isRefused(result) = std.member(['stalled', 'failed'], result.outcome);

// Upgrading lasts from the change of the image until the new Pod runs.
local phase(facts, result, before) =
  local pod = podOf(facts);
  local refused = isRefused(result);
  local starts = pod == null || podPhase(pod) == 'Pending';
  if result.deleting then 'Terminating'
  else if pod != null && !refused && imageOf(pod) != facts.object.spec.image then 'Upgrading'
  else if starts && !refused && before == 'Upgrading' then 'Upgrading'
  else if pod == null then (if refused then 'Failed' else 'Pending')
  else if hasEnded(pod) then 'Failed'
  else if podPhase(pod) == 'Running' && !isLeaving(pod) then 'Running'
  else 'Pending';

{
  desired(facts):: { resources: [pod(facts), service(facts.object)] },

  status(facts, result)::
    local object = facts.object;
    local before = std.get(object, 'status', {});
    local name = nameOf(object);
    local pod = podOf(facts);
    local now = phase(facts, result, std.get(before, 'phase'));
    local readiness = if pod == null then null else kubernetes.condition(std.get(pod, 'status', {}), 'Ready');
    local ready = now == 'Running' && readiness != null && readiness.status == 'True';
    local exists = pod != null || std.objectHas(result.resources, kubernetes.childName(facts, 'Pod', name));
    local serves = kubernetes.child(facts, 'Service', name) != null || !isRefused(result);
    local upgraded = std.get(before, 'phase') == 'Upgrading'
                     && pod != null && !isLeaving(pod) && imageOf(pod) == object.spec.image;
    kubernetes.pick(before, ['lastUpgrade', 'readyTime'])
    + (if upgraded then { lastUpgrade: pod.metadata.creationTimestamp } else {})
    + (if ready && !std.objectHas(before, 'readyTime') then { readyTime: readiness.lastTransitionTime } else {})
    + {
      phase: now,
      ready: ready,
      podName: if exists then name else '',
      serviceName: if serves then name else '',
      grpcEndpoint:
        local address = '%s.%s.svc.cluster.local:%d' % [name, object.metadata.namespace, object.spec.config.grpcPort];
        if serves then address else '',
    },
}
