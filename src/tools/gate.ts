/** The one gate every call passes: known → valid → not a repeat → approved → run → clipped. */
import { closest, distance } from 'fastest-levenshtein';
import { clip, clipLine } from '../context/clip.ts';
import { errorCode } from '../util/errors.ts';
import { PathError } from '../workspace/paths.ts';
import type { ApprovalRequest, Approvals, Ask } from './approval.ts';
import { CallHistory } from './loop-guard.ts';
import { type FileChange, type PreparedCall, type Tool, type ToolContext } from './tool.ts';
import { ToolError } from './tool-error.ts';

/** Characters of a result, the mark of the clip included. */
const RESULT_CHARS = 4_000;
/** Of the name of a tool that is none: a model may have named anything. */
const NAME_CHARS = 60;
/** Of a command that the person has changed: the call that the model is shown has all of it. */
const EDITED_CHARS = 300;

export interface ToolCall {
  name: string;
  args: Record<string, unknown>;
}

export interface ToolResult {
  name: string;
  /** The arguments that were valid, or as they came when they were not. */
  args: Readonly<Record<string, unknown>>;
  content: string;
  ok: boolean;
  /** How long the tool itself ran, in milliseconds; zero for a call that did not get so far. */
  elapsedMs: number;
  /** The call named no tool, or gave it arguments that no call of it can have. */
  isUnusable?: true;
  /** Of a risky call that got so far: who decided about it, and how. */
  decision?: ApprovalDecision | undefined;
}

/** How it was decided whether a risky call runs: by the person, or by the policy. */
export type ApprovalDecision =
  'allowed' | 'always' | 'edited' | 'denied' | 'allowed_by_policy' | 'denied_by_policy';

export interface GateOptions {
  tools: readonly Tool[];
  context: ToolContext;
  approvals: Approvals;
  ask: Ask;
  /** Called before a risky tool runs: what led to it must be on the disk by then. */
  beforeRisky: () => void;
}

/** A call that can work, as it would run. */
interface ReadyCall {
  tool: Tool;
  prepared: PreparedCall;
  /** What it would make of a file, if it edits one. */
  change: FileChange | undefined;
  /** What the model is told behind the result: that the person has changed the command. */
  note?: string;
}

export class Gate {
  readonly #tools: ReadonlyMap<string, Tool>;
  readonly #options: GateOptions;
  #history = new CallHistory();

  constructor(options: GateOptions) {
    this.#options = options;
    this.#tools = new Map(options.tools.map((tool) => [tool.name, tool]));
  }

  /** A call in a later request is never a repeat. */
  beginRequest(): void {
    this.#history = new CallHistory();
  }

  /**
   * Takes a call through the gate. Whatever fails on the way is a result that begins with
   * `error:`; only a failing model or a bug throws.
   */
  async run(call: ToolCall, signal: AbortSignal): Promise<ToolResult> {
    const tool = this.#tools.get(call.name);
    if (!tool) return this.#unlessRepeated(call, () => this.#unknownTool(call));

    const invalid = (error: unknown) => {
      const problem = `invalid arguments for ${tool.name}: ${expected(error)}`;
      return this.#failed(call, `${problem}\nexample: ${tool.example}`);
    };
    let prepared: PreparedCall;
    try {
      prepared = tool.prepare(call.args);
    } catch (error) {
      return this.#unlessRepeated(call, () => ({ ...invalid(error), isUnusable: true }));
    }
    let ready: ReadyCall;
    try {
      ready = this.#check(tool, prepared);
    } catch (error) {
      return this.#unlessRepeated(call, () => invalid(error));
    }
    const valid = { name: tool.name, args: ready.prepared.args };
    return this.#unlessRepeated(valid, () => this.#runApproved(ready, signal));
  }

  /** Answers a call, valid or not, unless it only goes round in circles. */
  async #unlessRepeated(
    call: Pick<ToolResult, 'name' | 'args'>,
    answer: () => ToolResult | Promise<ToolResult>,
  ): Promise<ToolResult> {
    const key = JSON.stringify([call.name, call.args]);
    const cycle = this.#history.refusesAsCycle(key);
    if (cycle !== undefined) return this.#failed(call, refusal(call.name, cycle));
    const result = await answer();
    this.#history.add(key, result.content);
    return result;
  }

  #check(tool: Tool, prepared: PreparedCall): ReadyCall {
    return { tool, prepared, change: prepared.check(this.#options.context) };
  }

  async #runApproved(asked: ReadyCall, signal: AbortSignal): Promise<ToolResult> {
    const { ready, denial, decision } = await this.#approve(asked, signal);
    const { tool, prepared, change, note = '' } = ready;
    const valid = { name: tool.name, args: prepared.args, note, decision };
    if (denial !== undefined) {
      return this.#failed(valid, `${tool.name} was not approved: ${denial}`);
    }
    const start = performance.now();
    try {
      if (tool.risky) this.#options.beforeRisky();
      const result = await prepared.run(this.#options.context, signal, change);
      const content = clip(result, RESULT_CHARS - note.length) + note;
      const { name } = tool;
      const { args } = prepared;
      return { name, args, content, ok: true, elapsedMs: since(start), decision };
    } catch (error) {
      const problem = isInterruption(error, signal) ? 'the user interrupted it' : expected(error);
      return this.#failed(valid, `${tool.name} failed: ${problem}`, since(start));
    }
  }

  /** Asks about a call until it is allowed as it was last shown, or denied. */
  async #approve(
    asked: ReadyCall,
    signal: AbortSignal,
  ): Promise<{ ready: ReadyCall; denial?: string; decision?: ApprovalDecision }> {
    const { approvals, ask } = this.#options;
    for (let ready = asked; ;) {
      const { tool, prepared } = ready;
      const decided = approvals.decide(tool, prepared.args);
      if (decided === 'allow') {
        return tool.risky ? { ready, decision: 'allowed_by_policy' } : { ready };
      }
      if (decided === 'deny') {
        return {
          ready,
          denial: 'the approval policy is never',
          decision: 'denied_by_policy',
        };
      }
      const answer = await ask(questionAbout(ready), signal);
      if ('edited' in answer) {
        ready = this.#withCommand(ready, answer.edited);
        continue;
      }
      if (!answer.allowed) return { ready, denial: answer.reason, decision: 'denied' };
      if (answer.always) approvals.allowAlways(tool, prepared.args);
      const decision = answer.always ? 'always' : ready === asked ? 'allowed' : 'edited';
      return { ready, decision };
    }
  }

  /** The call with another command, validated like the first. */
  #withCommand({ tool, prepared }: ReadyCall, command: string): ReadyCall {
    const { commandArg } = tool;
    if (commandArg === undefined) throw new Error(`${tool.name} has no command`);
    const note = `\n(The user changed the command to: ${clipLine(command, EDITED_CHARS)})`;
    const edited = tool.prepare({ ...prepared.args, [commandArg]: command });
    return { ...this.#check(tool, edited), note };
  }

  #failed(
    {
      name,
      args,
      note = '',
      decision,
    }: Pick<ToolResult, 'name' | 'args' | 'decision'> & Pick<ReadyCall, 'note'>,
    message: string,
    elapsedMs = 0,
  ): ToolResult {
    const content = clip(`error: ${message}`, RESULT_CHARS - note.length) + note;
    return { name, args, content, ok: false, elapsedMs, decision };
  }

  #unknownTool(call: ToolCall): ToolResult {
    const { name } = call;
    const names = [...this.#tools.keys()];
    const nearest = closest(name.slice(0, NAME_CHARS), names);
    const isNear = distance(name.slice(0, NAME_CHARS), nearest) <= nearest.length / 2;
    const guess = isNear ? `, did you mean ${nearest}?` : ';';
    const problem = `there is no tool ${name}${guess} the tools are: ${names.join(', ')}`;
    return { ...this.#failed(call, problem), isUnusable: true };
  }
}

function questionAbout({ tool, prepared: { args }, change }: ReadyCall): ApprovalRequest {
  const command = tool.commandArg === undefined ? undefined : String(args[tool.commandArg]);
  return { tool: tool.name, args, change, command };
}

function refusal(name: string, cycle: number): string {
  const what =
    cycle === 1
      ? `you made this ${clipLine(name, NAME_CHARS)} call twice already`
      : `you go round in circles: the last ${cycle} calls gave the same results twice already`;
  return `${what}; use what you have, try something else or give a final answer`;
}

function since(start: number): number {
  return performance.now() - start;
}

/** What the signal makes calls throw. A tool may also have something to say of its interruption. */
function isInterruption(error: unknown, signal: AbortSignal): boolean {
  if (!signal.aborted || !(error instanceof Error)) return error === signal.reason;
  return error === signal.reason || error.name === 'AbortError' || errorCode(error) === 'ABORT_ERR';
}

/** The message of an error that a tool may well have. @throws the error itself if it is a bug. */
function expected(error: unknown): string {
  if (error instanceof ToolError || error instanceof PathError) return error.message;
  if (error instanceof Error && errorCode(error) !== undefined) return error.message;
  throw error;
}
