/**
 * Gives a person a cluster to play with: `npm run testbed`, or `npm run testbed -- <crd file> ...` for one that has these
 * files applied. It lasts until Ctrl-C.
 */
import { once } from 'node:events';
import { join } from 'node:path';
import { argv, exit, stderr } from 'node:process';
import { startControlPlane } from './start-control-plane.js';

const start = performance.now();
const say = (text: string): void => void stderr.write(`${text}\n`);
// npm hands Ctrl-C on, so that it arrives twice.
const ended = Promise.race(['SIGINT', 'SIGTERM', 'SIGHUP'].map((signal) => once(process, signal)));
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => undefined);

try {
  say('starting a control plane');
  const plane = await startControlPlane({ kwok: true, scheduler: true, onProgress: say });
  for (const file of argv.slice(2)) {
    const { out, err } = await plane.kubectl(['apply', '--server-side', '-f', file]);
    say(`${out}${err}`.trimEnd());
  }
  const version = await plane.kubectl(['get', 'nodes', '-o', 'jsonpath={.items[*].metadata.name}']);
  say(`ready after ${((performance.now() - start) / 1000).toFixed(1)} s, with the node ${version.out}, on which kwok plays every pod

  export KUBECONFIG=${plane.kubeconfig()}
  alias kubectl=${plane.kubectlProgram}

  kubectl get nodes
  kubectl create deployment web --image=nginx --replicas=3 && kubectl get pods --watch

The servers' logs are in ${join(plane.folder, 'logs')}. Ctrl-C ends all of it and leaves nothing.`);
  const alive = setInterval(() => undefined, 60_000);
  await ended;
  clearInterval(alive);
  await plane.stop();
  say('stopped');
} catch (error) {
  say((error as Error).message);
  exit(1);
}
