/**
 * `npm run bench:replies`: how the raw replies of the corpus are understood. Our column is measured
 * by running the parser; the corpus itself says what the original's rules make of each reply.
 */
import { isDeepStrictEqual } from 'node:util';
import { parseReply } from '../src/reply/parse.ts';
import type {
  CorpusReply,
  Meaning,
  OriginalOutcome,
  Outcome,
} from '../test/fixtures/replies/corpus-reply.ts';
import { groups } from '../test/fixtures/replies/index.ts';
import { isAccepted, preparedArgs, tools } from '../test/support/tools.ts';

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
    replies.map((entry): Result => ({ entry, ours: outcomeOfOurs(entry) })),
  ]),
);
const all = Object.values(results).flat();

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
row('wrong answers shown', all, 'wrong answer');
row('crashes', all, 'crash');

console.log();
print('understood as a reader understands it, by group', ['of', 'ours', 'original']);
for (const [group, few] of Object.entries(results)) row(`  ${group}`, few, 'right');

const wrongCalls = all.filter((result) => result.ours === 'wrong call');
for (const { entry } of wrongCalls) console.error(`ours runs a wrong call: ${entry.name}`);
if (wrongCalls.length > 0) process.exitCode = 1;

/** A call that its tool refuses does not run: it needs a retry. */
function outcomeOfOurs({ raw, cutOff, outcome }: CorpusReply): OriginalOutcome {
  const reply = parseReply(raw, tools, cutOff);
  switch (reply.type) {
    case 'malformed':
      return outcome.type === 'malformed' ? 'right' : 'asks again';
    case 'final':
      return outcome.type === 'final' && outcome.text === reply.text ? 'right' : 'wrong answer';
    case 'call':
      if (isSameCall(reply, outcome)) return 'right';
      if (isAccepted(reply.name, reply.args)) return 'wrong call';
      return outcome.type === 'malformed' ? 'right' : 'asks again';
  }
}

function isSameCall(reply: { name: string; args: Record<string, unknown> }, outcome: Outcome) {
  return (
    outcome.type === 'call' &&
    outcome.name === reply.name &&
    isDeepStrictEqual(preparedArgs(reply.name, reply.args), preparedArgs(reply.name, outcome.args))
  );
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
