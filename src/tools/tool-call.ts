/** A tool call on its way through the gate. */
import type { ApprovalDecision } from '../records.ts';
import type { ToolSummary } from './outcome.ts';

/** A call as the model made it. */
export interface ToolCall {
  name: string;
  args: Record<string, unknown>;
  /** The synonym by which it called the tool. */
  calledAs?: string;
}

/** What became of a call. */
export interface ToolResult {
  name: string;
  /** The arguments as they were validated; as the model gave them if they were not valid. */
  args: Readonly<Record<string, unknown>>;
  /** For the model: no more than `ResultRoom` has room for. */
  content: string;
  ok: boolean;
  /** How long the tool itself ran, in milliseconds; zero for a call that did not get so far. */
  elapsedMs: number;
  /** There is no such tool, or it can never take these arguments: the tool meant, if known. */
  unusable?: { meant: string | undefined } | undefined;
  /** It was refused, as the same calls were made before. */
  isRepeat?: boolean | undefined;
  /** What the person is shown besides. */
  summary?: ToolSummary | undefined;
  /** For a call that had to be decided: who decided, and how. */
  decision?: ApprovalDecision | undefined;
  /** The rule with a beginning that allowed it, as it is shown: `npm test …`. */
  rule?: string | undefined;
}
