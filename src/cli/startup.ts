/** The wiring that all modes share: opens the workspace, the conversation in it, and its view. */
import path from 'node:path';
import type { WriteStream } from 'node:tty';
import { Conversation, type ConversationParts } from './conversation.ts';
import { JsonOutput } from './json-output.ts';
import type { View } from './one-shot.ts';
import { autoNotice, tellLess } from './opening.ts';
import type { Options } from './options.ts';
import { UsageError } from './usage-error.ts';
import { userFolder } from './user-folder.ts';
import { sessionsIn } from '../agent/create-agent.ts';
import { Thinking } from '../agent/thinking.ts';
import type { SessionStore } from '../session/store.ts';
import type { Console, Mode } from '../terminal/console.ts';
import { Approvals } from '../tools/approval.ts';
import { Check } from '../tools/check.ts';
import { openSandbox, SandboxError, type Sandbox } from '../tools/shell/sandbox.ts';
import { errorCode } from '../util/errors.ts';
import { INSTRUCTIONS } from '../workspace/doc-room.ts';
import { glanceAt } from '../workspace/glance.ts';
import { isInside } from '../workspace/paths.ts';
import { takeSnapshot, type Snapshot } from '../workspace/snapshot.ts';

/** What every mode gets: the options, and the parts of the process it works with. */
export interface Program {
  options: Options;
  version: string;
  mode: Mode;
  terminal: Console;
  stdout: WriteStream;
  /** The environment of the commands that the model runs. */
  commandEnv: NodeJS.ProcessEnv;
  gitEnv: NodeJS.ProcessEnv;
  /** The whole environment, for the person's own programs. */
  userEnv: NodeJS.ProcessEnv;
}

/** What is opened before the first request. */
interface Workspace {
  snapshot: Snapshot;
  ownInstructions: string | undefined;
  sandbox: Sandbox | undefined;
  store: SessionStore;
}

/**
 * Looks at the folder and opens the sandbox and the sessions. The look is only a glance, unless lines
 * are read from a pipe: neither the prompt in a terminal nor the first question to the server waits
 * for git. The conversation looks properly before a prompt is sent to a model.
 * @throws UsageError when the folder cannot be read, holds the settings, or a sandbox was asked for
 * and cannot be opened
 */
export async function openWorkspace(program: Program, folder: string): Promise<Workspace> {
  const { gitEnv, terminal } = program;
  const ownInstructions = ownInstructionsOf(program);
  const snapshot = await lookAt(program, folder, ownInstructions);
  const { root } = snapshot;
  assertOutside(root, program.options.settings);
  const sandbox = await sandboxFor(program, root);
  return { snapshot, ownInstructions, sandbox, store: sessionsIn(root, gitEnv, terminal.say) };
}

/** No repository may choose the server, the model or the policy. */
function assertOutside(root: string, settings: readonly string[]): void {
  const inside = settings.find((place) => isInside(root, place));
  if (inside === undefined) return;
  throw new UsageError(
    `The settings file ${inside} is in the workspace ${root}, where it is not trusted. ` +
      'Move it out, or name another folder with XDG_CONFIG_HOME.',
  );
}

/** The person's AGENTS.md, beside the settings file; `--demo` reads neither. */
function ownInstructionsOf({ options, userEnv }: Program): string | undefined {
  if (options.demo) return undefined;
  return path.join(userFolder(userEnv['XDG_CONFIG_HOME'], '.config'), INSTRUCTIONS);
}

async function lookAt(
  { mode, terminal, gitEnv }: Program,
  folder: string,
  ownInstructions?: string,
): Promise<Snapshot> {
  try {
    if (mode !== 'repl' || terminal.isTerminal) return glanceAt(folder, ownInstructions);
    return await takeSnapshot(folder, gitEnv, ownInstructions);
  } catch (error) {
    if (errorCode(error) === undefined) throw error;
    throw new UsageError(`Cannot use the folder ${folder} (${errorCode(error)}).`);
  }
}

async function sandboxFor(
  { options: { sandbox }, commandEnv: env }: Program,
  root: string,
): Promise<Sandbox | undefined> {
  try {
    return sandbox && (await openSandbox({ ...sandbox, root, env }));
  } catch (error) {
    if (!(error instanceof SandboxError)) throw error;
    throw new UsageError(error.message);
  }
}

/** Where the request is shown: the screen for a person, JSON for a program. */
export function viewFor(
  { options, version, stdout, terminal }: Program,
  about: { session: string; workspace: string; model: string },
): View {
  const { outputFormat: format } = options;
  if (format === 'text') return terminal.screen;
  return new JsonOutput({ format, stdout, session: { version, ...about } });
}

/** What differs between the modes. */
interface ConversationOptions
  extends Workspace, Pick<ConversationParts, 'session' | 'model' | 'modelNamed'> {
  view: View;
  /** Takes what the person has typed and sent while a request runs; undefined if nothing. */
  heard?: () => string | undefined;
  /** Asks the person about a risky call; the terminal's question by default. */
  ask?: ConversationParts['ask'];
}

/** A conversation about the workspace, with the settings of the command line. */
export function openConversation(program: Program, parts: ConversationOptions): Conversation {
  const { options, mode, terminal, commandEnv: env, gitEnv, userEnv, version } = program;
  const { model: chosenModel, approval, sandbox, maxSteps, replyRoom, think, numCtx } = options;
  const { view, heard, ...rest } = parts;
  return new Conversation({
    ask: (call, signal) => terminal.askApproval(call, signal),
    person: { mayGoOn: (steps) => terminal.mayGoOn(steps), heard },
    ...rest,
    looksAgain: mode === 'repl', // a single request follows at once: its first look is fresh
    env,
    gitEnv,
    userEnv,
    version,
    chosenModel,
    numCtx,
    settings: { maxSteps, replyRoom, thinking: new Thinking(think) },
    approvals: new Approvals(approval),
    check: new Check(options.check),
    noticeOf: (policy) => autoNotice({ approval: policy, sandbox }),
    showChild: (event) => view.show(event, 1),
    showOutput: (text) => terminal.screen.showOutput(text),
    say: terminal.say,
    onLimit: (limit) => tellLess(program, parts.snapshot, limit),
  });
}
