/** Makes the prompt fit the window: compacts the conversation, or refuses where that cannot help. */
import type { Compaction } from '../context/compact-entries.ts';
import { weigh } from '../context/guess-tokens.ts';
import { ContextWindow } from '../context/window.ts';
import type { Turn, Usage } from '../model/model.ts';
import { ModelError } from '../model/model-error.ts';
import type { CallSettings } from '../prompt/epoch.ts';
import type { PromptBuilder } from '../prompt/prompt-builder.ts';
import { allTurns, type Prompt } from '../prompt/prompt.ts';
import type { Snapshot } from '../workspace/snapshot.ts';
import type { AgentEvent } from './events.ts';

/** What is asked of the model: with which view of the workspace, and how much room to reply. */
export interface Call {
  snapshot: Snapshot;
  /** The most tokens that the reply may have. */
  numPredict: number;
  /** A JSON Schema that the reply should be held to. */
  format?: Record<string, unknown> | undefined;
}

/** What decides whether a prompt fits. */
interface PromptFit {
  builder: PromptBuilder;
  window: ContextWindow;
  settings: CallSettings;
  /** What the last call of a resumed session cost: it tells how the server counts. */
  lastUsage: Usage | undefined;
  /** The server found the prompt too long, whatever was estimated, and said this. */
  refusal: ModelError | undefined;
}

/**
 * The turns of the next prompt; compacts the conversation where they do not fit.
 * @throws ModelError of kind `context_overflow` where they do not fit even then
 */
export async function* fitPrompt(
  { builder, window, settings, lastUsage, refusal }: PromptFit,
  { snapshot, numPredict }: Call,
): AsyncGenerator<AgentEvent, Turn[]> {
  const room = window.room(numPredict);
  builder.ensureEpoch(snapshot, settings);
  const prompt = builder.build(snapshot);
  const turns = allTurns(prompt);
  window.recall(turns, lastUsage);
  const tokens = window.estimate(turns);
  const mustShrink = refusal !== undefined;
  if (tokens <= room && !mustShrink) return turns;

  const plan = planToFit({ builder, window, prompt, snapshot, room, mustShrink });
  const needed = window.expect(plan ? allTurns(builder.preview(plan, snapshot)) : turns);
  // Refused only where it is sure not to fit: in doubt, the server decides.
  if (needed > room) throw tooLong(window, needed, numPredict);
  if (!plan) {
    if (refusal) throw refusal;
    return turns;
  }
  yield { type: 'compacted', saved: builder.compact(plan) };
  builder.ensureEpoch(snapshot, settings);
  return allTurns(builder.build(snapshot));
}

/** To less than this, no conversation can be compacted. */
const LEAST_LIMIT = 100;

/** A compaction that helps; undefined if none does: a wrong flag must not cost the conversation. */
function planToFit({
  builder,
  window,
  prompt,
  snapshot,
  room,
  mustShrink,
}: Pick<PromptFit, 'builder' | 'window'> & {
  mustShrink: boolean;
  prompt: Prompt;
  snapshot: Snapshot;
  /** Tokens that the prompt may have. */
  room: number;
}): Compaction | undefined {
  const fixed = allTurns({ ...prompt, conversation: [] });
  const fits = window.weightBeside(fixed, room);
  // The server knows better than the estimate.
  const half = weigh(prompt.conversation.map(({ content }) => content).join('')) / 2;
  let limit = mustShrink ? Math.min(fits, half) : fits;
  for (;;) {
    const plan = builder.planFor(limit);
    if (!plan || builder.saving(plan) <= 0) return undefined;
    const needed = window.expect(allTurns(builder.preview(plan, snapshot)));
    if (needed <= room || limit < LEAST_LIMIT) return plan;
    limit *= Math.min(0.75, room / needed);
  }
}

/** The error that says how large the window would have to be. @param tokens of the prompt */
export function tooLong(window: ContextWindow, tokens: number, numPredict: number): ModelError {
  const least = Math.max(ContextWindow.least(tokens, numPredict), window.numCtx + 256);
  const { modelLength = least } = window;
  const most =
    window.numCtx < modelLength ? `has ${modelLength} at most, too few as well` : 'has no more';
  const advice =
    least > modelLength
      ? `The model ${most}: use one with a longer context, shorter replies (--max-new-tokens)`
      : `Use a larger window (--num-ctx ${least} or more)`;
  return new ModelError(
    'context_overflow',
    `The context window of ${window.numCtx} tokens is too small: the rules, the request and the ` +
      `newest entry need about ${tokens}, the reply ${numPredict}. ` +
      `${advice} or a shorter request.`,
  );
}
