import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { TemplateCall } from '#catalog/template-engine.js';
import { EdictError } from '#errors/edict-error.js';
import type { ChartReference } from '#model/chart.js';
import type { Json, JsonObject } from '#model/json.js';
import { entryOf } from '../catalog/rule-set.js';
import { factsOf, observed } from './world.js';

const WITH_CHARTS = entryOf(
  { reads: { charts: [{ remote: 'charts', chart: 'app' }, { remote: 'other' }] } },
  { template: { path: 'templates/shop/gadget.jsonnet', functions: ['charts', 'desired'] } },
);

test('charts are those that the template asks for, which sees no status', async () => {
  const asked: (ChartReference | TemplateCall)[] = [];
  const charts = [
    { repository: 'charts', chart: 'app', version: '1.0.0' },
    { repository: 'oci://charts.example.org/all/deep', chart: 'app', version: '^2' },
    { repository: 'other', chart: 'any', version: '1' },
    { repository: 'other', chart: 'any', version: '1' },
  ];
  const facts = await factsOf(WITH_CHARTS, { charts, asked });
  assert.deepEqual(Object.keys(facts.charts), ['app:1.0.0', 'app:^2', 'any:1']);
  const [call, ...references] = asked as [TemplateCall, ...ChartReference[]];
  assert.deepEqual(
    references.map(({ repository }) => repository),
    ['oci://charts.example.org/all', 'oci://charts.example.org/all/deep', 'oci://other.example.org'],
  );
  assert.equal(call.object, 'Gadget/x/g');
  assert.equal(Object.hasOwn(call.arguments[0] as JsonObject, 'status'), false);
  assert.deepEqual((await factsOf(entryOf({}), { charts })).charts, {}, 'a template without charts() is not asked');
});

const REFUSED_CHARTS: { readonly [sentence: string]: readonly [charts: Json, code: string] } = {
  'no list of charts': [{ repository: 'charts', chart: 'app', version: '1' }, 'TemplateOutputInvalid'],
  'nothing at all': [null, 'TemplateOutputInvalid'],
  'a chart without version': [[{ repository: 'charts', chart: 'app' }], 'TemplateOutputInvalid'],
  'a chart with a field that nobody reads': [
    [{ repository: 'charts', chart: 'app', version: '1', digest: 'x' }],
    'TemplateOutputInvalid',
  ],
  'a version that is a path': [[{ repository: 'charts', chart: 'app', version: '../1' }], 'TemplateOutputInvalid'],
  'one chart and version from two repositories': [
    [
      { repository: 'charts', chart: 'app', version: '1' },
      { repository: 'other', chart: 'app', version: '1' },
    ],
    'TemplateOutputInvalid',
  ],
  'a repository that no remote covers': [
    [{ repository: 'oci://evil.example.org', chart: 'app', version: '1' }],
    'RemoteUnknown',
  ],
  'a repository beside that of a remote': [
    [{ repository: 'oci://charts.example.org/all/../x', chart: 'app', version: '1' }],
    'RemoteUnknown',
  ],
  'a chart that the rule does not list': [[{ repository: 'charts', chart: 'secret', version: '1' }], 'ReadForbidden'],
  'a chart whose name is a path': [[{ repository: 'other', chart: '../app', version: '1' }], 'ReadForbidden'],
};

for (const [sentence, [charts, code]] of Object.entries(REFUSED_CHARTS)) {
  test(`${sentence} is refused before anything is read`, async () => {
    const asked: (ChartReference | TemplateCall)[] = [];
    await assert.rejects(observed(WITH_CHARTS, { charts, asked }), (error: unknown) => {
      assert.ok(error instanceof EdictError);
      assert.equal(error.faults[0]?.location.object, 'Gadget/x/g');
      return error.code === code;
    });
    assert.equal(asked.length, 1);
  });
}
