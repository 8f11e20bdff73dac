/** The whole prompt: what stays, then what only grows, then a short tail that is new each time. */
import { clip } from '../context/clip.ts';
import type { PromptSections } from './cache-stats.ts';

/** The transcript holds the request whole; the tail only reminds of it. */
const TAIL_REQUEST_CHARS = 1_000;

/** The section `Transcript:` of rendered entries, oldest first. */
export function transcriptSection(entries: readonly string[]): string {
  return ['Transcript:', ...entries].join('\n');
}

/**
 * Puts the sections together, flush left, a blank line between. `memory` is as it stood when the
 * epoch began: what is newer is in the transcript.
 */
export function assemblePrompt({ prefix, memory, transcript, tail }: PromptSections): string {
  return [prefix, memory, transcript, tail].join('\n\n');
}

/** The section `Current user request:`, with the tool steps that are left. */
export function renderTail(request: string, stepsLeft: number): string {
  const steps =
    stepsLeft > 1
      ? `You may make ${stepsLeft} more tool calls.`
      : 'Only one tool call is left, and the request ends after it: answer now if you can.';
  return `Current user request:\n${clip(request, TAIL_REQUEST_CHARS)}\n\n${steps}`;
}
