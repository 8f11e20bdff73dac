/** Flags, environment and settings, validated, as one object. */
import type { Command } from 'commander';
import { replyRoom, type ReplyRoom } from '../agent/reply-room.ts';
import { chooseHost, type ChosenHost } from './chosen-host.ts';
import { renderCompletion } from './completion.ts';
import type { Flags, OutputFormat } from './flags.ts';
import { applySettings, NO_SETTINGS } from './settings.ts';
import { UsageError } from './usage-error.ts';
import { isOpenai } from '../model/http/host.ts';
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
  /** Ring the bell of the terminal. */
  bell: boolean;
  /** Colours, where the terminal has them. */
  color: boolean;
  demo: boolean;
  /** The session to write to a file: what `--resume` takes. */
  exported: { session: string; file: string } | undefined;
  /** The session file to replay. */
  replay: string | undefined;
  cwd: string;
  /** The model that the command line names. */
  model: string | undefined;
  /** The model of the settings, for a session that has none. */
  usualModel: string | undefined;
  host: ChosenHost['host'];
  /** What `--host` says, to be shown: undefined without one, and where it has a password. */
  hostFlag: string | undefined;
  key: ChosenHost['key'];
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

/** Where the value of a flag is from, in commander's words. */
type Source = 'cli' | 'env' | 'config' | 'default';

/**
 * Adds environment and settings to a command line. Returns undefined when it only had to print a
 * completion script.
 * @throws UsageError when a setting is wrong, or flags do not go together
 */
export function readOptions(command: Command): Options | undefined {
  const { completion, demo = false } = command.opts<Flags>();
  if (completion) {
    offerHosts(command);
    process.stdout.write(renderCompletion(completion, command));
    return undefined;
  }
  const settings = demo ? NO_SETTINGS : applySettings(command, process.env);
  const flags = command.opts<Flags>();
  const isFrom = (source: Source, name: keyof Flags) =>
    command.getOptionValueSource(name) === source;
  const isFromFlag = (name: keyof Flags) => isFrom('cli', name);
  const mayBeName = isFrom('cli', 'host') || isFrom('config', 'host');
  const {
    host,
    model: hostsModel,
    key,
  } = chooseHost(
    isFrom('default', 'host') ? '' : flags.host,
    mayBeName ? settings.hosts : new Map(),
    process.env,
  );
  const recorded = demo ? '--demo' : flags.replay && '--replay';
  if (recorded && command.args.length > 0) {
    throw new UsageError(`option '${recorded}' takes no prompt: its requests are recorded`);
  }
  if (flags.replay && isFromFlag('approval') && flags.approval !== 'ask') {
    throw new UsageError("option '--replay' asks about each call: leave out '--approval'");
  }
  if (demo && flags.approval === 'never') {
    throw new UsageError("option '--demo' cannot be used with '--approval never'");
  }
  if (isFromFlag('sandboxNet') && flags.sandboxNet && !flags.sandbox) {
    throw new UsageError("option '--sandbox-net' requires '--sandbox'");
  }
  if (key.value !== undefined && flags.env?.includes(key.name)) {
    throw new UsageError(
      `option '--env ${key.name}' would hand the key for the server to commands: leave it out, or ` +
        'keep that key in another variable, named by key_env of a host in the settings',
    );
  }
  if (isFromFlag('keepAlive') && isOpenai(host)) {
    throw new UsageError("option '--keep-alive' is for Ollama: this server keeps its model loaded");
  }
  return {
    request: command.args.join(' ').trim(),
    print: flags.print ?? flags.outputFormat !== undefined,
    outputFormat: flags.outputFormat ?? 'text',
    quiet: flags.quiet ?? false,
    bell: flags.bell,
    color: flags.color,
    demo,
    exported: exportedBy(flags, command.args),
    replay: flags.replay,
    cwd: flags.cwd,
    model: isFromFlag('model') ? flags.model : undefined,
    usualModel: hostsModel ?? (isFrom('config', 'model') ? flags.model : undefined),
    host,
    hostFlag: isFromFlag('host') && !/@/.test(flags.host) ? flags.host : undefined,
    key,
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
    settings: settings.places,
  };
}

function exportedBy({ export: session }: Flags, words: readonly string[]): Options['exported'] {
  if (session === undefined) return undefined;
  const [file, ...more] = words;
  if (file !== undefined && more.length === 0) return { session, file };
  throw new UsageError("option '--export' takes a session and a file: --export latest page.html");
}

/** Lets `--host` complete the names in the settings. Any other word is as good. */
function offerHosts(command: Command): void {
  const host = command.options.find((flag) => flag.name() === 'host');
  try {
    const names = [...applySettings(command, process.env).hosts.keys()];
    if (host && names.length > 0) host.argChoices = names;
  } catch (error) {
    if (!(error instanceof UsageError)) throw error; // the settings will be complained of in a run
  }
}
