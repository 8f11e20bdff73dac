/** Lets the Python original do a task. */
import fs from 'node:fs';
import path from 'node:path';
import * as z from 'zod';
import { endingOf } from '../../src/tools/run-shell.ts';
import { childEnvironment } from '../../src/tools/shell/environment.ts';
import { runToEnd } from '../../src/tools/shell/process-group.ts';
import { openSandbox, runConfined } from '../../src/tools/shell/sandbox.ts';
import { findProgram, STATE_FOLDER } from '../../src/workspace/paths.ts';
import { OptionError } from './options.ts';
import type { Play, Played } from './play.ts';

/** Where the original is, and whom it asks. */
export interface Original {
  /** Its file, mini_coding_agent.py. */
  file: string;
  host: string;
  model: string;
  /** How long it may take, in milliseconds. */
  timeoutMs: number;
}

/** Runs it once. Where there is a sandbox, all of it runs in one, with the network for the model. */
export async function playOriginal(
  { file, host, model, timeoutMs }: Original,
  { root, request, maxSteps, sandbox, signal }: Play,
): Promise<Played> {
  const env = childEnvironment(process.env);
  const python = findProgram('python3', env, root);
  if (python === undefined)
    throw new OptionError('The original needs python3, which is not installed.');
  const flags = ['--host', host, '--model', model, '--max-steps', String(maxSteps)];
  const rest = ['--approval', 'auto', '--ollama-timeout', String(Math.ceil(timeoutMs / 1000))];
  // The sandbox does not show all folders, so Python reads the program from standard input.
  const command = { file: python, args: ['-', ...flags, ...rest, request], env };
  const options = { cwd: root, timeoutMs, signal, input: fs.readFileSync(file) };
  const inside = sandbox && (await openSandbox({ root, env, network: true }));
  const ended = inside
    ? (await runConfined(inside, command, options)).ended
    : await runToEnd(command, options);
  const [code] = ended.how;
  const { answer, validCalls } = takeSession(root);
  if (code !== 0) return { answer: '', end: endingOf(ended), validCalls };
  const isStopped = answer.startsWith('Stopped after ');
  return { answer: isStopped ? '' : answer, end: isStopped ? answer : 'answer', validCalls };
}

const sessionSchema = z.object({
  history: z.array(z.object({ role: z.string(), content: z.string() })),
});

/** What is told of a call of a tool that there is not, or with arguments that it does not take. */
const UNUSABLE = /^error: (?:unknown tool|invalid arguments for) /;

/**
 * Reads its session, and removes it from the repository. The sandbox lets nobody make that folder, and
 * renames it.
 */
function takeSession(root: string): Pick<Played, 'answer' | 'validCalls'> {
  const kept = fs.readdirSync(root).find((name) => name.startsWith(STATE_FOLDER));
  if (kept === undefined) return { answer: '', validCalls: 0 };
  const sessions = path.join(root, kept, 'sessions');
  const [name = ''] = fs.readdirSync(sessions);
  const text = fs.readFileSync(path.join(sessions, name), 'utf8');
  fs.rmSync(path.join(root, kept), { recursive: true });
  const { history } = sessionSchema.parse(JSON.parse(text));
  const calls = history.filter(({ role, content }) => role === 'tool' && !UNUSABLE.test(content));
  const last = history.at(-1);
  return { answer: last?.role === 'assistant' ? last.content : '', validCalls: calls.length };
}
