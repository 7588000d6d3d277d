import type { Readiness } from './facts.js';
import { isJsonObject, type Json, type JsonObject } from './json.js';
import { asJson, groupOf, type KubernetesObject } from './object.js';

/**
 * Readiness of a live object as kstatus computes it (sigs.k8s.io/cli-utils/pkg/kstatus): first what every kind may say,
 * then what the built-in workloads say in their own words. A kind that says nothing is ready as soon as it is there.
 */
export function readinessOf(object: KubernetesObject): Readiness {
  const json = asJson(object);
  if (object.metadata.deletionTimestamp !== undefined) return 'Terminating';
  const status = isJsonObject(json.status) ? json.status : {};
  const spec = isJsonObject(json.spec) ? json.spec : {};
  const observed = status.observedGeneration;
  if (typeof observed === 'number' && observed < (object.metadata.generation ?? 0)) return 'InProgress';
  if (isTrue(status, 'Stalled')) return 'Failed';
  if (isTrue(status, 'Reconciling')) return 'InProgress';
  const workload = WORKLOADS[`${groupOf(object.apiVersion)}/${object.kind}`];
  if (workload !== undefined) return workload(spec, status);
  const ready = condition(status, 'Ready') ?? condition(status, 'Available');
  return ready === undefined || ready === 'True' ? 'Ready' : 'InProgress';
}

type Assess = (spec: JsonObject, status: JsonObject) => Readiness;

const when = (ready: boolean): Readiness => (ready ? 'Ready' : 'InProgress');
const count = (value: Json | undefined, fallback: number): number => (typeof value === 'number' ? value : fallback);

const replicated: Assess = (spec, status) => {
  const wanted = count(spec.replicas, 1);
  const fields = ['updatedReplicas', 'readyReplicas', 'availableReplicas'];
  return when(
    status.observedGeneration !== undefined &&
      fields.every((field) => count(status[field], wanted === 0 ? 0 : -1) >= wanted),
  );
};

const WORKLOADS: { readonly [groupKind: string]: Assess } = {
  '/Pod': (_, status) => {
    if (status.phase === 'Failed') return 'Failed';
    return when(status.phase === 'Succeeded' || condition(status, 'Ready') === 'True');
  },
  '/Service': (spec, status) => {
    if (spec.type !== 'LoadBalancer') return 'Ready';
    const balancer = status.loadBalancer;
    return when(isJsonObject(balancer) && Array.isArray(balancer.ingress) && balancer.ingress.length > 0);
  },
  '/PersistentVolumeClaim': (_, status) => when(status.phase === 'Bound'),
  '/Namespace': (_, status) => when(status.phase === undefined || status.phase === 'Active'),
  'apps/Deployment': (spec, status) => {
    if (conditionReason(status, 'Progressing') === 'ProgressDeadlineExceeded') return 'Failed';
    return replicated(spec, status);
  },
  'apps/StatefulSet': (spec, status) => {
    const wanted = count(spec.replicas, 1);
    return when(count(status.readyReplicas, 0) >= wanted && count(status.updatedReplicas, 0) >= wanted);
  },
  'apps/ReplicaSet': (spec, status) => when(count(status.readyReplicas, 0) >= count(spec.replicas, 1)),
  'apps/DaemonSet': (_, status) => {
    const wanted = count(status.desiredNumberScheduled, -1);
    return when(
      wanted >= 0 && count(status.numberAvailable, 0) >= wanted && count(status.updatedNumberScheduled, 0) >= wanted,
    );
  },
  'batch/Job': (_, status) => {
    if (condition(status, 'Failed') === 'True') return 'Failed';
    return when(condition(status, 'Complete') === 'True' || count(status.active, 0) > 0);
  },
  'apiextensions.k8s.io/CustomResourceDefinition': (_, status) => when(condition(status, 'Established') === 'True'),
};

function conditions(status: JsonObject): readonly JsonObject[] {
  return Array.isArray(status.conditions) ? status.conditions.filter(isJsonObject) : [];
}

function condition(status: JsonObject, type: string): Json | undefined {
  return conditions(status).find((item) => item.type === type)?.status;
}

function conditionReason(status: JsonObject, type: string): Json | undefined {
  return conditions(status).find((item) => item.type === type)?.reason;
}

function isTrue(status: JsonObject, type: string): boolean {
  return condition(status, type) === 'True';
}
