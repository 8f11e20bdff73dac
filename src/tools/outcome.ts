/** What a tool call came to: for the model, and for the person. */

/** What a call came to. */
export interface ToolOutcome {
  /** For the model. */
  text: string;
  /** For the person. */
  summary?: ToolSummary | undefined;
}

/** What a person is shown of a call besides what it did and to what. */
export interface ToolSummary {
  /** In a few words: `3 matches`, `exit 1`. */
  result?: string;
  /** Which part of the subject: `1–80`, the lines of a file. */
  range?: string;
  /** The call worked, but what it ran failed. */
  failed?: boolean;
  /** The last lines of what it printed, and before them how many more there are. */
  output?: readonly string[];
}
