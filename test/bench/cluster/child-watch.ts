import { readWatch } from '#adapters/kubernetes/watch-stream.js';
import { isJsonObject, type Json, type JsonObject } from '#model/json.js';
import type { KubernetesObject } from '#model/object.js';
import { valueAt } from '#model/path.js';
import { PATHS, type Stand } from './stand.js';

/** Sees Pods and Services change, as they do. */
export class ChildWatch {
  readonly #abort = new AbortController();
  #look: (object: JsonObject) => void = () => undefined;

  /** Sees every change from now on. */
  static async open(stand: Stand): Promise<ChildWatch> {
    const watch = new ChildWatch();
    await Promise.all([PATHS.Pod, PATHS.Service].map((path) => watch.#follow(stand, path)));
    return watch;
  }

  /** When both children of this name have this port, in milliseconds of `performance.now()`. */
  children(name: string, port: number): Promise<number> {
    const awaited = new Set<Json>(['Pod', 'Service']);
    return new Promise((resolve) => {
      this.#look = (object) => {
        if (valueAt(object, ['metadata', 'name']) !== name || portOf(object) !== port) return;
        awaited.delete(object.kind ?? '');
        if (awaited.size === 0) resolve(performance.now());
      };
    });
  }

  close(): void {
    this.#abort.abort();
  }

  async #follow({ client }: Stand, path: string): Promise<void> {
    const list = await client.request({ method: 'GET', path, query: { limit: '1' }, verb: 'list', resource: 'bench' });
    const { resourceVersion } = (list.body as unknown as KubernetesObject).metadata;
    const { signal } = this.#abort;
    const query = { watch: '1', resourceVersion };
    const response = await client.open({ method: 'GET', path, query, signal, verb: 'watch', resource: 'bench' });
    const onEvent = ({ object }: { readonly object: JsonObject }): void => this.#look(object);
    readWatch(response, { onEvent, silence: 600_000, signal }).catch(() => undefined);
  }
}

function portOf(object: JsonObject): Json | undefined {
  const path =
    object.kind === 'Pod' ? ['spec', 'containers', 0, 'ports', 0, 'containerPort'] : ['spec', 'ports', 0, 'port'];
  const value = valueAt(object, path);
  return isJsonObject(value) ? undefined : value;
}
