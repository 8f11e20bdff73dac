/** The flags: their names, values, defaults and help text. */
import fs from 'node:fs';
import { Command, InvalidArgumentError, Option } from 'commander';
import { SHELLS, type Shell } from './completion.ts';
import { DEFAULT_MAX_STEPS } from '../agent/agent.ts';
import { DEFAULT_NUM_CTX } from '../context/window.ts';
import { OLLAMA_DEFAULTS } from '../model/ollama/ollama.ts';
import { parseHost, type Host } from '../model/ollama/host.ts';
import { APPROVAL_POLICIES, type ApprovalPolicy } from '../tools/approval.ts';

const OUTPUT_FORMATS = ['text', 'json', 'stream-json'] as const;
/** A value of `--output-format`. */
export type OutputFormat = (typeof OUTPUT_FORMATS)[number];

const DEFAULT_MODEL = 'qwen3.5:4b';
const { host: DEFAULT_HOST } = OLLAMA_DEFAULTS;

/** The parsed flags, under the names that commander gives them. */
export interface Flags {
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
  outputFormat?: OutputFormat;
  quiet?: true;
  demo?: true;
  completion?: Shell;
}

/** The command line: every flag, its values, default and help text. `parse` throws CommanderError. */
export function describeFlags(version: string): Command {
  return new Command('mini-coding-agent')
    .description('A small coding agent for your repository, with a local model served by Ollama.')
    .argument('[prompt...]', 'one request; without it, start a session')
    .option('--cwd <dir>', 'folder to inspect and modify', folder, '.')
    .option('-m, --model <name>', 'Ollama model', filled, DEFAULT_MODEL)
    .addOption(
      new Option('--host <url>', 'Ollama server')
        .env('OLLAMA_HOST')
        .argParser(host)
        .default(parseHost(DEFAULT_HOST), DEFAULT_HOST),
    )
    .option(
      '--ollama-timeout <s>',
      'seconds to wait for the server',
      whole(1, 86_400),
      OLLAMA_DEFAULTS.timeoutMs / 1000,
    )
    .option(
      '--keep-alive <time>',
      'how long the server keeps the model loaded',
      duration,
      OLLAMA_DEFAULTS.keepAlive,
    )
    .option('--resume <id>', 'resume a session: its id, or latest', filled)
    .option('-c, --continue', 'same as --resume latest')
    .addOption(
      new Option(
        '--approval <policy>',
        'what to do before a risky tool runs; auto allows everything',
      )
        .choices(APPROVAL_POLICIES)
        .default('ask'),
    )
    .option('--sandbox', 'run commands in bubblewrap; they can write only in the workspace (Linux)')
    .option('--sandbox-net', 'allow network access in the sandbox')
    .option('--max-steps <n>', 'maximum tool calls per request', whole(1, 1_000), DEFAULT_MAX_STEPS)
    .option(
      '--max-new-tokens <n>',
      'maximum tokens per reply (default: 512, more if it is cut off)',
      whole(1, 1_000_000),
    )
    .option(
      '--num-ctx <n>',
      `context window in tokens (default: ${DEFAULT_NUM_CTX}, or less if the model has less)`,
      whole(512, 10_000_000),
    )
    .option('--temperature <x>', 'sampling temperature', decimal(0, 2), OLLAMA_DEFAULTS.temperature)
    .option('--top-p <x>', 'nucleus sampling', decimal(0, 1), OLLAMA_DEFAULTS.topP)
    .option('--env <name>', 'let commands see an environment variable (repeatable)', variable)
    .option('-p, --print', 'print only the answer; piped input is added to the prompt')
    .addOption(
      new Option('--output-format <format>', 'machine-readable output; implies --print').choices(
        OUTPUT_FORMATS,
      ),
    )
    .option('--quiet', 'hide the welcome and the cost of each request')
    .addOption(
      new Option(
        '--demo',
        'replay recorded replies, no model needed; everything else is real',
      ).conflicts(['print', 'outputFormat', 'resume', 'continue']),
    )
    .addOption(
      new Option('--completion <shell>', 'print a completion script for a shell').choices(SHELLS),
    )
    .version(version, '-V, --version', 'print the version')
    .helpOption('-h, --help', 'show this help')
    .configureOutput({ writeErr: () => undefined })
    .exitOverride();
}

function filled(value: string): string {
  if (value.trim() === '') throw new InvalidArgumentError('It must not be empty.');
  return value.trim();
}

function folder(value: string): string {
  try {
    if (fs.statSync(value).isDirectory()) return value;
  } catch {
    // Missing or not accessible: the same to the person who named it.
  }
  throw new InvalidArgumentError('No such folder.');
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

/** Seconds, or a duration as Ollama reads it; a negative one means forever. */
function duration(value: string): string | number {
  if (/^-?\d+$/.test(value)) return Number(value);
  if (/^-?(\d+(\.\d+)?(ms|s|m|h))+$/.test(value)) return value;
  throw new InvalidArgumentError('It must be seconds, or a duration such as 30m.');
}

function variable(name: string, earlier: string[] = []): string[] {
  if (!/^[A-Za-z_]\w*$/.test(name)) throw new InvalidArgumentError('It must be a name.');
  return [...earlier, name];
}
