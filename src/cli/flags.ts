/** The flags: their names, what their values may be, and what they mean. */
import fs from 'node:fs';
import { Command, InvalidArgumentError, Option } from 'commander';
import { SHELLS, type Shell } from './completion.ts';
import { parseHost, type Host } from '../model/ollama/host.ts';
import { APPROVAL_POLICIES, type ApprovalPolicy } from '../tools/approval.ts';

const OUTPUT_FORMATS = ['text', 'json', 'stream-json'] as const;
/** What `--output-format` takes. */
export type OutputFormat = (typeof OUTPUT_FORMATS)[number];

const DEFAULT_MODEL = 'qwen3.5:4b';
const DEFAULT_HOST = 'http://127.0.0.1:11434';

/** What the flags come to, by commander's names for them. */
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

/** The command line as it is written: flags, their values and what they mean. */
export function describeFlags(version: string): Command {
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
        '--output-format <format>',
        'one request for programs to read: implies --print',
      ).choices(OUTPUT_FORMATS),
    )
    .option('--quiet', 'leave out the welcome, and what each request cost')
    .addOption(
      new Option(
        '--demo',
        'try the agent without a model: recorded replies, real everything else',
      ).conflicts(['print', 'outputFormat', 'resume', 'continue']),
    )
    .addOption(
      new Option('--completion <shell>', 'print a script that completes these flags').choices(
        SHELLS,
      ),
    )
    .version(version)
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
