import type { Credentials } from './credentials.js';

/** Where the servers of one control plane find each other. */
export interface Places {
  readonly data: string;
  readonly etcdUrl: string;
  readonly apiPort: number;
  readonly credentials: Credentials;
}

/** One node, on a disk that need not survive a power failure. */
export function etcdArguments({ data, etcdUrl }: Places): readonly string[] {
  return [
    `--data-dir=${data}`,
    '--unsafe-no-fsync',
    `--listen-client-urls=${etcdUrl}`,
    `--advertise-client-urls=${etcdUrl}`,
    // It has no peers, but insists on a port for them.
    '--listen-peer-urls=http://127.0.0.1:0',
    '--log-level=warn',
    '--quota-backend-bytes=4294967296',
  ];
}

/** RBAC and service accounts as in a real cluster; no limit to requests but those that a test asks for. */
export function apiServerArguments({ etcdUrl, apiPort, credentials }: Places): readonly string[] {
  return [
    `--etcd-servers=${etcdUrl}`,
    '--bind-address=127.0.0.1',
    '--advertise-address=127.0.0.1',
    `--secure-port=${apiPort}`,
    `--cert-dir=${credentials.certificates}`,
    `--token-auth-file=${credentials.tokenFile}`,
    '--authorization-mode=Node,RBAC',
    '--service-account-issuer=https://kubernetes.default.svc',
    `--service-account-key-file=${credentials.serviceAccountKey}`,
    `--service-account-signing-key-file=${credentials.serviceAccountKey}`,
    '--service-cluster-ip-range=10.96.0.0/16',
    // Its address on loopback is no endpoint that the Service `kubernetes` may have.
    '--endpoint-reconciler-type=none',
    '--allow-privileged=true',
    // It taints new nodes until a controller that is not here has seen them: the scheduler would use none.
    '--disable-admission-plugins=TaintNodesByCondition',
    '--profiling=false',
    '--enable-priority-and-fairness=false',
    '--max-requests-inflight=0',
    '--max-mutating-requests-inflight=0',
  ];
}

/** Arguments of the servers that only are clients: alone, and reachable by nobody. */
const CLIENT = [
  '--leader-elect=false',
  '--secure-port=0',
  '--authentication-kubeconfig=',
  '--authorization-kubeconfig=',
];
const FAST = ['--kube-api-qps=2000', '--kube-api-burst=4000'];

/** The controllers that clusters of every provider have, but those that need disks, certificates or real nodes. */
const CONTROLLERS = [
  'clusterrole-aggregation',
  'cronjob',
  'daemonset',
  'deployment',
  'disruption',
  'endpoints',
  'endpointslice',
  'garbage-collector',
  'horizontal-pod-autoscaler',
  'job',
  'namespace',
  'persistentvolume-protection',
  'persistentvolumeclaim-protection',
  'pod-garbage-collector',
  'replicaset',
  'resourcequota',
  'root-ca-certificate-publisher',
  'serviceaccount',
  'serviceaccount-token',
  'statefulset',
  'ttl-after-finished',
];

export function controllerManagerArguments({ credentials }: Places): readonly string[] {
  return [
    `--kubeconfig=${credentials.kubeconfig('system:kube-controller-manager')}`,
    ...CLIENT,
    ...FAST,
    '--use-service-account-credentials=false',
    `--service-account-private-key-file=${credentials.serviceAccountKey}`,
    `--root-ca-file=${credentials.authorityFile}`,
    '--concurrent-gc-syncs=20',
    `--controllers=${CONTROLLERS.map((name) => `${name}-controller`).join(',')}`,
  ];
}

export function schedulerArguments({ credentials }: Places): readonly string[] {
  return [`--kubeconfig=${credentials.kubeconfig('system:kube-scheduler')}`, ...CLIENT, ...FAST];
}

/** `stages` is a file of kwok stages, which say what becomes of nodes and pods. */
export function kwokArguments({ credentials }: Places, stages: string): readonly string[] {
  return [
    `--kubeconfig=${credentials.kubeconfig('kwok')}`,
    `--config=${stages}`,
    '--manage-all-nodes=true',
    '--node-ip=10.0.0.1',
    // Every pod of a node gets an address: the default has 254 of them.
    '--cidr=10.128.0.0/9',
  ];
}
