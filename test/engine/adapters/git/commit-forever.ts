import { argv, stdout } from 'node:process';
import { BareRepositories } from '#adapters/git/bare-repositories.js';

/** A program that commits for ever: every commit sets 20 files to `round <number of commits before>`. */
const [, , root = '', path = ''] = argv;
const address = { remote: 'gitea', name: 'team/voltran', branch: 'main' };
const repositories = new BareRepositories({
  root,
  path,
  staleLock: 100,
  remotes: [{ name: 'gitea', url: 'https://git.example:3000' }],
  identity: { name: 'Edict', email: 'edict@example.org' },
  clock: { now: () => Date.now() },
});
for (;;) {
  const snapshot = await repositories.snapshot(address);
  const text = (await snapshot.read(['d0/f0'])).get('d0/f0');
  const round = text === undefined ? 0 : Number(text.slice('round '.length)) + 1;
  const files = Array.from({ length: 20 }, (_, index) => ({
    path: `d${index % 5}/f${index}`,
    content: `round ${round}\n`,
  }));
  await repositories.commit({ address, parent: snapshot.commit, files, message: `round ${round}` });
  stdout.write('committed\n');
}
