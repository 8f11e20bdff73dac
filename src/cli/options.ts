/** Flags and environment, validated, as one object. */
import { CommanderError } from 'commander';
import { renderCompletion } from './completion.ts';
import { describeFlags, type Flags, type OutputFormat } from './flags.ts';
import type { Host } from '../model/ollama/host.ts';
import type { ApprovalPolicy } from '../tools/approval.ts';

export interface Options {
  /** The words of the prompt; empty for none. */
  request: string;
  /** One request, and its answer alone. */
  print: boolean;
  outputFormat: OutputFormat;
  quiet: boolean;
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

const DEFAULT_NUM_PREDICT = 512;
/** A reply that is cut off gets more room, up to this many times the default. */
const NUM_PREDICT_GROWTH = 8;

/**
 * Reads the command line. For `--help`, `--version` and `--completion` it prints them and returns
 * undefined.
 * @throws UsageError
 */
export function parseOptions(argv: readonly string[], version: string): Options | undefined {
  const command = describeFlags(version);
  try {
    command.parse(argv, { from: 'user' });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    if (error.exitCode === 0) return undefined;
    throw new UsageError(oneLine(error.message));
  }
  const flags = command.opts<Flags>();
  if (flags.completion) {
    process.stdout.write(renderCompletion(flags.completion, command));
    return undefined;
  }
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
    print: flags.print ?? flags.outputFormat !== undefined,
    outputFormat: flags.outputFormat ?? 'text',
    quiet: flags.quiet ?? false,
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

/** Commander puts a suggestion on a line of its own, and shows a value with its credentials. */
function oneLine(message: string): string {
  return message
    .replace(/^error: /, '')
    .replace(/'[^']*@/g, "'…@")
    .replace(/\s*\n\s*/g, ' ')
    .trim();
}
