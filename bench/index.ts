/**
 * `npm run bench`: what this program and the original take for the same work. docs/performance.md
 * explains the tables and the flags.
 */
import type { Architecture } from '../test/support/ollama/kv-cache.ts';
import { measureEvaluated, type EvaluatedCost, type Who } from './evaluated.ts';
import { fail, readFlags } from './flags.ts';
import { writePages } from './pages.ts';
import { programsWith } from './programs.ts';
import { keepRun, measureRun, readRuns, tableOfRuns, type Run } from './runs.ts';
import { number, tableOf } from './table.ts';
import { measureWindow } from './windows.ts';

const { values: flags } = readFlags({
  original: { type: 'string' },
  runs: { type: 'string', default: '10' },
  json: { type: 'string' },
  engine: { type: 'boolean' },
  write: { type: 'boolean' },
});
const times = Number(flags.runs);
if (!Number.isInteger(times) || times < 1)
  fail(`--runs takes a whole number from 1, not ${flags.runs}.`);
const programs = programsWith(flags.original);
const [, original] = programs;
const earlier = flags.json === undefined ? [] : runsIn(flags.json);
const blocks = new Map<string, string>();

if (flags.engine) {
  const { absent, measureEngine } = await import('./engine.ts');
  if (absent !== undefined) fail(absent);
  show('engine', await measureEngine(programs));
}
const run = await measureRun(programs, times, (text) => console.error(text));
if (flags.json !== undefined) keepRun(flags.json, run);
show('programs', tableOfRuns([...earlier, run]));
show('evaluated', await evaluatedTable());
show('windows', await windowTable());
if (flags.write) await writePages(blocks);

function runsIn(file: string): Run[] {
  try {
    return readRuns(file);
  } catch (error) {
    return fail(`${file} has no runs of the bench: ${String(error)}`);
  }
}

/** Tokens evaluated in 20 calls over 4 requests. */
async function evaluatedTable(): Promise<string> {
  const columns: [string, Who][] = [
    ['this program', 'raw'],
    ['by `/api/chat`', 'chat'],
    ...(original ? [['the original', original] satisfies [string, Who]] : []),
  ];
  const rows: string[][] = [];
  for (const resumes of [false, true]) {
    const costs: Record<Architecture, EvaluatedCost>[] = [];
    for (const [, who] of columns) {
      costs.push(await measureEvaluated({ who, resumes, requests: 4, callsEach: 5 }));
    }
    const how = resumes ? ', one process each' : '';
    const row = (name: string, figure: (cost: (typeof costs)[number]) => number) =>
      rows.push([`${name}${how}`, ...costs.map((cost) => number(figure(cost)))]);
    row('sent', ({ plain }) => plain.sent);
    row('first prompt and all that is new', ({ plain }) => plain.needed);
    row('evaluated, plain', ({ plain }) => plain.evaluated);
    row('evaluated, sliding', ({ sliding }) => sliding.evaluated);
    row('evaluated, hybrid', ({ hybrid }) => hybrid.evaluated);
  }
  return tableOf(['tokens', ...columns.map(([name]) => name)], rows);
}

/** 40 calls in windows of several sizes. */
async function windowTable(): Promise<string> {
  const rows: string[][] = [];
  for (const text of ['code', 'dense'] as const) {
    for (const numCtx of [2_048, 4_096, 8_192, 16_384, 32_768]) {
      const cost = await measureWindow(numCtx, text);
      const { calls, compactions, leastApart, shown, evaluated } = cost;
      const figures = [calls, compactions, leastApart, shown, evaluated];
      const cells = figures.map((value) => (value === undefined ? '–' : number(value)));
      rows.push([`${number(numCtx)} tokens, ${text}`, ...cells]);
    }
  }
  const columns = ['calls', 'compactions', 'steps apart', 'shown', 'evaluated'];
  return tableOf(['window', ...columns], rows);
}

function show(name: string, text: string): void {
  blocks.set(name, text);
  console.log(`${text}\n`);
}
