import { test } from 'node:test';
import { assertRefused, files, into, type Refusal } from './rendering.js';

const REFUSALS: { readonly [about: string]: { readonly [sentence: string]: Refusal } } = {
  'paths, repositories and branches': {
    ...Object.fromEntries(
      [
        '/etc/a',
        '../a',
        'apps/../a',
        'apps/./a',
        'apps//a',
        'apps/',
        'apps/a b',
        'apps/é',
        'apps/a\n',
        'apps/a\\b',
        'apps/C:',
        '.git/config',
        'apps/.GIT/hooks/x',
        'apps/.git./x',
        '.edict/x/y.json',
        '.Edict/x',
        `apps/${'a'.repeat(256)}`,
        `apps/${'a/'.repeat(600)}a`,
      ].map((path): [string, Refusal] => [
        `the path ${JSON.stringify(path.slice(0, 30))}`,
        [files({ path, repository: { remote: 'gitea', name: 'open/a' } }), 'PathForbidden', 'desired.files[0].path'],
      ]),
    ),
    ...Object.fromEntries(
      [
        '.github/workflows/a.yml',
        '.GitHub/a',
        '.gitlab-ci.yml',
        'Jenkinsfile',
        'JENKINSFILE',
        '.circleci/config.yml',
        '.woodpecker.yml',
        '.gitea/workflows/a.yaml',
      ].map((path): [string, Refusal] => [
        `${path}, which CI runs`,
        [files({ path, repository: { remote: 'gitea', name: 'open/a' } }), 'PathForbidden', 'desired.files[0].path'],
      ]),
    ),
    'a CI folder though another name begins like it': [files({ path: '.github/a.yaml' }), 'PathForbidden'],
    ...Object.fromEntries(
      ['../a', 'open/../a', 'open/a b', '/open/a', 'open/-a', '-open/a', 'open/.git/a'].map(
        (name): [string, Refusal] => [
          `the repository ${name}`,
          [into({ name }), 'PathForbidden', 'desired.files[0].repository'],
        ],
      ),
    ),
    ...Object.fromEntries(
      [
        '-x',
        'a..b',
        'a.lock',
        'a.lock/b',
        '.a',
        'a/.b',
        'a.',
        'a b',
        'a~1',
        'a^',
        'a:b',
        'HEAD',
        'refs/heads/a',
        '../a',
        '/a',
      ].map((branch): [string, Refusal] => [
        `the branch ${branch}`,
        [into({ branch }), 'PathForbidden', 'desired.files[0].repository'],
      ]),
    ),
    'a repository with an unknown field': [
      into({ url: 'x' }),
      'TemplateOutputInvalid',
      'desired.files[0].repository.url',
    ],
  },
  'the content of files': {
    'neither content nor layers': [files({ content: null }), 'TemplateOutputInvalid', 'desired.files[0]'],
    'both content and layers': [files({ content: 'a', layers: [] }), 'TemplateOutputInvalid', 'desired.files[0]'],
    'a number as content': [files({ content: 5 }), 'TemplateOutputInvalid', 'desired.files[0].content'],
    'a layer without a name': [
      files({ layers: [{ values: {} }] }),
      'TemplateOutputInvalid',
      'desired.files[0].layers[0].name',
    ],
    'a layer whose values are a list': [
      files({ layers: [{ name: 'a', values: [] }] }),
      'TemplateOutputInvalid',
      'desired.files[0].layers[0].values',
    ],
    'shared as a text': [files({ shared: 'yes' }), 'TemplateOutputInvalid', 'desired.files[0].shared'],
    'a field that files do not have': [files({ mode: '0755' }), 'TemplateOutputInvalid', 'desired.files[0].mode'],
  },
};

for (const [about, cases] of Object.entries(REFUSALS)) {
  test(`${about}: what cannot be published is refused by code, file, object and path`, () => assertRefused(cases));
}
