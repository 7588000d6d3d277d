import { NAMESPACE } from './lab.js';

/** A ConfigMap that a Parcel asks for. */
export interface Item {
  readonly name: string;
  readonly namespace?: string;
  readonly wave?: number;
  readonly labels?: { readonly [label: string]: string };
  readonly finalizers?: readonly string[];
  readonly data?: { readonly [key: string]: string };
}

/** A Parcel of `test/fixtures/rulesets/parcel`, which writes the ConfigMaps that it lists. */
export function parcel(name: string, items: readonly Item[], metadata: object = {}): object {
  const labels = { team: 'post' };
  return {
    apiVersion: 'post.example.org/v1',
    kind: 'Parcel',
    metadata: { name, namespace: NAMESPACE, labels, ...metadata },
    spec: { items },
  };
}
