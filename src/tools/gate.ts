/** The one gate every call passes: known → valid → not a repeat → approved → run → clipped. */
import { clip, clipLine, clipToolName } from '../context/clip.ts';
import type { ApprovalDecision, CallTraits } from '../records.ts';
import { systemReason } from '../util/errors.ts';
import { nearest } from '../util/nearest.ts';
import { PathError } from '../workspace/paths.ts';
import type { ApprovalRequest, Approvals, Ask } from './approval.ts';
import { LoopGuard } from './loop-guard.ts';
import { labelOf, type CallLabel } from './label.ts';
import type { FileChange, PreparedCall, Tool, ToolContext, ToolSummary } from './tool.ts';
import { ToolError } from './tool-error.ts';

/** Characters of a result, the mark of the clip included. */
const RESULT_CHARS = 4_000;
/** Characters of a command that the person has changed: the call in the log has all of it. */
const EDITED_CHARS = 300;

/** A call as the model has made it. */
export interface ToolCall {
  name: string;
  args: Record<string, unknown>;
}

/** What became of a call. */
export interface ToolResult {
  name: string;
  /** The arguments that were valid, or as they came when they were not. */
  args: Readonly<Record<string, unknown>>;
  /** For the model, at most 4,000 characters. */
  content: string;
  ok: boolean;
  /** How long the tool itself ran, in milliseconds; zero for a call that did not get so far. */
  elapsedMs: number;
  /** There is no such tool, or no call of it can have such arguments. */
  isUnusable?: true;
  /** What the person is shown besides. */
  summary?: ToolSummary | undefined;
  /** Of a risky call that got so far. */
  decision?: ApprovalDecision | undefined;
}

/** What a gate works with. */
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
  /** What the model is told after the result: that the person has changed the command. */
  note?: string;
}

/** Decides about calls, and runs those that may run. */
export class Gate {
  readonly #tools: ReadonlyMap<string, Tool>;
  readonly #options: GateOptions;
  #guard = new LoopGuard();

  constructor(options: GateOptions) {
    this.#options = options;
    this.#tools = new Map(options.tools.map((tool) => [tool.name, tool]));
  }

  /** A call in a later request is never a repeat. */
  beginRequest(): void {
    this.#guard = new LoopGuard();
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

  /** How the person is told of a call, of whatever tool. */
  labelOf({ name, args }: Pick<ToolResult, 'name' | 'args'>): CallLabel {
    return labelOf(this.#tools.get(name), name, args);
  }

  /** The traits of a tool, for the record of a call: none where there is no such tool. */
  traitsOf(name: string): CallTraits {
    const { reads, edits, command } = this.#tools.get(name) ?? {};
    return { ...(reads && { reads }), ...(edits && { edits }), ...(command && { command }) };
  }

  /** Answers a call, valid or not, unless it only goes round in circles. */
  async #unlessRepeated(
    call: Pick<ToolResult, 'name' | 'args'>,
    answer: () => ToolResult | Promise<ToolResult>,
  ): Promise<ToolResult> {
    const key = JSON.stringify([call.name, call.args]);
    const cycle = this.#guard.refusesAsCycle(key);
    if (cycle !== undefined) return this.#failed(call, refusal(call.name, cycle));
    const result = await answer();
    this.#guard.add(key, result.content);
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
      const { text, summary } = await prepared.run(this.#options.context, signal, change);
      const content = clip(text, RESULT_CHARS - note.length) + note;
      const { name, args } = valid;
      return { name, args, content, summary, ok: true, elapsedMs: since(start), decision };
    } catch (error) {
      const problem = isInterruption(error, signal) ? 'the user interrupted it' : expected(error);
      const summary = error instanceof ToolError ? error.summary : undefined;
      const failed = this.#failed(valid, `${tool.name} failed: ${problem}`, since(start));
      return { ...failed, summary };
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
    if (tool.command === undefined) throw new Error(`${tool.name} has no command`);
    const note = `\n(The user changed the command to: ${clipLine(command, EDITED_CHARS)})`;
    const edited = tool.prepare({ ...prepared.args, [tool.command]: command });
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
    const meant = nearest(name, names);
    const guess = meant === undefined ? ';' : `, did you mean ${meant}?`;
    const problem = `there is no tool ${name}${guess} the tools are: ${names.join(', ')}`;
    return { ...this.#failed(call, problem), isUnusable: true };
  }
}

function questionAbout({ tool, prepared: { args }, change }: ReadyCall): ApprovalRequest {
  const command = tool.command === undefined ? undefined : String(args[tool.command]);
  return { tool: tool.name, args, change, command };
}

function refusal(name: string, cycle: number): string {
  const what =
    cycle === 1
      ? `you made this ${clipToolName(name)} call twice already`
      : `you go round in circles: the last ${cycle} calls gave the same results twice already`;
  return `${what}; use what you have, try something else or give a final answer`;
}

function since(start: number): number {
  return performance.now() - start;
}

/** What the signal makes calls throw. A tool may also have something to say of its interruption. */
function isInterruption(error: unknown, signal: AbortSignal): boolean {
  if (!signal.aborted) return false;
  return error === signal.reason || (error instanceof Error && error.name === 'AbortError');
}

/** The message of an error that a tool may well have. @throws the error itself if it is a bug */
function expected(error: unknown): string {
  if (error instanceof ToolError || error instanceof PathError) return error.message;
  return systemReason(error);
}
