/** The one gate that every call passes: known → valid → not a repeat → approved → run → clipped. */
import type { CallTraits } from '../records.ts';
import type { Approvals, Ask } from './approval.ts';
import { approve, askOnce, readyCall, type ReadyCall } from './approve.ts';
import { labelOf, type CallLabel } from './label.ts';
import { LoopGuard } from './loop-guard.ts';
import {
  INTERRUPTED,
  likelyTool,
  reasonOf,
  refuseToReplace,
  repeated,
  unknownTool,
} from './refusals.ts';
import type { PreparedCall, Tool, ToolContext } from './tool.ts';
import type { ToolCall, ToolResult } from './tool-call.ts';
import { ToolError } from './tool-error.ts';
import { WholeFileGuard } from './whole-file-guard.ts';

/** What a gate works with. */
interface GateOptions {
  tools: readonly Tool[];
  context: ToolContext;
  approvals: Approvals;
  ask: Ask;
  /** Called before a risky tool runs: resolves once what led to it is on the disk. */
  beforeRisky: () => Promise<void>;
}

/** Decides about calls, and runs those that may run. */
export class Gate {
  readonly #tools: ReadonlyMap<string, Tool>;
  readonly #options: GateOptions;
  #guard = new LoopGuard();
  #wholeFiles = new WholeFileGuard();

  constructor(options: GateOptions) {
    this.#options = options;
    this.#tools = new Map(options.tools.map((tool) => [tool.name, tool]));
  }

  /** A call in a later request is never a repeat. */
  beginRequest(): void {
    this.#guard = new LoopGuard();
    this.#wholeFiles = new WholeFileGuard();
  }

  /**
   * Takes a call through the gate. Whatever fails on the way is a result that begins with
   * `error:`; only a failing model or a bug throws.
   */
  async run(call: ToolCall, signal: AbortSignal): Promise<ToolResult> {
    const tool = this.#tools.get(call.name);
    if (!tool) {
      const problem = unknownTool(call, this.#tools);
      const unusable = { meant: likelyTool(call, this.#tools) };
      return this.#unlessRepeated(call, () => failed(call, problem), unusable);
    }
    let prepared: PreparedCall | undefined;
    let ready: ReadyCall;
    try {
      prepared = tool.prepare(call.args);
      ready = readyCall(tool, prepared, this.#options.context);
      if (ready.change && call.calledAs) refuseToReplace(call.calledAs, ready.change);
    } catch (error) {
      const problem = `invalid arguments for ${tool.name}: ${reasonOf(error)}`;
      // Valid arguments that do not fit the files use up a step. After invalid ones the model is
      // asked again as after an unreadable reply, which comes with an example of its own.
      return prepared
        ? this.#unlessRepeated(call, () => failed(call, `${problem}\nexample: ${tool.example}`))
        : this.#unlessRepeated(call, () => failed(call, problem), { meant: tool.name });
    }
    const valid = { name: tool.name, args: ready.prepared.args };
    return this.#unlessRepeated(valid, () => this.#runApproved(ready, signal, this.#options.ask));
  }

  /** Takes a call of the program's own through the gate. What a person allows is not asked again. */
  runOwn(tool: Tool, args: ToolCall['args'], signal: AbortSignal): Promise<ToolResult> {
    const ready = readyCall(tool, tool.prepare(args, true), this.#options.context);
    return this.#runApproved(ready, signal, askOnce(this.#options.ask));
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

  /** Answers a call, valid or not, unless it only goes in circles. */
  async #unlessRepeated(
    call: Pick<ToolResult, 'name' | 'args'>,
    answer: () => ToolResult | Promise<ToolResult>,
    unusable?: ToolResult['unusable'],
  ): Promise<ToolResult> {
    const key = JSON.stringify([call.name, call.args]);
    const cycle = this.#guard.refusedCycle(key);
    if (cycle !== undefined) {
      return { ...failed(call, repeated(call.name, cycle)), unusable, isRepeat: true };
    }
    const result = await answer();
    const content = this.#options.context.resultRoom.clip(result.content);
    this.#guard.add(key, content);
    return { ...result, content, unusable };
  }

  async #runApproved(asked: ReadyCall, signal: AbortSignal, ask: Ask): Promise<ToolResult> {
    const deciders = { ...this.#options, ask, wholeFiles: this.#wholeFiles };
    const { ready, denial, decision, rule } = await approve(asked, deciders, signal);
    const { tool, prepared, change, note = '' } = ready;
    const valid = { name: tool.name, args: prepared.args, note, decision, rule };
    if (denial !== undefined) return failed(valid, `${tool.name} ${denial}`);
    const start = performance.now();
    try {
      // What edits a file waits for the disk itself, and for all of it at once.
      if (tool.risky && !change) await this.#options.beforeRisky();
      const { text, summary } = await prepared.run(this.#options.context, signal, change);
      const { name, args } = valid;
      const content = text + note;
      return { name, args, content, summary, ok: true, elapsedMs: since(start), decision, rule };
    } catch (error) {
      const problem = isInterruption(error, signal) ? INTERRUPTED : reasonOf(error);
      const summary = error instanceof ToolError ? error.summary : undefined;
      return { ...failed(valid, `${tool.name} failed: ${problem}`, since(start)), summary };
    }
  }
}

/** A result that the model is told as an error. */
function failed(
  call: Pick<ToolResult, 'name' | 'args' | 'decision' | 'rule'> & Pick<ReadyCall, 'note'>,
  message: string,
  elapsedMs = 0,
): ToolResult {
  const { name, args, note = '', decision, rule } = call;
  const content = `error: ${message}${note}`;
  return { name, args, content, ok: false, elapsedMs, decision, rule };
}

function since(start: number): number {
  return performance.now() - start;
}

/** Whether the abort itself was thrown; a tool that reports its interruption throws a ToolError. */
function isInterruption(error: unknown, signal: AbortSignal): boolean {
  if (!signal.aborted) return false;
  return error === signal.reason || (error instanceof Error && error.name === 'AbortError');
}
