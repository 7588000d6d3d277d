import type { Server } from 'node:net';
import { EdictError } from '#errors/edict-error.js';
import type { Address } from './address.js';

/** Has a server listen. Throws AddressUnavailable where it cannot. */
export function listen(server: Server, { host, port }: Address): Promise<void> {
  return new Promise((resolve, reject) => {
    const fail = (error: Error): void => {
      const message = `cannot listen on ${host ?? ''}:${port}: ${'code' in error ? error.code : error.message}`;
      const remedy = 'Name another address, or 0 for none.';
      reject(new EdictError({ code: 'AddressUnavailable', message, location: {}, remedy }, { cause: error }));
    };
    server.once('error', fail);
    server.listen({ port, ...(host === undefined ? {} : { host }) }, () => {
      server.off('error', fail);
      resolve();
    });
  });
}
