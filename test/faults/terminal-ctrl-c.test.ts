/** Ctrl-C at any moment, many times. */
import { execFileSync } from 'node:child_process';
import { expect, it } from 'vitest';
import { FOREIGN_MODES_OFF } from '../../src/terminal/text/sequences.ts';
import { sessionsIn, type SessionFile } from '../program/session-files.ts';
import { toolCall, type ScriptedReply } from '../support/ollama-server.ts';
import { BIN, scriptedServer } from '../support/program.ts';
import { chanceOf, chosenSeed, type Chance } from '../support/random.ts';
import { often } from '../support/stress.ts';
import { AT_PROMPT, openTerminal, type Terminal } from '../support/terminal.ts';
import { temporaryRepository } from '../support/workspace.ts';

const REQUESTS = often(2, 15);
/** Replies that more replies may follow within one request. */
const QUICK_REPLIES = 3;
/** Waits for at most this much output, in bytes: the status row never stops writing. */
const OUTPUT_BYTES = 300;
const [CTRL_C, CTRL_D, CTRL_U, ESC] = ['\u0003', '\u0004', '\u0015', '\u001b'];
/** The status row. */
const STATUS = /[⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏]/;
const QUESTION = /Allow[^\n]*\? \[y\/N\/a[^\]]*\] ?$/;

/** Whatever follows it. */
const LAST_PROMPT = /\nmini-coding-agent>[^\n]*$/;

/** Only the processes of this test have such an argument. */
const LONG = `sleep 300.${process.pid}`;

/** What the model does, at random; no request ends without an interrupt. */
class Script {
  readonly #chance: Chance;
  #quick = 0;

  constructor(chance: Chance) {
    this.#chance = chance;
  }

  beginRequest(): void {
    this.#quick = 0;
  }

  reply(): ScriptedReply {
    const isQuick = this.#quick++ < QUICK_REPLIES && this.#chance.next() < 0.7;
    return isQuick ? this.#quickReply() : this.#endlessReply();
  }

  #quickReply(): ScriptedReply {
    const content = `${this.#chance.next()}\n`.repeat(this.#chance.below(20));
    return this.#chance.pick<ScriptedReply>([
      toolCall('read_file', { path: 'a.txt', start: this.#quick }),
      toolCall('write_file', { path: 'b.txt', content }),
      toolCall('run_shell', { command: `echo ${content}` }),
      toolCall('delegate', { task: 'look around' }),
      '',
    ]);
  }

  #endlessReply(): ScriptedReply {
    const [stall, paceMs] = [true, this.#chance.below(20)];
    return this.#chance.pick<ScriptedReply>([
      { silent: true },
      { text: '<think>Well, let me think. '.repeat(5), paceMs, stall },
      { text: '<final>An **answer** in `code`:\n\n```js\nlet a;\n'.repeat(3), paceMs, stall },
      { text: toolCall('write_file', { path: 'c.txt', content: 'c' }).slice(0, -9), paceMs, stall },
      toolCall('run_shell', { command: `${LONG} & echo on; ${LONG}`, timeout: 60 }),
    ]);
  }
}

function processesLeft(): string[] {
  const lines = execFileSync('ps', ['-eo', 'stat=,args='], { encoding: 'utf8' }).split('\n');
  return lines.filter((line) => /^[^Z]/.test(line) && line.includes(LONG));
}

/** The requests of a session, and how they ended. */
function endsIn({ records }: SessionFile): unknown[] {
  return records
    .filter(({ type }) => type === 'user' || type === 'assistant')
    .map(({ type, content, reason }) => (type === 'user' ? content : reason));
}

/** Types a request, and stops it at a random moment. */
async function stopOne(terminal: Terminal, request: string, chance: Chance): Promise<void> {
  const end = terminal.raw().length + chance.below(OUTPUT_BYTES);
  const isTime = () => terminal.raw().length >= end;
  const isAsked = () => QUESTION.test(terminal.screen());
  const prompts = () => terminal.screen().split('\nmini-coding-agent>').length;
  const questions = () => terminal.screen().split('\nAllow ').length;
  const before = prompts();
  terminal.type(`${request}\r`);
  await terminal.waitFor(new RegExp(`${request}\n`));
  if (chance.next() < 0.3) terminal.type('typed ahead\r');
  for (;;) {
    await terminal.waitFor(() => isTime() || isAsked());
    if (isTime() || chance.next() < 0.3) break;
    const asked = questions();
    terminal.type('y\r');
    // What was typed ahead may have answered this one, and the next one be there at the same moment.
    await terminal.waitFor(() => !isAsked() || questions() > asked);
  }
  terminal.type(chance.pick([CTRL_C, CTRL_C, ESC]));
  await terminal.waitFor(() => prompts() > before && LAST_PROMPT.test(terminal.screen()));
  terminal.type(CTRL_U); // what was typed just before a question is still at the prompt
}

async function stopAll(chance: Chance): Promise<void> {
  const script = new Script(chance);
  const root = temporaryRepository({ 'a.txt': 'a\n'.repeat(50) });
  const server = await scriptedServer([], { whenEmpty: () => script.reply() });
  const settings = 'echo "tty $(stty -g)"';
  const program = `'${process.execPath}' '${BIN}' --max-steps 20`;
  const command = `${settings}; ${program}; echo "code $?"; ${settings}; read -r`;
  const env = { OLLAMA_HOST: server.url };
  const terminal = openTerminal(['bash', '-c', command], root, { env });

  const requests = Array.from({ length: REQUESTS }, (_, index) => `request ${index + 1}`);
  await terminal.waitFor(AT_PROMPT);
  for (const request of requests) {
    script.beginRequest();
    await stopOne(terminal, request, chance);
  }
  terminal.type(CTRL_D);
  await terminal.waitFor(/\ncode \d+\ntty \S+$/);

  expect(terminal.screen()).toContain('\ncode 0\n');
  expect(terminal.screen()).not.toMatch(STATUS);
  const [before, after] = terminal.screen().match(/^tty .*/gm) ?? [];
  expect(after).toBe(before);
  const raw = terminal.raw().replaceAll(FOREIGN_MODES_OFF, '');
  // eslint-disable-next-line no-control-regex
  const modes = raw.match(/\u001b\[\?\d+[hl]/g) ?? [];
  expect([...new Set(modes)].toSorted()).toEqual(['\u001b[?2004h', '\u001b[?2004l']);
  expect(modes.at(-1)).toBe('\u001b[?2004l');
  const sessions = sessionsIn(root);
  const own = sessions.filter(({ records: [header] }) => header?.['parent'] === null);
  expect(own.map(endsIn)).toEqual([requests.flatMap((request) => [request, 'interrupted'])]);
  for (const session of sessions.filter((one) => !own.includes(one))) {
    // A delegate has few steps, and may use them up.
    expect(endsIn(session)).toEqual(['look around', expect.any(String)]);
  }
  expect(processesLeft()).toEqual([]);
}

it(`stops each of ${REQUESTS} requests at any moment, and leaves everything in order`, async () => {
  const seed = chosenSeed();
  try {
    await stopAll(chanceOf(seed));
  } catch (error) {
    throw new Error(`again with MCA_SEED=${seed}`, { cause: error });
  }
});
