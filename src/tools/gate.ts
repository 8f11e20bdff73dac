/** The one gate every call passes: known → valid → not a repeat → approved → run → clipped. */
import { clip } from '../context/clip.ts';
import { errorCode } from '../errors.ts';
import { PathError } from '../workspace/paths.ts';
import { policyDecision, type ApprovalPolicy, type Ask } from './approval.ts';
import { ToolError, type PreparedCall, type Tool, type ToolContext } from './tool.ts';

/** Characters of a result, the mark of the clip included. */
const RESULT_CHARS = 4_000;
/** A call is refused when this many before it, in the same request, were identical. */
const REPEATS = 2;

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
  #calls: string[] = [];

  constructor(options: GateOptions) {
    this.#options = options;
    this.#tools = new Map(options.tools.map((tool) => [tool.name, tool]));
  }

  /** A call in a later request is never a repeat. */
  beginRequest(): void {
    this.#calls = [];
  }

  /**
   * Takes a call through the gate. Whatever fails on the way is a result that begins with
   * `error:`; only a failing model or a bug throws.
   */
  async run(call: ToolCall, signal: AbortSignal): Promise<ToolResult> {
    const tool = this.#tools.get(call.name);
    if (!tool) return this.#failed(call, `there is no tool ${call.name}; ${this.#toolNames()}`);

    let prepared: PreparedCall;
    try {
      prepared = tool.prepare(call.args);
      prepared.check(this.#options.context);
    } catch (error) {
      const problem = `invalid arguments for ${tool.name}: ${expected(error)}`;
      return this.#failed(call, `${problem}\nexample: ${tool.example}`);
    }
    const valid = { name: tool.name, args: prepared.args };
    if (this.#isRepeat(valid)) {
      const hint = 'use what you have, try something else or give a final answer';
      return this.#failed(valid, `you made this ${tool.name} call twice already; ${hint}`);
    }
    const denial = await this.#denial(tool, prepared, signal);
    if (denial) return this.#failed(valid, `${tool.name} was not approved: ${denial}`);

    const start = performance.now();
    try {
      if (tool.risky) this.#options.beforeRisky();
      const content = await prepared.run(this.#options.context, signal);
      return { ...valid, content: clip(content, RESULT_CHARS), ok: true, elapsedMs: since(start) };
    } catch (error) {
      const problem = signal.aborted ? interruption(error) : expected(error);
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

  #isRepeat({ name, args }: Pick<ToolResult, 'name' | 'args'>): boolean {
    const call = JSON.stringify([name, args]);
    const last = this.#calls.slice(-REPEATS);
    this.#calls.push(call);
    return last.length === REPEATS && last.every((earlier) => earlier === call);
  }

  #failed(
    { name, args }: Pick<ToolResult, 'name' | 'args'>,
    message: string,
    elapsedMs = 0,
  ): ToolResult {
    return { name, args, content: clip(`error: ${message}`, RESULT_CHARS), ok: false, elapsedMs };
  }

  #toolNames(): string {
    return `the tools are: ${[...this.#tools.keys()].join(', ')}`;
  }
}

function since(start: number): number {
  return performance.now() - start;
}

/** What a tool has to say of its interruption. */
function interruption(error: unknown): string {
  return error instanceof ToolError ? error.message : 'the user interrupted it';
}

/** The message of an error that a tool may well have. @throws the error itself if it is a bug. */
function expected(error: unknown): string {
  if (error instanceof ToolError || error instanceof PathError) return error.message;
  if (error instanceof Error && errorCode(error) !== undefined) return error.message;
  throw error;
}
