/** A tool call on its way through the gate. */
import type { ApprovalDecision } from '../records.ts';
import type { ToolSummary } from './outcome.ts';

/** A call as the model has made it. */
export interface ToolCall {
  name: string;
  args: Record<string, unknown>;
  /** The synonym by which it has called the tool. */
  calledAs?: string;
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
  /** There is no such tool, or no call of it can have such arguments: what was meant, if known. */
  unusable?: { meant: string | undefined } | undefined;
  /** What the person is shown besides. */
  summary?: ToolSummary | undefined;
  /** For a call that had to be decided: who decided, and how. */
  decision?: ApprovalDecision | undefined;
}
