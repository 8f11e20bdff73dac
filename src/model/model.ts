/** What the agent needs of a language model, and how a model fails. No provider is named here. */

/** What one model call cost. Token counts and times are left out where the server reports none. */
export interface Usage {
  /** Characters of the prompt that was sent. */
  prompt_chars: number;
  /** Characters that it shares with the prompt before, from the beginning: what a cache can reuse. */
  shared_chars?: number | undefined;
  /** Tokens of the prompt, those that came from the server's prefix cache included. */
  prompt_tokens?: number | undefined;
  /** Tokens of the reply. */
  output_tokens?: number | undefined;
  /** Milliseconds spent to evaluate the part of the prompt that was not cached. */
  prompt_ms?: number | undefined;
  /** Milliseconds spent to generate the reply. */
  output_ms?: number | undefined;
}

export interface GenerateRequest {
  prompt: string;
  /** Context window in tokens. A load option: it must be the same on every call. */
  numCtx: number;
  /** The most tokens the reply may have. */
  numPredict: number;
  /** A JSON Schema that constrains the reply. A server may refuse it or not heed it. */
  format?: Record<string, unknown> | undefined;
}

/** A whole reply. `doneReason` is `length` when the token limit cut it off. */
export interface Generation {
  text: string;
  doneReason: string;
  usage: Usage;
}

export interface Model {
  readonly name: string;
  /**
   * The model's own context length in tokens, or undefined where the server does not tell.
   * @throws ModelError when the server or the model is not there.
   */
  contextLength(signal: AbortSignal): Promise<number | undefined>;
  /**
   * Yields the reply's text as it is made and returns the whole of it.
   * @throws ModelError for every failure of model or server, `interrupted` when `signal` aborts,
   *   `format_refused` where the request may work without its `format`.
   */
  generate(
    request: GenerateRequest,
    signal: AbortSignal,
  ): AsyncGenerator<string, Generation, undefined>;
}

/** A model that is on the server. */
export interface ListedModel {
  name: string;
  /** Its size, where the server tells. */
  bytes: number | undefined;
}

/** How far a pull has come, over all parts of the model that are known so far. */
export interface PullProgress {
  /** What the server is at, in its own words. */
  status: string;
  /** Bytes that are there. */
  completed: number;
  /** Bytes in all; 0 while none are known. */
  total: number;
}

/** Where models lie, and where more of them come from. */
export interface ModelServer {
  /** The models that are there. @throws ModelError */
  list(signal: AbortSignal): Promise<ListedModel[]>;
  /**
   * Gets a model onto the server and tells how far it has come. Stopped by `signal`, the next pull
   * goes on from there.
   * @throws ModelError, `model_missing` where nobody has such a model
   */
  pull(name: string, signal: AbortSignal): AsyncGenerator<PullProgress, void, undefined>;
}

export type ModelErrorKind =
  | 'unreachable'
  | 'model_missing'
  | 'out_of_memory'
  | 'context_overflow'
  | 'timeout'
  | 'interrupted'
  /** The server does not take the `format` of the request. */
  | 'format_refused'
  | 'protocol';

/** A failure of model or server. The message is for a person: what happened and what to do next. */
export class ModelError extends Error {
  override readonly name = 'ModelError';
  readonly kind: ModelErrorKind;
  /** Of a `context_overflow`: the tokens of the prompt, where the server tells. */
  readonly prompt_tokens: number | undefined;
  constructor(kind: ModelErrorKind, message: string, prompt_tokens?: number) {
    super(message);
    this.kind = kind;
    this.prompt_tokens = prompt_tokens;
  }
}
