/** How a conversation becomes the text that a model reads. */

/** What a chat template puts around contents: a rendered conversation alternates between the two. */
export interface TemplatePieces {
  /** Before the system text, or before the first user text if the template shows no system. */
  start: string;
  /** Between the system text and the first user text; null if the template shows no system. */
  afterSystem: string | null;
  /** Between a user text and the reply, in the form that asks for a reply. */
  beforeReply: string;
  /** Between a reply and the next user text. */
  afterReply: string;
}

/** How a conversation is sent to the model. A session's log has it, to know the exact bytes. */
export interface Rendering {
  /** `raw`: rendered here with the server's template. `chat`: sent as messages and rendered there. */
  route: 'raw' | 'chat';
  /** For `raw`: the template. */
  template?: TemplatePieces | undefined;
  /** For `raw`: the BOS token, left off because the server adds it. */
  bos?: string | undefined;
}
