/** `npm run bench`: one table of what should be fast, beside the original's figures. */
import { measureEvaluated, type Who } from './evaluated.ts';
import { readFlags } from './flags.ts';
import { measureResume } from './resume.ts';
import { runSession, type SessionCost } from './sessions.ts';
import { measureStartup } from './startup.ts';
import { measureWindow } from './windows.ts';

const RUNS = 15;

interface Row {
  name: string;
  unit: string;
  read: (cost: SessionCost) => number;
  /** The original's figure, in a session of 30 steps over 20 files. */
  original?: number;
}

const ROWS: readonly Row[] = [
  {
    name: 'prompt repeats the previous one, mean',
    unit: '%',
    read: (c) => 100 * c.meanReuse,
    original: 44,
  },
  {
    name: 'prompt repeats the previous one, worst',
    unit: '%',
    read: (c) => 100 * c.worstReuse,
    original: 32,
  },
  { name: 'characters sent', unit: '', read: (c) => c.sentChars, original: 293_164 },
  { name: 'characters evaluated', unit: '', read: (c) => c.evaluatedChars, original: 172_692 },
  {
    name: 'cut before the end of the last, median',
    unit: 'chars',
    read: (c) => c.medianCut,
    original: 5_800,
  },
  { name: 'cut before the end of the last, worst', unit: 'chars', read: (c) => c.worstCut },
  { name: 'compactions', unit: '', read: (c) => c.compactions },
  { name: 'work of the program per step', unit: 'ms', read: (c) => c.msPerStep },
  { name: 'written per record', unit: 'bytes', read: (c) => c.bytesPerRecord },
];

const { values: flags } = readFlags({ original: { type: 'string' } });

await runSession(1, 5); // a warm-up
const sessions = [await runSession(1, 30), await runSession(3, 10), await runSession(4, 50)];
print('', ['original', '30 steps', '3 × 10 steps', '4 × 50 steps']);
for (const { name, unit, read, original } of ROWS) {
  const values = sessions.map((cost) => number(read(cost)));
  print(`${name}${unit && `, ${unit}`}`, [
    original === undefined ? '' : number(original),
    ...values,
  ]);
}

const columns: [string, Who][] = [
  ...(flags.original === undefined
    ? []
    : [['original', { original: flags.original }] satisfies [string, Who]]),
  ['chat', 'chat'],
  ['raw', 'raw'],
];
console.log();
print(
  'tokens evaluated, 20 calls over 4 requests',
  columns.map(([name]) => name),
);
for (const resumes of [false, true]) {
  for (const architecture of ['plain', 'sliding', 'hybrid'] as const) {
    const plan = { architecture, requests: 4, callsEach: 5, resumes };
    const costs = [];
    for (const [, who] of columns) costs.push(await measureEvaluated({ ...plan, who }));
    const how = resumes ? ', one process each' : '';
    print(
      `  ${architecture}${how}`,
      costs.map(({ evaluated }) => number(evaluated)),
    );
    if (architecture === 'hybrid') {
      print(
        '    sent',
        costs.map(({ sent }) => number(sent)),
      );
      print(
        '    first prompt and everything new',
        costs.map(({ needed }) => number(needed)),
      );
      print(
        '    most characters cut off in a step',
        costs.map(({ cut }) => number(cut)),
      );
      if (resumes)
        print(
          '    a resume, beyond what is new',
          costs.map((c) => number(c.resumeSurplus)),
        );
    }
  }
}

console.log();
print('40 calls in a window of', ['calls', 'compactions', 'steps apart', 'shown', 'evaluated']);
for (const text of ['code', 'dense'] as const) {
  for (const numCtx of [2_048, 4_096, 8_192, 16_384, 32_768]) {
    const cost = await measureWindow(numCtx, text);
    const { calls, compactions, leastApart, shown, evaluated } = cost;
    const apart = leastApart === undefined ? '' : number(leastApart);
    const values = [calls, compactions].map(number);
    print(`  ${number(numCtx)} tokens, ${text}`, [
      ...values,
      apart,
      number(shown),
      number(evaluated),
    ]);
  }
}

console.log();
for (const steps of [10, 100, 1_000]) {
  const { msPerStep } = await runSession(1, steps);
  print(`work per step, in a session of ${steps} steps, ms`, [number(msPerStep)]);
}
print('resume of 10,000 records, ms', [number(measureResume(10_000))]);
print('peak memory of all this, MiB', [number(process.resourceUsage().maxRSS / 1024)]);

console.log();
const { bareNode, version, firstPrompt, oneRequest } = await measureStartup(RUNS);
print(`whole process, median of ${RUNS}, ms`, ['total', 'above bare']);
const processes = {
  'node -e 0': bareNode,
  '--version': version,
  'to the first prompt': firstPrompt,
};
for (const [name, ms] of Object.entries({ ...processes, 'one request': oneRequest })) {
  print(`  ${name}`, [number(ms), number(ms - bareNode)]);
}

function print(name: string, values: string[]): void {
  console.log(name.padEnd(52) + values.map((value) => value.padStart(14)).join(''));
}

function number(value: number): string {
  const digits = value < 10 ? 2 : value < 100 ? 1 : 0;
  return value.toLocaleString('en', { maximumFractionDigits: digits });
}
