/** What the command line asks for. */
import fs from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { parseHost } from '../../src/model/http/host.ts';
import { THINK_MODES, type Think } from '../../src/model/think.ts';
import { PARTS, type Part } from './parts.ts';
import { KINDS, type Kind } from './task.ts';

/** The command line cannot be obeyed. The message says what is wrong with it. */
export class OptionError extends Error {
  override readonly name = 'OptionError';
}

/** A run of tasks. */
export interface RunOptions {
  host: string;
  model: string;
  /** The kinds to run. */
  kinds: readonly Kind[];
  half: 'first' | 'second' | undefined;
  /** The most tasks. */
  limit: number;
  seed: number;
  /** Parts that are left out. */
  without: readonly Part[];
  /** The file of the original, which then does the tasks. */
  original: string | undefined;
  /** Where results are kept; tasks that have one there are not run again. */
  json: string | undefined;
  maxSteps: number;
  /** Whether the model is to think. */
  think: Think;
  /** The context window in tokens. */
  numCtx: number | undefined;
  /** How long one task may take, in milliseconds. */
  taskMs: number;
  /** How long all may take, in milliseconds. */
  totalMs: number;
  /** Commands may run without a sandbox. */
  unconfined: boolean;
}

/** Reads the arguments. @throws OptionError */
export function readOptions(args: string[], defaultSteps: number): RunOptions {
  const { host, model, half, original, json, unconfined, ...values } = parsed(args);
  if (model === undefined) throw new OptionError('Name the model: --model NAME.');
  if (half !== undefined && half !== 'first' && half !== 'second') {
    throw new OptionError(`--half is first or second, not ${half}.`);
  }
  if (json !== undefined && !fs.existsSync(path.dirname(json))) {
    throw new OptionError(`There is no folder ${path.dirname(json)} for --json.`);
  }
  const without = among('--without', values.without, PARTS);
  if (original !== undefined && without.length > 0) {
    throw new OptionError('The original has none of the parts that --without leaves out.');
  }
  if (original !== undefined && !fs.existsSync(original)) {
    throw new OptionError(`There is no file ${original}.`);
  }
  const [think = 'off'] = among(
    '--think',
    values.think === undefined ? [] : [values.think],
    THINK_MODES,
  );
  if (original !== undefined && think !== 'off') {
    throw new OptionError('The original never thinks.');
  }
  const kinds = among('--kind', values.kind, KINDS);
  return {
    host: address(host),
    model,
    half,
    original,
    json,
    unconfined,
    without,
    think,
    kinds: kinds.length > 0 ? kinds : KINDS,
    limit: whole('--limit', values.limit) ?? Infinity,
    seed: whole('--seed', values.seed) ?? 1,
    maxSteps: whole('--max-steps', values['max-steps']) ?? defaultSteps,
    numCtx: whole('--num-ctx', values['num-ctx']),
    taskMs: 1000 * (whole('--task-seconds', values['task-seconds']) ?? 600),
    totalMs: 60_000 * (whole('--total-minutes', values['total-minutes']) ?? 720),
  };
}

function parsed(args: string[]) {
  try {
    const one = { type: 'string' } as const;
    const many = { type: 'string', multiple: true, default: [] as string[] } as const;
    const options = {
      host: { ...one, default: process.env['OLLAMA_HOST'] || 'http://127.0.0.1:11434' },
      model: one,
      kind: many,
      half: one,
      limit: one,
      seed: one,
      without: many,
      original: one,
      json: one,
      think: one,
      'max-steps': one,
      'num-ctx': one,
      'task-seconds': one,
      'total-minutes': one,
      unconfined: { type: 'boolean', default: false },
    } as const;
    return parseArgs({ args, options }).values;
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    throw new OptionError(error.message);
  }
}

function address(host: string): string {
  try {
    parseHost(host);
    return host;
  } catch {
    throw new OptionError('--host is a URL such as http://127.0.0.1:11434.');
  }
}

function among<T extends string>(flag: string, given: string[], known: readonly T[]): T[] {
  return given.map((value) => {
    const found = known.find((each) => each === value);
    if (found !== undefined) return found;
    throw new OptionError(`${flag} is one of ${known.join(', ')}, not ${value}.`);
  });
}

function whole(flag: string, given: string | undefined): number | undefined {
  if (given === undefined) return undefined;
  if (/^[1-9]\d{0,8}$/.test(given)) return Number(given);
  throw new OptionError(`${flag} takes a whole number from 1, not ${given}.`);
}
