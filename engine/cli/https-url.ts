import { InvalidArgumentError } from 'commander';

/** The value of a flag that names where an HTTPS server is. Throws InvalidArgumentError. */
export function httpsUrl(value: string): URL {
  const url = URL.canParse(value) ? new URL(value) : undefined;
  if (url?.protocol === 'https:' && url.username === '' && url.search === '' && url.hash === '') return url;
  throw new InvalidArgumentError('It is https://host:port.');
}
