import { once } from 'node:events';
import fs from 'node:fs';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { sessionsIn } from '../program/session-files.ts';
import { final, toolCall, type FakeOllama, type GenerateCall } from '../support/ollama-server.ts';
import {
  runProgram,
  scriptedServer,
  startProgram,
  type RunningProgram,
} from '../support/program.ts';
import { chanceOf, chosenSeed, type Chance } from '../support/random.ts';
import { often } from '../support/stress.ts';
import { temporaryFolder } from '../support/workspace.ts';
import { readLog } from '../support/session.ts';

/** How many sessions, how often each is killed, and how many run at the same time. */
const SESSIONS = often(1, 8);
const KILLS = often(3, 25);
const AT_A_TIME = 4;
/** More requests than a program answers before it is killed. */
const REQUESTS = 40;

/** Every reply of the server contains one, so that it can be found wherever it ended up. */
const ID = /\bid\d+_/g;

/** A file of one line whose first word determines the rest. */
const bodyOf = (id: string) => `${id} ${'whole '.repeat(100)}${id}\n`;

/** What the server makes the agent do: writes, patches, commands, answers, at random. */
class Script {
  readonly #chance: Chance;
  readonly #root: string;
  /** The ids of the replies that were sent to each program. */
  readonly sent = new Map<string, string[]>();
  #count = 0;

  constructor(chance: Chance, root: string) {
    this.#chance = chance;
    this.#root = root;
  }

  reply({ prompt }: GenerateCall): string {
    // A file that a killed program wrote counts as changed, if it did not record that, or as unread.
    const unread = /^error: .* (\S+) (?:has changed since|exists and) .*$(?![\s\S]*^\[tool:)/m.exec(
      prompt,
    )?.[1];
    if (unread !== undefined) return toolCall('read_file', { path: unread });
    const id = `id${this.#count++}_`;
    // The last call of a killed program may arrive when the next one has begun.
    const run = requestOf(prompt).split('.')[0] ?? '';
    this.sent.set(run, [...(this.sent.get(run) ?? []), id]);
    const kind = this.#chance.next();
    if (kind < 0.3) {
      const content = bodyOf(id);
      return toolCall('write_file', { path: `${this.#chance.below(3)}.txt`, content });
    }
    if (kind < 0.6) {
      const [old_text] = fs.readFileSync(path.join(this.#root, 'big.txt'), 'utf8').split('\n', 1);
      return toolCall('patch_file', { path: 'big.txt', old_text, new_text: id });
    }
    if (kind < 0.8) return toolCall('run_shell', { command: `echo ${id} >> trace.txt` });
    return final(`answer ${id}`);
  }
}

/** The request that a prompt is about. */
function requestOf(prompt: string): string {
  return prompt.match(/\brequest \d+\.\d+\./g)?.at(-1) ?? '';
}

const BIG_REST = `\n${'untouched\n'.repeat(5_000)}`;

/** A folder without git, which would only take time, and the program's server. */
interface Stage {
  root: string;
  server: FakeOllama;
  script: Script;
}

async function newStage(chance: Chance): Promise<Stage> {
  const root = temporaryFolder({ 'big.txt': `start${BIG_REST}` });
  const script = new Script(chance, root);
  const server = await scriptedServer([], { whenEmpty: (call) => script.reply(call) });
  return { root, server, script };
}

/** Settles at a random moment in the life of a program that was just started. */
async function moment(chance: Chance, { root, server }: Stage, program: RunningProgram) {
  const kind = chance.next();
  if (kind < 0.15) return delay(chance.below(300)); // while it starts
  const call = server.arrived(server.calls.length + chance.below(5));
  await Promise.race([call, program.ended]);
  if (kind < 0.5) return delay(chance.below(15));
  if (kind < 0.6) return undefined;
  // When a file appears or disappears: one that is being written, or one of the session.
  const sessions = path.join(root, '.mini-coding-agent/sessions');
  const watched = kind < 0.9 || !fs.existsSync(sessions) ? root : sessions;
  const watcher = fs.watch(watched);
  await Promise.race([once(watcher, 'change'), program.ended, delay(300)]);
  watcher.close();
}

interface Killed {
  stdout: string;
  stderr: string;
  /** Ids of replies after which the program made another call. */
  answered: string[];
  /** Requests that the server was asked about. */
  asked: string[];
}

/** Starts the program on the latest session, kills it at some moment and returns what it showed. */
async function killedAtSomeMoment(chance: Chance, stage: Stage, run: number): Promise<Killed> {
  const { root, server, script } = stage;
  const before = server.calls.length;
  const args = ['--approval', 'auto', '--resume', 'latest'];
  const program = startProgram(args, { cwd: root, host: server.url });
  const requests = Array.from({ length: REQUESTS }, (_, index) => `request ${run}.${index}.\n`);
  program.child.stdin.write(requests.join(''));
  await moment(chance, stage, program);
  program.child.kill('SIGKILL');
  const { code, stdout, stderr } = await program.ended;
  expect(code, stdout + stderr).toBeNull(); // it was killed before it ended
  const asked = server.calls.slice(before).map(({ prompt }) => requestOf(prompt));
  const answered = (script.sent.get(`request ${run}`) ?? []).slice(0, -1);
  return { stdout, stderr, answered, asked };
}

interface Logs {
  /** Types of records with the request or the id in it: `user request 3.1.`, `tool id7_`. */
  held: Set<string>;
  /** Whether there is a request to continue from. */
  isBegun: boolean;
  isTorn: boolean;
}

/** What the logs contain, after checking that they are whole except for a last line. */
function logsIn(root: string): Logs {
  const folder = path.join(root, '.mini-coding-agent/sessions');
  const names = fs.existsSync(folder) ? fs.readdirSync(folder) : [];
  const logs: Logs = { held: new Set(), isBegun: false, isTorn: false };
  for (const name of names.filter((each) => each.endsWith('.jsonl'))) {
    const { header, records, corrupt, torn } = readLog(path.join(folder, name));
    expect(corrupt).toBe(0);
    if (records.length > 0) expect(header).toBeDefined();
    for (const record of records) {
      const said = record.type === 'tool' ? JSON.stringify(record.args) : JSON.stringify(record);
      const found = said.match(/\brequest \d+\.\d+\.|\bid\d+_/g) ?? [];
      for (const what of found) logs.held.add(`${record.type} ${what}`);
    }
    const isBegun = records.some(({ type }) => type === 'user');
    expect(isBegun && logs.isBegun).toBe(false); // one conversation, however often it was resumed
    logs.isBegun ||= isBegun;
    logs.isTorn ||= isBegun && torn;
  }
  return logs;
}

/** What must be in the log from now on. */
function acknowledged({ stdout, answered, asked }: Killed): string[] {
  const done = [...stdout.matchAll(/^• .*\b(id\d+_).*$/gm)].map(([, id]) => id);
  const answers = [...stdout.matchAll(/^answer (id\d+_)$/gm)].map(([, id]) => id);
  return [
    ...done.map((id) => `tool ${id}`),
    ...answers.map((id) => `assistant ${id}`),
    ...answered.map((id) => `model ${id}`),
    ...asked.map((request) => `user ${request}`),
  ];
}

/** Checks that each file of the workspace is whole, and returns the ids of what was written. */
function idsInFiles(root: string): string[] {
  return fs.readdirSync(root).flatMap((name) => {
    if (['.git', '.mini-coding-agent'].includes(name)) return [];
    // A write that was cut short leaves its temporary file, which its name shows.
    if (/^\.[0-9a-f]{16}\.tmp$/.test(name)) return [];
    const text = fs.readFileSync(path.join(root, name), 'utf8');
    const ids = text.match(ID) ?? [];
    const [first = ''] = ids;
    if (name === 'trace.txt') expect(text).toBe(ids.map((id) => `${id}\n`).join(''));
    else if (name === 'big.txt') expect(text === (first || 'start') + BIG_REST, name).toBe(true);
    else expect(/^[012]\.txt$/.test(name) && text === bodyOf(first), name).toBe(true);
    return name === 'trace.txt' ? ids : first ? [first] : [];
  });
}

/** One session, killed and resumed many times, and finally ended. */
async function killAgainAndAgain(seed: number): Promise<void> {
  const chance = chanceOf(seed);
  const stage = await newStage(chance);
  const { root, server } = stage;
  const due = new Set<string>();
  let before: Logs = { held: new Set(), isBegun: false, isTorn: false };
  for (let kill = 0; kill < KILLS; kill++) {
    const killed = await killedAtSomeMoment(chance, stage, kill);
    // How it continued with what the previous one had left.
    if (killed.stdout.includes('SESSION')) {
      expect(killed.stdout.includes('(resumed)')).toBe(before.isBegun);
      expect(killed.stderr).toMatch(
        before.isTorn ? /cut short skipped\.\n$/ : before.isBegun ? /^$/ : /No session to resume/,
      );
    }
    for (const record of acknowledged(killed)) due.add(record);
    before = logsIn(root);
    const { held } = before;
    expect([...due].filter((record) => !held.has(record))).toEqual([]);
    const unled = idsInFiles(root).filter((id) => !held.has(`model ${id}`));
    expect(unled).toEqual([]);
  }
  server.push(final('The end.'));
  const where = { cwd: root, host: server.url };
  expect(await runProgram(['--resume', 'latest', 'the last'], where)).toMatchObject({
    code: 0,
    stdout: 'The end.\n',
  });
  const conversations = sessionsIn(root).filter(({ records }) =>
    records.some(({ type }) => type === 'user'),
  );
  expect(conversations).toHaveLength(1);
  const sessions = fs.readdirSync(path.join(root, '.mini-coding-agent/sessions'));
  expect(sessions.filter((name) => name === `${conversations[0]?.id}.lock`)).toEqual([]);
}

it(
  `kill -9 at ${SESSIONS * KILLS} moments loses nothing that was acknowledged, and leaves no partial file`,
  { timeout: often(60_000, 600_000) },
  async () => {
    const seed = chosenSeed();
    const seeds = Array.from({ length: SESSIONS }, (_, index) => seed + index);
    const work = async () => {
      for (let next = seeds.shift(); next !== undefined; next = seeds.shift()) {
        await killAgainAndAgain(next);
      }
    };
    try {
      await Promise.all(Array.from({ length: AT_A_TIME }, work));
    } catch (error) {
      throw new Error(`again with MCA_SEED=${seed}`, { cause: error });
    }
  },
);
