/** Objects that let pods run on kwok: one node, and where there is no scheduler, a policy that gives it to each pod. */
const NODE = 'node-0';
const POLICY = 'testbed-node-name';
const REGISTRATION = 'admissionregistration.k8s.io/v1';

const node = { apiVersion: 'v1', kind: 'Node', metadata: { name: NODE, labels: { 'kubernetes.io/hostname': NODE } } };

const policy = {
  apiVersion: REGISTRATION,
  kind: 'MutatingAdmissionPolicy',
  metadata: { name: POLICY },
  spec: {
    failurePolicy: 'Fail',
    reinvocationPolicy: 'Never',
    matchConstraints: {
      resourceRules: [{ apiGroups: [''], apiVersions: ['v1'], resources: ['pods'], operations: ['CREATE'] }],
    },
    matchConditions: [{ name: 'has-no-node', expression: '!has(object.spec.nodeName)' }],
    mutations: [
      {
        patchType: 'ApplyConfiguration',
        applyConfiguration: { expression: `Object{spec: Object.spec{nodeName: "${NODE}"}}` },
      },
    ],
  },
};

const binding = {
  apiVersion: REGISTRATION,
  kind: 'MutatingAdmissionPolicyBinding',
  metadata: { name: POLICY },
  spec: { policyName: POLICY },
};

/** Path and object of all that kwok needs, in order. */
export function kwokObjects(scheduler: boolean): readonly { readonly path: string; readonly object: object }[] {
  const collection = `/apis/${REGISTRATION}`;
  const assignment = [
    { path: `${collection}/mutatingadmissionpolicies`, object: policy },
    { path: `${collection}/mutatingadmissionpolicybindings`, object: binding },
  ];
  return [{ path: '/api/v1/nodes', object: node }, ...(scheduler ? [] : assignment)];
}

/** Path of the node. */
export const NODE_PATH = `/api/v1/nodes/${NODE}`;

/** A pod that is only tried out, to see whether it would get a node. */
export const PROBE = {
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: 'probe' },
  spec: { containers: [{ name: 'probe', image: 'none' }] },
};

/** Where it is tried out. */
export const PROBE_PATH = '/api/v1/namespaces/default/pods?dryRun=All';
