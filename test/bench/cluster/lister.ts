/** Reads collections, as fast as the client of the engine can, and does nothing with them. */
import { argv } from 'node:process';
import { loadConnection } from '#adapters/kubernetes/kube-config.js';
import { listPages } from '#adapters/kubernetes/list-pages.js';
import { RestClient } from '#adapters/kubernetes/rest-client.js';

const [kubeconfig = '', ...paths] = argv.slice(2);
const client = new RestClient(await loadConnection({ variables: {}, paths: [kubeconfig] }));
await Promise.all(paths.map((path) => listPages(client, { apiVersion: '', kind: '', path, resource: 'bench' })));
client.close();
