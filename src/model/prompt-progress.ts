/** How far a server has come with a prompt, where it tells. */

/** Comes before the first piece of a reply, again and again. */
export interface PromptProgress {
  prompt: {
    /** Tokens evaluated so far, without those that came from the cache. */
    evaluated: number;
    /** Tokens to evaluate in all. */
    total: number;
  };
}

/** Whether a piece of a reply is none. */
export function isProgress(piece: string | object): piece is PromptProgress {
  return typeof piece === 'object' && 'prompt' in piece;
}
