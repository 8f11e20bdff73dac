/** Thoughts: what a model writes for itself before it replies. */

/** Whether a model is to think before it replies; a level says how much. */
export const THINK_MODES = ['off', 'on', 'low', 'medium', 'high'] as const;
/** Whether a model is to think before it replies. */
export type Think = (typeof THINK_MODES)[number];

/** A piece of a thought, as the model generates it. */
export interface ThoughtPiece {
  thought: string;
}
