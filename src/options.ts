/** Flags and environment, validated, as one object. */
import fs from 'node:fs';
import { Command, CommanderError, InvalidArgumentError, Option } from 'commander';
import { parseHost, type Host } from './model/host.ts';
import { APPROVAL_POLICIES, type ApprovalPolicy } from './tools/approval.ts';

export interface Options {
  /** The words of the prompt; empty for none. */
  request: string;
  print: boolean;
  demo: boolean;
  cwd: string;
  model: string;
  host: Host;
  ollamaTimeoutMs: number;
  keepAlive: string | number;
  /** A session id or `latest`. */
  resume: string | undefined;
  approval: ApprovalPolicy;
  /** Commands run in a sandbox, with the network or without. */
  sandbox: { network: boolean } | undefined;
  maxSteps: number;
  /** Tokens of a reply: at first, and at most when one is cut off. */
  numPredict: { first: number; most: number };
  numCtx: number | undefined;
  temperature: number;
  topP: number;
  /** Names of environment variables that commands may see besides the usual ones. */
  env: string[];
}

/** The program was called wrongly. The message, one line, names flag and value. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

const DEFAULT_MODEL = 'qwen3.5:4b';
const DEFAULT_HOST = 'http://127.0.0.1:11434';
const DEFAULT_NUM_PREDICT = 512;
/** A reply that is cut off gets more room, up to this many times the default. */
const NUM_PREDICT_GROWTH = 8;

interface Flags {
  cwd: string;
  model: string;
  host: Host;
  ollamaTimeout: number;
  keepAlive: string | number;
  resume?: string;
  continue?: true;
  approval: ApprovalPolicy;
  sandbox?: true;
  sandboxNet?: true;
  maxSteps: number;
  maxNewTokens?: number;
  numCtx?: number;
  temperature: number;
  topP: number;
  env?: string[];
  print?: true;
  demo?: true;
}

/**
 * Reads the command line. For `--help` and `--version` it prints them and returns undefined.
 * @throws UsageError
 */
export function parseOptions(argv: readonly string[], version: string): Options | undefined {
  const command = describe(version);
  try {
    command.parse(argv, { from: 'user' });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    if (error.exitCode === 0) return undefined;
    throw new UsageError(oneLine(error.message));
  }
  const flags = command.opts<Flags>();
  if (flags.demo && command.args.length > 0) {
    throw new UsageError("option '--demo' takes no prompt: its requests are recorded");
  }
  if (flags.demo && flags.approval === 'never') {
    throw new UsageError("option '--demo' cannot go on with '--approval never'");
  }
  if (flags.sandboxNet && !flags.sandbox) {
    throw new UsageError("option '--sandbox-net' needs '--sandbox'");
  }
  const first = flags.maxNewTokens ?? DEFAULT_NUM_PREDICT;
  return {
    request: command.args.join(' ').trim(),
    print: flags.print ?? false,
    demo: flags.demo ?? false,
    cwd: flags.cwd,
    model: flags.model,
    host: flags.host,
    ollamaTimeoutMs: flags.ollamaTimeout * 1000,
    keepAlive: flags.keepAlive,
    resume: flags.resume ?? (flags.continue ? 'latest' : undefined),
    approval: flags.approval,
    sandbox: flags.sandbox && { network: flags.sandboxNet ?? false },
    maxSteps: flags.maxSteps,
    numPredict: { first, most: flags.maxNewTokens ?? first * NUM_PREDICT_GROWTH },
    numCtx: flags.numCtx,
    temperature: flags.temperature,
    topP: flags.topP,
    env: flags.env ?? [],
  };
}

function describe(version: string): Command {
  return new Command('mini-coding-agent')
    .description('A small coding agent for your repository, with a local model served by Ollama.')
    .argument('[prompt...]', 'asked once; without it, a conversation opens')
    .option('--cwd <dir>', 'folder to inspect and modify', folder, '.')
    .option('-m, --model <name>', 'Ollama model', filled, DEFAULT_MODEL)
    .addOption(
      new Option('--host <url>', 'Ollama server')
        .env('OLLAMA_HOST')
        .argParser(host)
        .default(parseHost(DEFAULT_HOST), DEFAULT_HOST),
    )
    .option('--ollama-timeout <s>', 'how long the server may be silent', whole(1, 86_400), 300)
    .option('--keep-alive <time>', 'how long the server keeps the model loaded', duration, '30m')
    .option('--resume <id>', 'go on with a session: its id, or latest', filled)
    .option('-c, --continue', 'the same as --resume latest')
    .addOption(
      new Option(
        '--approval <policy>',
        'before a risky tool runs; auto lets the model run anything',
      )
        .choices(APPROVAL_POLICIES)
        .default('ask'),
    )
    .option('--sandbox', 'run commands in bubblewrap: they write in the workspace only (Linux)')
    .option('--sandbox-net', 'let commands in the sandbox use the network')
    .option('--max-steps <n>', 'tool steps for one request', whole(1, 1_000), 6)
    .option(
      '--max-new-tokens <n>',
      'tokens per model reply (default: 512, more when cut off)',
      whole(1, 1_000_000),
    )
    .option(
      '--num-ctx <n>',
      'context window in tokens (default: 16384 or what the model has)',
      whole(512, 10_000_000),
    )
    .option('--temperature <x>', 'sampling temperature', decimal(0, 2), 0.2)
    .option('--top-p <x>', 'nucleus sampling', decimal(0, 1), 0.9)
    .option('--env <name>', 'environment variable that commands may see (repeatable)', variable)
    .option('-p, --print', 'print the answer alone; piped input is part of the request')
    .addOption(
      new Option(
        '--demo',
        'try the agent without a model: recorded replies, real everything else',
      ).conflicts(['print', 'resume', 'continue']),
    )
    .version(version)
    .configureOutput({ writeErr: () => undefined })
    .exitOverride();
}

/** Commander puts a suggestion on a line of its own, and shows a value with its credentials. */
function oneLine(message: string): string {
  return message
    .replace(/^error: /, '')
    .replace(/'[^']*@/g, "'…@")
    .replace(/\s*\n\s*/g, ' ')
    .trim();
}

function filled(value: string): string {
  if (value.trim() === '') throw new InvalidArgumentError('It must not be empty.');
  return value.trim();
}

function folder(value: string): string {
  try {
    if (fs.statSync(value).isDirectory()) return value;
  } catch {
    // Not there, or not to be seen: the same to whoever named it.
  }
  throw new InvalidArgumentError('There is no such folder.');
}

function host(value: string): Host {
  try {
    return parseHost(value.trim() || DEFAULT_HOST);
  } catch {
    throw new InvalidArgumentError('It must be a URL such as http://127.0.0.1:11434.');
  }
}

function whole(min: number, max: number): (value: string) => number {
  return (value) => inRange(value, /^\d+$/, 'a whole number', min, max);
}

function decimal(min: number, max: number): (value: string) => number {
  return (value) => inRange(value, /^\d*\.?\d+$/, 'a number', min, max);
}

function inRange(value: string, form: RegExp, kind: string, min: number, max: number): number {
  const number = Number(value);
  if (!form.test(value) || number < min || number > max) {
    throw new InvalidArgumentError(`It must be ${kind} from ${min} to ${max}.`);
  }
  return number;
}

/** Seconds, or a duration as Ollama reads it; a negative one means for ever. */
function duration(value: string): string | number {
  if (/^-?\d+$/.test(value)) return Number(value);
  if (/^-?(\d+(\.\d+)?(ms|s|m|h))+$/.test(value)) return value;
  throw new InvalidArgumentError('It must be seconds, or a duration such as 30m.');
}

function variable(name: string, earlier: string[] = []): string[] {
  if (!/^[A-Za-z_]\w*$/.test(name)) throw new InvalidArgumentError('It must be a name.');
  return [...earlier, name];
}
