/** A prompt that fits the window: compacted first where it does not, refused where that cannot help. */
import { ContextWindow } from '../context/window.ts';
import { charsOf, ModelError, type Turn, type Usage } from '../model/model.ts';
import { allTurns, type CallSettings, type PromptBuilder } from '../prompt/prompt-builder.ts';
import type { Snapshot } from '../workspace/snapshot.ts';
import type { AgentEvent } from './events.ts';

/** What is asked: the workspace as it is, and the room for the reply. */
export interface Call {
  snapshot: Snapshot;
  /** Tokens. */
  numPredict: number;
  /** A JSON Schema that the reply should be held to. */
  format?: Record<string, unknown> | undefined;
}

export interface PromptFit {
  builder: PromptBuilder;
  window: ContextWindow;
  settings: CallSettings;
  /** What the last call of a resumed session cost: it tells how the server counts. */
  lastUsage: Usage | undefined;
  /** The server found the prompt too long, whatever was estimated. */
  mustShrink: boolean;
}

/**
 * The turns of the next prompt. Compacts the conversation where they do not fit.
 * @throws ModelError of kind `context_overflow` where not even that can make them fit
 */
export async function* fitPrompt(
  { builder, window, settings, lastUsage, mustShrink }: PromptFit,
  { snapshot, numPredict }: Call,
): AsyncGenerator<AgentEvent, Turn[]> {
  const room = window.room(numPredict);
  builder.ensureEpoch(snapshot, settings);
  const prompt = builder.build(snapshot);
  const turns = allTurns(prompt);
  window.recall(turns, lastUsage);
  const tokens = window.estimate(turns);
  if (tokens <= room && !mustShrink) return turns;

  const conversation = charsOf(prompt.conversation);
  const fixed = charsOf(turns) - conversation;
  const roomChars = Math.max(0, (room / tokens) * charsOf(turns) - fixed);
  const plan = builder.plan(Math.min(roomChars, conversation) / 2, roomChars);
  // What does not help is not recorded: a wrong flag must not cost the conversation.
  const helps = plan !== undefined && builder.saving(plan) > 0;
  const smaller = helps ? allTurns(builder.preview(plan, snapshot)) : turns;
  // Refused only for what is sure not to fit: the server has the last word on the rest.
  const needed = window.expect(smaller);
  if (needed > room || (!helps && mustShrink)) throw tooLong(window, needed, numPredict);
  if (!helps) return turns;
  yield { type: 'compacted', saved: builder.compact(plan) };
  builder.ensureEpoch(snapshot, settings);
  return allTurns(builder.build(snapshot));
}

/** Says how large a window would have to be. */
export function tooLong(window: ContextWindow, tokens: number, numPredict: number): ModelError {
  const least = Math.max(ContextWindow.least(tokens, numPredict), window.numCtx + 256);
  const { modelLength = least } = window;
  const advice =
    least > modelLength
      ? 'The model has no more: use one with a longer context, a smaller --max-new-tokens,'
      : `Use --num-ctx ${least} or more,`;
  return new ModelError(
    'context_overflow',
    `The context window of ${window.numCtx} tokens is too small: the rules, the request and the ` +
      `newest entry need about ${tokens}, the reply ${numPredict}. ` +
      `${advice} or a shorter request.`,
  );
}
