/** How a model fails. */

/** How a model call failed; what the caller does next depends on it. */
export type ModelErrorKind =
  /** No connection could be made. */
  | 'unreachable'
  /** The server is busy; it may answer if the request is sent again. */
  | 'busy'
  | 'model_missing'
  | 'out_of_memory'
  | 'context_overflow'
  | 'timeout'
  | 'interrupted'
  /** The server does not accept the request's `format`. */
  | 'format_refused'
  | 'protocol';

/** A failure of model or server. The message is for a person: what happened and what to do next. */
export class ModelError extends Error {
  override readonly name = 'ModelError';
  readonly kind: ModelErrorKind;
  /** For a `context_overflow`: the tokens of the prompt, if the server says. */
  readonly prompt_tokens: number | undefined;
  constructor(kind: ModelErrorKind, message: string, prompt_tokens?: number) {
    super(message);
    this.kind = kind;
    this.prompt_tokens = prompt_tokens;
  }

  /** It came before the server had read the prompt. */
  get isUnread(): boolean {
    return UNREAD.has(this.kind);
  }
}

const UNREAD: ReadonlySet<ModelErrorKind> = new Set<ModelErrorKind>([
  'unreachable',
  'busy',
  'model_missing',
  'context_overflow',
  'format_refused',
]);
