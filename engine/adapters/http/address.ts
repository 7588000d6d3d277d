/** Where a server listens. */
export interface Address {
  /** Undefined: on every interface. */
  readonly host: string | undefined;
  /** 0: any that is free. */
  readonly port: number;
}

/**
 * The address that a flag names as operators made with kubebuilder have it: `:8080`, `127.0.0.1:8080`, `[::1]:8080`. `0`
 * and an empty text turn the server off. Undefined where it is none of these.
 */
export function parseAddress(text: string): Address | 'off' | undefined {
  if (text === '' || text === '0') return 'off';
  const { host = '', port } = text.match(/^(?<host>\[[0-9a-fA-F:.]+(%\w+)?\]|[\w.-]*):(?<port>\d{1,5})$/)?.groups ?? {};
  if (port === undefined || Number(port) > 65_535) return undefined;
  return { host: host === '' ? undefined : host.replace(/^\[|\]$/g, ''), port: Number(port) };
}
