/**
 * `npm run soak -- [REQUESTS]`: one conversation of many requests through the built program, with
 * tools, faults of the server and interrupts at random moments. It ends with exit code 1 if a record
 * was lost, or if a descriptor, a process or memory was leaked.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import {
  final,
  startFakeOllama,
  toolCall,
  type GenerateCall,
  type ScriptedReply,
} from '../test/support/ollama-server.ts';
import { chanceOf, chosenSeed } from '../test/support/random.ts';
import { readFlags } from './flags.ts';
import { filesAtStart } from './script.ts';
import { makeFolder } from './tasks/repository.ts';

const BIN = path.resolve(import.meta.dirname, '../dist/cli.cjs');
const PROMPT = '\nmini-coding-agent> ';
const QUESTION = /\[y\/N[/abev]*\] $/;
/** A request that takes longer has hung, in milliseconds. */
const HUNG_MS = 60_000;
/** How much memory may grow after the warm-up before it counts as leaked, in MiB. */
const GROWTH_MIB = 48;

const [count = '2000'] = readFlags({}, { allowPositionals: true }).positionals;
const requests = Number(count);
/** By then V8's heap has settled. */
const WARM_UP = 200;
if (!(requests > WARM_UP)) {
  console.error(`The number of requests must be above ${WARM_UP}, not ${count}.`);
  process.exit(2);
}
const seed = chosenSeed();
const chance = chanceOf(seed);

/** What the server still has to say in one request. */
interface Plan {
  replies: ScriptedReply[];
  ending: 'answer' | 'fault' | 'interrupt';
}

const plans = new Map<number, Plan>();

function planFor(request: number): Plan {
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
function reply({ prompt }: GenerateCall): ScriptedReply {
  const asked = prompt.matchAll(/(?:<\|im_start\|>user\n|Request: )(request|delegated) (\d+)/g);
  const [, who, number] = [...asked].at(-1) ?? [];
  if (who === 'delegated') return chance.next() < 0.5 ? toolCall('list_files') : final('Seen.');
  const { replies, ending } = plans.get(Number(number)) ?? { replies: [], ending: undefined };
  // A call that failed may be retried, without the format that the server may have refused.
  if (ending === 'fault' && replies.length === 1) return replies[0] ?? '';
  // Nothing ends a request that is to be interrupted.
  return replies.shift() ?? { silent: true };
}

/** What a request has shown, to compare with its records in the log. */
interface Shown {
  tools: string[];
  end: string;
}

class Conversation {
  readonly #child;
  readonly pid: number;
  #shown = '';
  /** How much was shown when a question was last answered: with more, the answer was read. */
  #answeredAt = 0;
  #isInterrupted = false;
  #watch: () => void = () => undefined;
  stderr = '';
  readonly ended: Promise<unknown[]>;

  constructor(root: string, url: string) {
    // A small heap: else V8 takes memory as it likes, and hides what is leaked.
    const NODE_OPTIONS = '--max-old-space-size=64 --max-semi-space-size=1';
    const env = {
      ...process.env,
      XDG_CONFIG_HOME: os.devNull,
      OLLAMA_HOST: url,
      NO_COLOR: '1',
      NODE_OPTIONS,
    };
    this.#child = spawn(process.execPath, [BIN], { cwd: root, env });
    this.pid = this.#child.pid ?? 0;
    this.ended = once(this.#child, 'close');
    this.#child.stdout.setEncoding('utf8').on('data', (text: string) => {
      this.#shown += text;
      this.#watch();
    });
    this.#child.stderr.setEncoding('utf8').on('data', (text: string) => (this.stderr += text));
    process.on('exit', () => this.#child.kill('SIGKILL'));
  }

  /** A question is open and was not answered. One that an interrupt ends takes no answer. */
  get #isAsked(): boolean {
    const isNew = this.#shown.length !== this.#answeredAt;
    return !this.#isInterrupted && isNew && QUESTION.test(this.#shown.slice(-20));
  }

  /** Settles when what was shown since the last request passes the test. */
  shows(test: (shown: string) => boolean): Promise<string> {
    return new Promise((resolve, reject) => {
      const hung = setTimeout(
        () => reject(new Error(`it hangs (MCA_SEED=${seed}) after:\n${this.#shown}`)),
        HUNG_MS,
      );
      void this.ended.then(() => reject(new Error(`it ended:\n${this.#shown}\n${this.stderr}`)));
      this.#watch = () => {
        if (this.#isAsked) {
          this.#answeredAt = this.#shown.length;
          this.#child.stdin.write(chance.next() < 0.85 ? 'y\n' : 'n\n');
        }
        if (!test(this.#shown)) return;
        clearTimeout(hung);
        resolve(this.#shown);
      };
      this.#watch();
    });
  }

  async ask(request: number, { ending }: Plan): Promise<Shown> {
    this.#shown = '';
    this.#answeredAt = 0;
    this.#isInterrupted = false;
    this.#child.stdin.write(`request ${request}\n`);
    if (ending === 'interrupt') {
      await this.shows((text) => text.includes(`request ${request}\n`));
      await Promise.race([delay(chance.below(80)), this.ended]);
      await this.shows((text) => text.length > this.#answeredAt);
      this.#isInterrupted = true;
      this.#child.kill('SIGINT');
    }
    const shown = await this.shows((text) => text.endsWith(PROMPT));
    const verbs = [...shown.matchAll(/^[•✗] (?!older entries)(\w+) /gm)].map(([, verb]) => verb);
    const tools = verbs.map((verb = '') => TOOL_OF.get(verb) ?? verb);
    const [end = ''] = /^answer \d+$|^Interrupted\.$/m.exec(shown) ?? [];
    return { tools, end };
  }

  async close(): Promise<unknown> {
    this.#child.stdin.end();
    const [code] = await this.ended;
    return code;
  }
}

/** The tools by the verbs on the screen, for calls that succeeded and that failed. */
const TOOL_OF = new Map([
  ['listed', 'list_files'],
  ['list', 'list_files'],
  ['read', 'read_file'],
  ['searched', 'search'],
  ['ran', 'run_shell'],
  ['run', 'run_shell'],
  ['wrote', 'write_file'],
  ['write', 'write_file'],
  ['patched', 'patch_file'],
  ['patch', 'patch_file'],
  ['delegated', 'delegate'],
]);

/** Memory, descriptors and children of a process, from /proc; undefined without it. */
function stateOf(pid: number, root: string) {
  if (!fs.existsSync(`/proc/${pid}/status`)) return undefined;
  const [, rss = ''] =
    /^VmRSS:\s*(\d+) kB/m.exec(fs.readFileSync(`/proc/${pid}/status`, 'utf8')) ?? [];
  const fds = fs.readdirSync(`/proc/${pid}/fd`).length;
  const others = fs
    .readdirSync('/proc')
    .map(Number)
    .filter((other) => other > 0 && other !== pid);
  const children = others.filter((other) => isChild(other, pid, root));
  return { mib: Number(rss) / 1024, fds, children };
}

/** A child of the program, or a process it left behind, which its working folder shows. */
function isChild(other: number, pid: number, root: string): boolean {
  try {
    const stat = fs.readFileSync(`/proc/${other}/stat`, 'utf8');
    const parent = Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]);
    return parent === pid || fs.readlinkSync(`/proc/${other}/cwd`).startsWith(root);
  } catch {
    return false; // it has ended, or is another user's
  }
}

/** The state once every child has ended, or has had 5 seconds to end. */
async function settledState(pid: number, root: string) {
  for (let tries = 0; tries < 50; tries++) {
    if (stateOf(pid, root)?.children.length === 0) break;
    await delay(100);
  }
  return stateOf(pid, root);
}

/** Counts the requests whose records differ from what was shown. */
function lostIn(root: string, shown: readonly Shown[]): number {
  const folder = path.join(root, '.mini-coding-agent/sessions');
  const logged = fs
    .readdirSync(folder)
    .filter((name) => name.endsWith('.jsonl'))
    .map((name) => fs.readFileSync(path.join(folder, name), 'utf8').split('\n'))
    .filter(([header = '']) => header.includes('"parent":null'))
    .flatMap((lines) => lines.slice(1, -1));
  const told: Shown[] = [];
  for (const line of logged) {
    const { type, name, content } = JSON.parse(line) as Record<string, string>;
    const last = told.at(-1);
    if (type === 'user') {
      if (content !== `request ${told.length}`) throw new Error(`${content}, not ${told.length}`);
      told.push({ tools: [], end: '' });
    } else if (type === 'tool') last?.tools.push(name ?? '');
    else if (type === 'assistant' && last) last.end = content?.split('\n').at(-1) ?? '';
  }
  const differs = shown.flatMap((each, index) =>
    JSON.stringify(each) === JSON.stringify(told[index])
      ? []
      : [{ index, each, told: told[index] }],
  );
  for (const each of differs.slice(0, 3)) console.error('shown and told:', JSON.stringify(each));
  return differs.length;
}

function print(name: string, value: string | number): void {
  console.log(`${name.padEnd(36)}${String(value).padStart(12)}`);
}

const start = performance.now();
const root = makeFolder(filesAtStart());
const server = await startFakeOllama([], { whenEmpty: reply });
const conversation = new Conversation(root, server.url);
await conversation.shows((text) => text.endsWith(PROMPT));
const shown: Shown[] = [];
const counts = { answer: 0, fault: 0, interrupt: 0 };
let before: ReturnType<typeof stateOf>;
for (let request = 0; request < requests; request++) {
  if (request === WARM_UP) before = await settledState(conversation.pid, root);
  const plan = planFor(request);
  plans.set(request, plan);
  shown.push(await conversation.ask(request, plan));
  plans.delete(request);
  counts[plan.ending]++;
}
const after = await settledState(conversation.pid, root);
const code = await conversation.close();
await server.close();
const lost = lostIn(root, shown);
const messages = conversation.stderr.split('\n').length - 1;

print('requests', requests);
print('faults of the server', counts.fault);
print('interrupts', counts.interrupt);
print(
  'tools run',
  shown.reduce((sum, { tools }) => sum + tools.length, 0),
);
print('records lost', lost);
const fds = after && before ? after.fds - before.fds : 0;
const growth = after && before ? after.mib - before.mib : 0;
if (after && before) {
  print('descriptors leaked', fds);
  print('processes leaked', after.children.length);
  print(`memory after ${WARM_UP} requests, MiB`, before.mib.toFixed(1));
  print('memory at the end, MiB', after.mib.toFixed(1));
} else {
  print('descriptors, processes, memory', 'not known: there is no /proc');
}
print('seconds', ((performance.now() - start) / 1000).toFixed(1));
const isWell =
  code === 0 &&
  lost === 0 &&
  fds <= 0 &&
  (after?.children.length ?? 0) === 0 &&
  growth <= GROWTH_MIB &&
  messages === counts.fault;
if (!isWell) {
  console.error(
    `It ended with ${String(code)}, after ${messages} messages; the workspace is kept in ${root}.`,
  );
  console.error(`Again: MCA_SEED=${seed} npm run soak -- ${requests}`);
  process.exitCode = 1;
} else {
  fs.rmSync(root, { recursive: true, force: true });
}
