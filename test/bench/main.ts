/**
 * Runs benchmarks: `npm run bench -- [render] [jsonnet] [policy] [git] [plan] [start] [--json] [--root <folder>]`, all but those on an
 * API server where none is named: [burst] [scale]. Their figures are ratios between contenders of one run, and times to look at; nothing here passes or fails.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { availableParallelism, cpus, tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { argv, exit, stderr, version } from 'node:process';
import { parseArgs } from 'node:util';
import { burst } from './cluster/burst.js';
import { scale } from './cluster/scale.js';
import { type Benchmark, formatFinding } from './finding.js';
import { git } from './git.js';
import { jsonnet } from './jsonnet.js';
import { plan } from './plan.js';
import { policy } from './policy.js';
import { render } from './render.js';
import { start } from './start.js';

const BENCHMARKS = { render, jsonnet, policy, git, plan, start };
/** On an API server: they take minutes, and run only where they are named. */
const CLUSTER_BENCHMARKS = { burst, scale };
const ALL: ReadonlyMap<string, Benchmark> = new Map(Object.entries({ ...BENCHMARKS, ...CLUSTER_BENCHMARKS }));

const { values, positionals } = parseArgs({
  args: argv.slice(2),
  allowPositionals: true,
  options: { json: { type: 'boolean', default: false }, root: { type: 'string', default: '.' } },
});
const names = positionals.length === 0 ? Object.keys(BENCHMARKS) : positionals;
const unknown = names.filter((name) => !ALL.has(name));
if (unknown.length > 0) {
  stderr.write(`no benchmark is named ${unknown.join(', ')}: there are ${[...ALL.keys()].join(', ')}\n`);
  exit(2);
}

const say = (text: string): void => void stderr.write(`${text}\n`);
const machine = { node: version, cpu: cpus()[0]?.model ?? '', cores: availableParallelism() };
const results: Record<string, unknown> = { machine };
if (!values.json) console.log(`Node ${machine.node}, ${machine.cores} cores of ${machine.cpu}`);
for (const name of names) {
  const scratch = mkdtempSync(join(tmpdir(), 'edict-bench-'));
  try {
    const findings = await ALL.get(name)!({ root: resolve(values.root), scratch, say });
    results[name] = findings;
    if (!values.json) for (const finding of findings) console.log(`\n${formatFinding(finding)}`);
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}
if (values.json) console.log(JSON.stringify(results, null, 2));
exit(0);
