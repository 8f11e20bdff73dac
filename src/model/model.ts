/** What the agent needs of a language model, and how a model fails. No provider is named here. */

/** One turn of a conversation. A conversation is a system turn, then user and assistant turns in alternation. */
export interface Turn {
  role: 'system' | 'user' | 'assistant';
  content: string;
}

/** Characters of all contents. */
export function charsOf(turns: readonly Turn[]): number {
  return turns.reduce((sum, { content }) => sum + content.length, 0);
}

/** What the server counted of one call, in tokens and milliseconds, where it tells. */
export interface Counts {
  /** Tokens of the prompt, those that came from the server's prefix cache included. */
  prompt_tokens?: number | undefined;
  /** Tokens of the reply. */
  output_tokens?: number | undefined;
  /** Milliseconds spent to evaluate the part of the prompt that was not cached. */
  prompt_ms?: number | undefined;
  /** Milliseconds spent to generate the reply. */
  output_ms?: number | undefined;
}

/** What one model call cost. */
export interface Usage extends Counts {
  /** Characters of the turns that were sent. */
  prompt_chars: number;
  /** Of those, the ones that the call before had sent or generated: what a cache can reuse. */
  shared_chars?: number | undefined;
}

export interface GenerateRequest {
  /**
   * The conversation. Where its last turn is the user's, the model replies; where it is the
   * assistant's, the call only lets the server evaluate what is there.
   */
  turns: readonly Turn[];
  /** Context window in tokens. A load option: it must be the same on every call. */
  numCtx: number;
  /** The most tokens the reply may have. */
  numPredict: number;
  /** A JSON Schema that constrains the reply. A server may refuse or ignore it. */
  format?: Record<string, unknown> | undefined;
}

/** A whole reply. */
export interface Generation {
  text: string;
  /**
   * `stop`, `length` when the token limit cut the reply off, `cut` when the stream ended without a
   * last line, `loop` when the reply was ended because it repeated itself, or another word of the
   * server's.
   */
  doneReason: string;
  usage: Counts;
  /** What is wrong with the reply, in one clause, where the server took a part of it away. */
  fault?: string | undefined;
}

/** What a chat template puts around contents: a rendered conversation alternates pieces and contents. */
export interface TemplatePieces {
  /** Before the system text, or before the first user text where there is no place for a system's. */
  start: string;
  /** Between the system text and the first user text; null where the template shows no system. */
  afterSystem: string | null;
  /** Between a user text and the reply, as it stands before a reply that is to be generated. */
  beforeReply: string;
  /** Between a reply and the next user text. */
  afterReply: string;
}

/** How a conversation reaches the model: what a session's log needs to tell what was sent. */
export interface Rendering {
  /** `raw`: rendered here by the server's template. `chat`: sent as messages, rendered there. */
  route: 'raw' | 'chat';
  /** Of `raw`: the template. */
  template?: TemplatePieces | undefined;
  /** Of `raw`: the BOS token, left off because the server adds it. */
  bos?: string | undefined;
  /** Whether the model was asked to think. */
  think: boolean;
}

export interface Model {
  readonly name: string;
  /** How replies are sampled, for the session's log. */
  readonly settings: Readonly<Record<string, string | number>>;
  /**
   * The model's own context length in tokens, or undefined where the server does not tell.
   * @throws ModelError when the server or the model is not there.
   */
  contextLength(signal: AbortSignal): Promise<number | undefined>;
  /**
   * How a conversation is sent; learned from the server once, which loads the model for it.
   * @throws ModelError
   */
  rendering(numCtx: number, signal: AbortSignal): Promise<Rendering>;
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
