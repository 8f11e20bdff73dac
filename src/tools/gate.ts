/** The one gate every call passes: known → valid → not a repeat → approved → run → clipped. */
import { closest, distance } from 'fastest-levenshtein';
import { clip } from '../context/clip.ts';
import { errorCode } from '../errors.ts';
import { PathError } from '../workspace/paths.ts';
import { policyDecision, type ApprovalPolicy, type Ask } from './approval.ts';
import { CallHistory } from './call-history.ts';
import { ToolError, type PreparedCall, type Tool, type ToolContext } from './tool.ts';

/** Characters of a result, the mark of the clip included. */
const RESULT_CHARS = 4_000;
/** Of the name of a tool that is none: a model may have named anything. */
const NAME_CHARS = 60;

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
}

export interface GateOptions {
  tools: readonly Tool[];
  context: ToolContext;
  policy: ApprovalPolicy;
  ask: Ask;
  /** Called before a risky tool runs: what led to it must be on the disk by then. */
  beforeRisky: () => void;
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
    if (!tool) return this.#failed(call, this.#unknownTool(call.name));

    let prepared: PreparedCall;
    try {
      prepared = tool.prepare(call.args);
      prepared.check(this.#options.context);
    } catch (error) {
      const problem = `invalid arguments for ${tool.name}: ${expected(error)}`;
      return this.#failed(call, `${problem}\nexample: ${tool.example}`);
    }
    const valid = { name: tool.name, args: prepared.args };
    const key = JSON.stringify([tool.name, prepared.args]);
    const cycle = this.#history.refusesAsCycle(key);
    if (cycle !== undefined) return this.#failed(valid, refusal(tool.name, cycle));
    const result = await this.#runApproved(tool, prepared, signal);
    this.#history.add(key, result.content);
    return result;
  }

  async #runApproved(tool: Tool, prepared: PreparedCall, signal: AbortSignal): Promise<ToolResult> {
    const valid = { name: tool.name, args: prepared.args };
    const denial = await this.#denial(tool, prepared, signal);
    if (denial) return this.#failed(valid, `${tool.name} was not approved: ${denial}`);

    const start = performance.now();
    try {
      if (tool.risky) this.#options.beforeRisky();
      const content = await prepared.run(this.#options.context, signal);
      return { ...valid, content: clip(content, RESULT_CHARS), ok: true, elapsedMs: since(start) };
    } catch (error) {
      const problem = isInterruption(error, signal) ? 'the user interrupted it' : expected(error);
      return this.#failed(valid, `${tool.name} failed: ${problem}`, since(start));
    }
  }

  async #denial(tool: Tool, { args }: PreparedCall, signal: AbortSignal) {
    const { policy, ask } = this.#options;
    const decision = policyDecision(policy, tool);
    if (decision === 'allow') return undefined;
    if (decision === 'deny') return 'the approval policy is never';
    const answer = await ask({ tool: tool.name, args }, signal);
    return answer.allowed ? undefined : answer.reason;
  }

  #failed(
    { name, args }: Pick<ToolResult, 'name' | 'args'>,
    message: string,
    elapsedMs = 0,
  ): ToolResult {
    return { name, args, content: clip(`error: ${message}`, RESULT_CHARS), ok: false, elapsedMs };
  }

  #unknownTool(name: string): string {
    const names = [...this.#tools.keys()];
    const nearest = closest(name.slice(0, NAME_CHARS), names);
    const isNear = distance(name.slice(0, NAME_CHARS), nearest) <= nearest.length / 2;
    const guess = isNear ? `, did you mean ${nearest}?` : ';';
    return `there is no tool ${name}${guess} the tools are: ${names.join(', ')}`;
  }
}

function refusal(name: string, cycle: number): string {
  const what =
    cycle === 1
      ? `you made this ${name} call twice already`
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
