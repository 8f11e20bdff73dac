/** What the agent needs from a language model. No provider is named here. */
import type { PromptProgress } from './prompt-progress.ts';
import type { Rendering } from './rendering.ts';
import type { Think, ThoughtPiece } from './think.ts';

/** One turn of a conversation: a system turn, then alternating user and assistant turns. */
export interface Turn {
  role: 'system' | 'user' | 'assistant';
  content: string;
}

/** The length of all contents in characters. */
export function charsOf(turns: readonly Turn[]): number {
  return turns.reduce((sum, { content }) => sum + content.length, 0);
}

/** What the server counted for one call, in tokens and milliseconds, as far as it says. */
export interface Counts {
  /** Tokens of the prompt, including those that came from the server's prefix cache. */
  prompt_tokens?: number | undefined;
  /** How many of them came from that cache. */
  cached_tokens?: number | undefined;
  /** Tokens of the reply. */
  output_tokens?: number | undefined;
  /** Milliseconds spent evaluating the part of the prompt that was not cached. */
  prompt_ms?: number | undefined;
  /** Milliseconds spent generating the reply. */
  output_ms?: number | undefined;
}

/** What one model call cost. */
export interface Usage extends Counts {
  /** Characters of the turns that were sent. */
  prompt_chars: number;
  /** How many of them the previous call had sent or generated: what a cache can reuse. */
  shared_chars?: number | undefined;
  /** Tokens of the thought, about; they are among those of the reply. */
  thought_tokens?: number | undefined;
}

/** One model call: the conversation, and the limits of the reply. */
export interface GenerateRequest {
  /**
   * The conversation. If its last turn is the user's, the model replies; if it is the
   * assistant's, the call only lets the server evaluate the prompt ahead of time.
   */
  turns: readonly Turn[];
  /** The context window in tokens. Changing it reloads the model, so it must be the same on every call. */
  numCtx: number;
  /** The most tokens the reply may have. */
  numPredict: number;
  /** A JSON Schema to constrain the reply. A server may refuse or ignore it. */
  format?: Record<string, unknown> | undefined;
  /** Whether to think first; undefined: that is left to the server. */
  think?: Think | undefined;
}

/** A complete reply. */
export interface Generation {
  text: string;
  /**
   * `stop`, `length` if the token limit cut the reply off, `cut` if the stream ended early, `loop`
   * if the reply was ended because it repeated itself, or another word from the server.
   */
  doneReason: string;
  usage: Counts;
  /** What is wrong with the reply, in one clause, if the server took a part of it away. */
  fault?: string | undefined;
}

/** A language model. Implement it to use the agent with another server. */
export interface Model {
  /** Its name, as people give it to the server. */
  readonly name: string;
  /** The sampling settings, for the session's log. */
  readonly settings: Readonly<Record<string, string | number>>;
  /**
   * The model's own context length in tokens, or undefined if the server does not say.
   * @throws ModelError if the server or the model is missing
   */
  contextLength(signal: AbortSignal): Promise<number | undefined>;
  /** Whether it can be asked to think; undefined if that is not known. @throws ModelError */
  canThink?(signal: AbortSignal): Promise<boolean | undefined>;
  /**
   * How a conversation is sent. Learned from the server once, which loads the model for it.
   * @throws ModelError
   */
  rendering(numCtx: number, signal: AbortSignal): Promise<Rendering>;
  /**
   * Yields the reply's text as it is generated, and thoughts that the server keeps apart; before,
   * how far the prompt is read, if the server tells. Returns all of the text. It must settle when
   * `signal` aborts.
   * @throws ModelError for every failure of model or server: `interrupted` if `signal` aborts,
   *   `format_refused` if the request may work without its `format`
   */
  generate(
    request: GenerateRequest,
    signal: AbortSignal,
  ): AsyncGenerator<string | ThoughtPiece | PromptProgress, Generation, undefined>;
}
