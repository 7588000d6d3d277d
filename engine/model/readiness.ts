import { isJsonObject, type Json, type JsonObject } from './json.js';
import { asJson, type KubernetesObject, kindIdentity } from './object.js';

/** Whether a live object does what it is for. */
export type Readiness = 'Ready' | 'InProgress' | 'Failed' | 'Terminating';

/**
 * Readiness of a live object as kstatus computes it (sigs.k8s.io/cli-utils/pkg/kstatus/status): first what every kind may
 * say, then what the built-in workloads say in their own words. A kind that says nothing is ready as soon as it is there.
 * Two things differ: a Pod that failed is Failed, and one that cannot be scheduled is InProgress, because readiness
 * depends on the object alone and not on the time.
 */
export function readinessOf(object: KubernetesObject): Readiness {
  const json = asJson(object);
  const { deletionTimestamp, generation } = object.metadata;
  if (deletionTimestamp !== undefined) return 'Terminating';
  const status = isJsonObject(json.status) ? json.status : {};
  const spec = isJsonObject(json.spec) ? json.spec : {};
  const observed = status.observedGeneration;
  if (observed !== undefined && generation !== undefined && observed !== generation) return 'InProgress';
  const said = conditions(status).find(
    ({ type, status: is }) => is === 'True' && (type === 'Reconciling' || type === 'Stalled'),
  );
  if (said !== undefined) return said.type === 'Stalled' ? 'Failed' : 'InProgress';
  const workload = WORKLOADS[kindIdentity(object)];
  if (workload !== undefined) return workload(spec, status);
  const ready = condition(status, 'Ready')?.status;
  return when(ready === undefined || ready === 'True');
}

type Assess = (spec: JsonObject, status: JsonObject) => Readiness;

const when = (ready: boolean): Readiness => (ready ? 'Ready' : 'InProgress');
const count = (value: Json | undefined, fallback = 0): number => (typeof value === 'number' ? value : fallback);
const alwaysReady: Assess = () => 'Ready';

const WORKLOADS: { readonly [groupKind: string]: Assess } = {
  '/ConfigMap': alwaysReady,
  '/Secret': alwaysReady,
  'batch/CronJob': alwaysReady,
  '/Service': (spec) => when(spec.type !== 'LoadBalancer' || (spec.clusterIP ?? '') !== ''),
  '/PersistentVolumeClaim': (_, status) => when(status.phase === 'Bound'),
  '/Pod': (_, status) => {
    if (status.phase === 'Succeeded') return 'Ready';
    if (status.phase === 'Failed') return 'Failed';
    if (status.phase !== 'Running') return 'InProgress';
    if (condition(status, 'Ready')?.status === 'True') return 'Ready';
    return isCrashLooping(status) ? 'Failed' : 'InProgress';
  },
  'apps/Deployment': (spec, status) => {
    const progressing = condition(status, 'Progressing');
    if (progressing?.reason === 'ProgressDeadlineExceeded') return 'Failed';
    const wanted = count(spec.replicas, 1);
    const updated = count(status.updatedReplicas);
    const isProgressing =
      spec.progressDeadlineSeconds === undefined ||
      (progressing?.status === 'True' && progressing.reason === 'NewReplicaSetAvailable');
    return when(
      count(status.replicas) === wanted &&
        updated >= wanted &&
        count(status.availableReplicas) >= updated &&
        count(status.readyReplicas) >= wanted &&
        isProgressing &&
        condition(status, 'Available')?.status === 'True',
    );
  },
  'apps/StatefulSet': (spec, status) => {
    const strategy = isJsonObject(spec.updateStrategy) ? spec.updateStrategy : {};
    if (strategy.type === 'OnDelete') return 'Ready';
    const wanted = count(spec.replicas, 1);
    if (count(status.replicas) !== wanted || count(status.readyReplicas) < wanted) return 'InProgress';
    const partition = isJsonObject(strategy.rollingUpdate) ? strategy.rollingUpdate.partition : undefined;
    if (typeof partition === 'number') return when(count(status.updatedReplicas) >= wanted - partition);
    return when(count(status.currentReplicas) >= wanted && status.currentRevision === status.updateRevision);
  },
  'apps/ReplicaSet': (spec, status) => {
    if (condition(status, 'ReplicaFailure')?.status === 'True') return 'InProgress';
    const wanted = count(spec.replicas, 1);
    const fields = ['fullyLabeledReplicas', 'availableReplicas', 'readyReplicas'];
    return when(fields.every((field) => count(status[field]) >= wanted) && count(status.replicas) <= wanted);
  },
  'apps/DaemonSet': (_, status) => {
    const wanted = count(status.desiredNumberScheduled, -1);
    const fields = ['currentNumberScheduled', 'updatedNumberScheduled', 'numberAvailable', 'numberReady'];
    const isObserved = status.observedGeneration !== undefined && wanted >= 0;
    return when(isObserved && fields.every((field) => count(status[field]) >= wanted));
  },
  'policy/PodDisruptionBudget': (_, status) => {
    const desired = count(status.desiredHealthy, -1);
    return when(desired >= 0 && count(status.currentHealthy) >= desired);
  },
  'batch/Job': (_, status) => {
    if (condition(status, 'Failed')?.status === 'True') return 'Failed';
    return when(condition(status, 'Complete')?.status === 'True' || status.startTime !== undefined);
  },
  'apiextensions.k8s.io/CustomResourceDefinition': (_, status) => {
    const names = condition(status, 'NamesAccepted');
    if (names?.status === 'False') return 'Failed';
    const established = condition(status, 'Established');
    if (established?.status === 'False' && established.reason !== 'Installing') return 'Failed';
    return when(established?.status === 'True');
  },
};

function isCrashLooping(status: JsonObject): boolean {
  const containers = ['initContainerStatuses', 'containerStatuses'].flatMap((field) => status[field] ?? []);
  return containers.filter(isJsonObject).some(({ state }) => {
    const waiting = isJsonObject(state) ? state.waiting : undefined;
    return isJsonObject(waiting) && waiting.reason === 'CrashLoopBackOff';
  });
}

function conditions(status: JsonObject): readonly JsonObject[] {
  return Array.isArray(status.conditions) ? status.conditions.filter(isJsonObject) : [];
}

function condition(status: JsonObject, type: string): JsonObject | undefined {
  return conditions(status).find((item) => item.type === type);
}
