/** What the server says in each request of the soak: tools, answers, faults, and what is interrupted. */
import {
  final,
  toolCall,
  type GenerateCall,
  type ScriptedReply,
} from '../../test/support/ollama-server.ts';
import { chanceOf, chosenSeed } from '../../test/support/random.ts';

/** What repeats a run, as `MCA_SEED`. */
export const seed = chosenSeed();
export const chance = chanceOf(seed);

/** What the server still has to say in one request. */
export interface Plan {
  replies: ScriptedReply[];
  ending: 'answer' | 'fault' | 'interrupt';
}

/** The plans of the requests that are under way, by their numbers. */
export const plans = new Map<number, Plan>();

/** Draws what happens in a request. */
export function planFor(request: number): Plan {
  const kind = chance.next();
  const ending = kind < 0.7 ? 'answer' : kind < 0.85 ? 'fault' : 'interrupt';
  const replies = Array.from({ length: chance.below(4) }, () => step(request));
  replies.push(ENDINGS[ending](request));
  // It is asked again half a second later, so not often.
  if (chance.next() < 0.02) replies.unshift({ status: 503, body: '{"error":"busy"}' });
  return { replies, ending };
}

function step(request: number): ScriptedReply {
  const file = `module${chance.below(20)}.ts`;
  const read = { path: file, start: 1 + chance.below(20) };
  const content = `request ${request}\n`.repeat(1 + chance.below(50));
  return chance.pick<() => ScriptedReply>([
    () => toolCall('list_files'),
    () => toolCall('read_file', read),
    () => toolCall('read_file', { path: 'nowhere.ts' }),
    () => toolCall('search', { pattern: `total_${chance.below(20)}` }),
    () => toolCall('write_file', { path: `new${chance.below(20)}.txt`, content }),
    () => toolCall('run_shell', { command: `echo ${request}` }),
    () => toolCall('run_shell', { command: `sleep 300 & echo ${request}; exit 3` }),
    () => toolCall('run_shell', { command: 'head -c 200000 /dev/urandom; yes | head -n 9999 >&2' }),
    () => toolCall('delegate', { task: `delegated ${request}`, max_steps: 2 }),
    () => '<tool>{"name":"read_file"',
  ])();
}

const ENDINGS: Record<Plan['ending'], (request: number) => ScriptedReply> = {
  answer: (request) => final(`answer ${request}`),
  fault: () =>
    chance.pick<ScriptedReply>([
      { status: 500, body: '{"error":"crashed"}' },
      { status: 200, contentType: 'text/html', body: '<html>' },
      { status: 307, headers: { location: '/elsewhere' } },
      { raw: ['{"response":"<final>Al"}\n', '{"error":"lost it"}\n'] },
      { raw: ['{"response":"<fin', Buffer.of(0xe6, 0xbc)], breakOff: true },
      { text: '<final>Almost', breakOff: true },
      { raw: [] },
    ]),
  interrupt: (request) =>
    chance.pick<ScriptedReply>([
      { silent: true },
      { text: '<final>Well, ', stall: true },
      toolCall('run_shell', { command: `sleep 300 & sleep 300; echo ${request}`, timeout: 120 }),
      toolCall('run_shell', { command: 'yes', timeout: 120 }),
    ]),
};

/** Finds the request that a call belongs to: an interrupted one may arrive after the next has begun. */
export function reply({ prompt }: GenerateCall): ScriptedReply {
  const asked = prompt.matchAll(/(?:<\|im_start\|>user\n|Request: )(request|delegated) (\d+)/g);
  const [, who, number] = [...asked].at(-1) ?? [];
  if (who === 'delegated') return chance.next() < 0.5 ? toolCall('list_files') : final('Seen.');
  const { replies, ending } = plans.get(Number(number)) ?? { replies: [], ending: undefined };
  // A call that failed may be retried, without the format that the server may have refused.
  if (ending === 'fault' && replies.length === 1) return replies[0] ?? '';
  // Nothing ends a request that is to be interrupted.
  return replies.shift() ?? { silent: true };
}
