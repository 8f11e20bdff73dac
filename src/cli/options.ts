/** Flags, environment and settings, validated, as one object. */
import { CommanderError } from 'commander';
import { replyRoom, type ReplyRoom } from '../agent/reply-room.ts';
import { renderCompletion } from './completion.ts';
import { describeFlags, type Flags, type OutputFormat } from './flags.ts';
import { applySettings } from './settings.ts';
import { UsageError } from './usage-error.ts';
import type { Host } from '../model/http/host.ts';
import type { Think } from '../model/think.ts';
import type { ApprovalPolicy } from '../tools/approval.ts';

/** The command line, OLLAMA_HOST and the settings file, validated, with defaults filled in. */
export interface Options {
  /** The prompt; empty where none was given. */
  request: string;
  /** Print only the answer to one request. */
  print: boolean;
  outputFormat: OutputFormat;
  quiet: boolean;
  demo: boolean;
  cwd: string;
  /** The model that the command line names. */
  model: string | undefined;
  /** The model of the settings or the default one, for a session that has none. */
  usualModel: string;
  host: Host;
  ollamaTimeoutMs: number;
  keepAlive: string | number;
  /** A session id or `latest`. */
  resume: string | undefined;
  approval: ApprovalPolicy;
  /** The command that runs after edits. */
  check: string | undefined;
  /** Commands run in a sandbox, with the network or without. */
  sandbox: { network: boolean } | undefined;
  maxSteps: number;
  /** Token limit of a reply: at first, and the most it may grow to when one is cut off. */
  replyRoom: ReplyRoom;
  /** Whether the model thinks before its replies, and the most tokens of a thought. */
  think: { mode: Think; budget: number };
  numCtx: number | undefined;
  temperature: number;
  topP: number;
  /** Names of environment variables that commands may see in addition to the usual ones. */
  env: string[];
  /** Where the settings file is that was read, if there was one: by its name, by where links lead. */
  settings: string[];
}

/**
 * Parses the command line. Returns undefined when it only had to print something: help, version or a
 * completion script.
 * @throws UsageError when a flag, a setting or the value of one is wrong
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
  const { completion, demo = false } = command.opts<Flags>();
  if (completion) {
    process.stdout.write(renderCompletion(completion, command));
    return undefined;
  }
  const settings = demo ? [] : applySettings(command, process.env);
  const flags = command.opts<Flags>();
  const isFromFlag = (name: keyof Flags) => command.getOptionValueSource(name) === 'cli';
  if (demo && command.args.length > 0) {
    throw new UsageError("option '--demo' takes no prompt: its requests are recorded");
  }
  if (demo && flags.approval === 'never') {
    throw new UsageError("option '--demo' cannot be used with '--approval never'");
  }
  if (isFromFlag('sandboxNet') && flags.sandboxNet && !flags.sandbox) {
    throw new UsageError("option '--sandbox-net' requires '--sandbox'");
  }
  return {
    request: command.args.join(' ').trim(),
    print: flags.print ?? flags.outputFormat !== undefined,
    outputFormat: flags.outputFormat ?? 'text',
    quiet: flags.quiet ?? false,
    demo,
    cwd: flags.cwd,
    model: isFromFlag('model') ? flags.model : undefined,
    usualModel: flags.model,
    host: flags.host,
    ollamaTimeoutMs: flags.ollamaTimeout * 1000,
    keepAlive: flags.keepAlive,
    resume: flags.resume ?? (flags.continue ? 'latest' : undefined),
    approval: flags.approval,
    check: flags.check,
    sandbox: flags.sandbox ? { network: flags.sandboxNet ?? false } : undefined,
    maxSteps: flags.maxSteps,
    replyRoom: replyRoom(flags.maxNewTokens, flags.numCtx),
    think: { mode: flags.think, budget: flags.thinkBudget },
    numCtx: flags.numCtx,
    temperature: flags.temperature,
    topP: flags.topP,
    env: flags.env ?? [],
    settings,
  };
}

/** Commander puts suggestions on their own line, and shows credentials in a URL. */
function oneLine(message: string): string {
  return message
    .replace(/^error: /, '')
    .replace(/'[^']*@/g, "'…@")
    .replace(/\s*\n\s*/g, ' ')
    .trim();
}
