/** The flags: their names, values, defaults and help text. */
import { Command, Option } from 'commander';
import {
  ASKING_POLICY,
  DURATION,
  HOST,
  MODE,
  NAME,
  SWITCH,
  VARIABLES,
  decimal,
  filled,
  folder,
  whole,
  type LastingValue,
} from './flag-values.ts';
import { SHELLS, type Shell } from './completion.ts';
import { DEFAULT_MAX_STEPS, DEFAULT_THINK_BUDGET } from '../agent/defaults.ts';
import { DEFAULT_NUM_CTX } from '../context/window.ts';
import { DEFAULT_MODEL, OLLAMA_DEFAULTS } from '../model/ollama/defaults.ts';
import { THINK_MODES, type Think } from '../model/think.ts';
import { APPROVAL_POLICIES, type ApprovalPolicy } from '../tools/approval.ts';

const OUTPUT_FORMATS = ['text', 'json', 'stream-json'] as const;
/** A value of `--output-format`. */
export type OutputFormat = (typeof OUTPUT_FORMATS)[number];

/**
 * A flag that the settings file may hold, too, under the same name. All others are for one run: what
 * starts something, or lets it run unasked, must be said each time.
 */
export class LastingOption extends Option {
  /** What the value is in JSON, before the flag's own parser checks it. */
  readonly json: LastingValue['json'];

  constructor(flags: string, description: string, { parse, json }: LastingValue) {
    super(flags, description);
    this.json = json;
    // What is there earlier is what the parser itself returned.
    if (parse) this.argParser(parse as (word: string, earlier: unknown) => unknown);
  }
}

/** @param usual the default, if there is one */
function lasting(
  flags: string,
  description: string,
  value: LastingValue,
  usual?: unknown,
): LastingOption {
  return new LastingOption(flags, description, value).default(usual);
}

/** What makes no sense where the requests and the replies are recorded. */
const REPLAYS_WITHOUT = ['print', 'outputFormat', 'resume', 'continue', 'check'];

const HELP_ON_SETTINGS = `
Settings that stay: ~/.config/mini-coding-agent/config.json, or in $XDG_CONFIG_HOME, such as
  {"model": "${DEFAULT_MODEL}", "max-steps": 30}
The same file can name servers, for --host lab:
  {"hosts": {"lab": {"url": "http://gpu:8000/v1", "model": "NAME", "key_env": "LAB_KEY"}}}
Keys: OPENAI_API_KEY for a server whose URL ends in /v1, OLLAMA_API_KEY for Ollama.`;

/** The parsed flags, under the names that commander gives them. */
export interface Flags {
  cwd: string;
  model: string;
  /** As it was written, and an address. */
  host: string;
  ollamaTimeout: number;
  keepAlive: string | number;
  resume?: string;
  continue?: true;
  approval: ApprovalPolicy;
  check?: string;
  sandbox?: boolean;
  sandboxNet?: boolean;
  maxSteps: number;
  maxNewTokens?: number;
  think: Think;
  thinkBudget: number;
  numCtx?: number;
  temperature: number;
  topP: number;
  env?: string[];
  print?: true;
  outputFormat?: OutputFormat;
  quiet?: boolean;
  bell: boolean;
  color: boolean;
  demo?: true;
  export?: string;
  replay?: string;
  completion?: Shell;
}

/** The command line: every flag, its values, default and help text. `parse` throws CommanderError. */
export function describeFlags(version: string): Command {
  return new Command('mini-coding-agent')
    .description(
      'A small coding agent for your repository, with a model served by Ollama or by another server.',
    )
    .argument('[prompt...]', 'one request; without it, start a session')
    .option('--cwd <dir>', 'folder to inspect and modify', folder, '.')
    .addOption(lasting('-m, --model <name>', 'name of the model', NAME, DEFAULT_MODEL))
    .addOption(
      lasting(
        '--host <url>',
        'Ollama server; with /v1 at the end, an OpenAI-compatible one; or a name in hosts',
        HOST,
      )
        .env('OLLAMA_HOST')
        .default(OLLAMA_DEFAULTS.host),
    )
    .addOption(
      lasting(
        '--ollama-timeout <s>',
        'seconds to wait for the server',
        whole(1, 86_400),
        OLLAMA_DEFAULTS.timeoutMs / 1000,
      ),
    )
    .addOption(
      lasting(
        '--keep-alive <time>',
        'how long the server keeps the model loaded',
        DURATION,
        OLLAMA_DEFAULTS.keepAlive,
      ),
    )
    .option(
      '--resume <id>',
      'resume a session: its id, a beginning of it, its number, or latest',
      filled,
    )
    .option('-c, --continue', 'same as --resume latest')
    .addOption(
      lasting(
        '--approval <policy>',
        'what to do before a risky tool runs; auto allows everything',
        ASKING_POLICY,
      )
        .choices(APPROVAL_POLICIES)
        .default('ask'),
    )
    .option('--check <command>', 'run it after edits; the model fixes what it finds', filled)
    .addOption(
      lasting(
        '--sandbox',
        'run commands in bubblewrap; they can write only in the workspace (Linux)',
        SWITCH,
      ),
    )
    .option('--no-sandbox', 'run commands without it, whatever the settings file says')
    .addOption(lasting('--sandbox-net', 'allow network access in the sandbox', SWITCH))
    .option('--no-sandbox-net', 'allow none, whatever the settings file says')
    .addOption(
      lasting(
        '--max-steps <n>',
        'maximum tool calls per request',
        whole(1, 1_000),
        DEFAULT_MAX_STEPS,
      ),
    )
    .addOption(
      lasting(
        '--max-new-tokens <n>',
        'maximum tokens per reply (default: 512, more if it is cut off)',
        whole(1, 1_000_000),
      ),
    )
    .addOption(
      lasting('--think <mode>', 'whether the model thinks before its replies', MODE)
        .choices(THINK_MODES)
        .default('off'),
    )
    .addOption(
      lasting(
        '--think-budget <n>',
        'maximum tokens per thought',
        whole(1, 1_000_000),
        DEFAULT_THINK_BUDGET,
      ),
    )
    .addOption(
      lasting(
        '--num-ctx <n>',
        `context window in tokens (default: ${DEFAULT_NUM_CTX}, or less if the model has less)`,
        whole(512, 10_000_000),
      ),
    )
    .addOption(
      lasting(
        '--temperature <x>',
        'sampling temperature',
        decimal(0, 2),
        OLLAMA_DEFAULTS.temperature,
      ),
    )
    .addOption(lasting('--top-p <x>', 'nucleus sampling', decimal(0, 1), OLLAMA_DEFAULTS.topP))
    .addOption(
      lasting('--env <name>', 'let commands see an environment variable (repeatable)', VARIABLES),
    )
    .option('-p, --print', 'print only the answer; piped input is added to the prompt')
    .addOption(
      new Option('--output-format <format>', 'machine-readable output; implies --print').choices(
        OUTPUT_FORMATS,
      ),
    )
    .addOption(lasting('--quiet', 'hide the welcome and the cost of each request', SWITCH))
    .option('--no-quiet', 'show both, whatever the settings file says')
    .addOption(
      lasting('--bell', 'ring when something that took over 20 seconds ends or asks', SWITCH, true),
    )
    .option('--no-bell', 'never ring the bell')
    .option('--no-color', 'use no colours; NO_COLOR does the same for every run')
    .addOption(
      new Option(
        '--demo',
        'replay recorded replies, no model needed; everything else is real',
      ).conflicts([...REPLAYS_WITHOUT, 'replay']),
    )
    .addOption(
      new Option('--replay <file>', 'replay a session file here without its model; always asks')
        .argParser(filled)
        .conflicts([...REPLAYS_WITHOUT, 'demo']),
    )
    .addOption(
      new Option('--export <id>', 'write a session to a file: --export latest page.html, or .md')
        .argParser(filled)
        .conflicts([...REPLAYS_WITHOUT, 'demo', 'replay']),
    )
    .addOption(
      new Option('--completion <shell>', 'print a completion script for a shell').choices(SHELLS),
    )
    .version(version, '-V, --version', 'print the version')
    .helpOption('-h, --help', 'show this help')
    .addHelpText('after', HELP_ON_SETTINGS)
    .configureOutput({ writeErr: () => undefined })
    .exitOverride();
}
