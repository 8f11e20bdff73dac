import type { ToolSummary } from './outcome.ts';

/** A tool that could not do what was asked. The message goes to the model. */
export class ToolError extends Error {
  override readonly name = 'ToolError';
  /** What the person is shown in addition. */
  readonly summary: ToolSummary | undefined;

  constructor(message: string, summary?: ToolSummary) {
    super(message);
    this.summary = summary;
  }
}
