/** What one model call cost, as far as its record says. */
import { weightOf } from '../../context/guess-tokens.ts';
import { charsOf, type Usage } from '../../model/model.ts';
import type { EpochRecord } from '../../records.ts';
import type { Place } from './walk.ts';

/** The parts of a prompt, in their order. */
export const SECTIONS = ['system', 'examples', 'memory', 'turns'] as const;
/** A part of a prompt. */
export type Section = (typeof SECTIONS)[number];

/** The cost of a call, in tokens. */
export interface CallCost {
  sent: number;
  /** The server counted what was sent; otherwise it is a guess by length. */
  isCounted: boolean;
  /** What was sent by section: the whole divided by length. Undefined where no epoch is recorded. */
  sections: Readonly<Record<Section, number>> | undefined;
  /** How much of it the server had evaluated before; undefined where nothing tells. */
  cached: number | undefined;
  /** The server counted that; otherwise it is what the prompt has in common with the one before. */
  isCachedCounted: boolean;
  /** How many tokens were generated, the thought included; undefined if the server does not say. */
  generated: number | undefined;
}

/**
 * The cost of a call. A log may say anything: no number is negative, and no part more than the whole.
 */
export function costOf(usage: Usage, { epoch, calls }: Pick<Place, 'epoch' | 'calls'>): CallCost {
  const { prompt_tokens, cached_tokens, shared_chars, output_tokens } = usage;
  const chars = Math.max(1, usage.prompt_chars);
  const sent = atLeast0(prompt_tokens ?? chars / weightOf(1));
  const share = (part: number) => Math.round(sent * Math.min(1, atLeast0(part) / chars));
  // After a resume, the program knows no prompt before; what the server has kept is not recorded.
  const isKnown = shared_chars !== undefined && (shared_chars > 0 || calls === 1);
  const cached = cached_tokens ?? (isKnown ? share(shared_chars) : undefined);
  return {
    sent,
    isCounted: prompt_tokens !== undefined,
    sections: epoch && sectionsOf(epoch, chars, share),
    cached: cached === undefined ? undefined : Math.min(sent, atLeast0(cached)),
    isCachedCounted: cached_tokens !== undefined,
    generated: output_tokens === undefined ? undefined : atLeast0(output_tokens),
  };
}

function sectionsOf(
  epoch: EpochRecord,
  chars: number,
  share: (part: number) => number,
): CallCost['sections'] {
  const system = epoch.system.length;
  const examples = charsOf(epoch.examples);
  const memory = epoch.memory.length;
  return {
    system: share(system),
    examples: share(examples),
    memory: share(memory),
    turns: share(chars - system - examples - memory),
  };
}

function atLeast0(value: number): number {
  return Math.max(0, Math.round(value));
}
