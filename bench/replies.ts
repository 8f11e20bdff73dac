/**
 * `npm run bench:replies`: how the raw replies of the corpus are understood. It fails on a wrong
 * call, on a call that is shown as an answer, and below `GOAL`. `--all` names what is not
 * understood. Our column is measured
 * by running the parser; the corpus itself says what the original's rules make of each reply.
 */
import type {
  CorpusReply,
  Meaning,
  OriginalOutcome,
} from '../test/fixtures/replies/corpus-reply.ts';
import { formats, groups } from '../test/fixtures/replies/index.ts';
import { understood } from '../test/support/understood.ts';
import { readFlags } from './flags.ts';

const { all: showsAll } = readFlags({ all: { type: 'boolean' } }).values;

interface Result {
  entry: CorpusReply;
  ours: OriginalOutcome;
}

type Side = (result: Result) => OriginalOutcome;
const ours: Side = (result) => result.ours;
const original: Side = (result) => result.entry.original;

const results = Object.fromEntries(
  Object.entries(groups).map(([group, replies]) => [
    group,
    replies.map((entry): Result => ({ entry, ours: understood(entry) })),
  ]),
);
const all = Object.values(results).flat();

/** The share that must be understood at the first try, of what a reader would understand. */
const GOAL = 0.9;

console.log(`${all.length} replies of ${formats.size} formats\n`);
print('', ['of', 'ours', 'original']);
row('understood at the first try', all.filter(isWhole), 'right');
for (const [name, meant] of [
  ['calls', 'call'],
  ['answers', 'answer'],
] satisfies [string, Meaning][]) {
  const few = all.filter((result) => meaningOf(result) === meant);
  const retried = (side: Side) => few.filter((result) => needsRetry(result, side)).length;
  print(`${name} that need a retry`, [few.length, retried(ours), retried(original)]);
}
row('wrong calls run', all, 'wrong call');
const calls = all.filter((result) => meaningOf(result) === 'call');
row('calls shown as an answer', calls, 'wrong answer');
row(
  'other answers shown wrongly',
  all.filter((result) => !calls.includes(result)),
  'wrong answer',
);
row('crashes', all, 'crash');

console.log();
print('understood as a reader understands it, by group', ['of', 'ours', 'original']);
for (const [group, few] of Object.entries(results)) row(`  ${group}`, few, 'right');

const whole = all.filter(isWhole);
const rightShare = whole.filter((result) => ours(result) === 'right').length / whole.length;
complain('runs a wrong call', all, 'wrong call');
complain('shows a call as an answer', calls, 'wrong answer');
if (rightShare < GOAL) {
  console.error(`ours understands ${(100 * rightShare).toFixed(1)}%: under ${100 * GOAL}%`);
  process.exitCode = 1;
}
if (showsAll) {
  for (const result of all)
    if (ours(result) !== 'right') console.log(`${ours(result)}: ${result.entry.name}`);
}

/** Names what must not be, and fails. */
function complain(what: string, few: readonly Result[], outcome: OriginalOutcome): void {
  for (const result of few.filter((each) => ours(each) === outcome)) {
    console.error(`ours ${what}: ${result.entry.name}`);
    process.exitCode = 1;
  }
}

/** Whether it contains a call or an answer. */
function isWhole({ entry }: Result): boolean {
  return entry.outcome.type !== 'malformed';
}

function meaningOf({ entry: { outcome } }: Result): Meaning {
  if (outcome.type === 'malformed') return outcome.meant;
  return outcome.type === 'call' ? 'call' : 'answer';
}

/** Asking again for what is not whole is right, but still a retry. */
function needsRetry(result: Result, side: Side): boolean {
  return side(result) === (isWhole(result) ? 'asks again' : 'right');
}

function row(name: string, few: readonly Result[], outcome: OriginalOutcome): void {
  const count = (side: Side) => few.filter((result) => side(result) === outcome).length;
  print(name, [few.length, count(ours), count(original)]);
}

function print(name: string, cells: (string | number)[]): void {
  console.log(name.padEnd(42) + cells.map((cell) => String(cell).padStart(10)).join(''));
}
