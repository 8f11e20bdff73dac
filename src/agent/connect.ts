/** What happens before a model is asked: the server is asked about it, and reads ahead. */
import type { ContextWindow } from '../context/window.ts';
import type { Model, Turn } from '../model/model.ts';
import { isProgress } from '../model/prompt-progress.ts';
import type { CacheStats } from '../prompt/cache-stats.ts';
import type { CallSettings } from '../prompt/epoch.ts';
import type { AgentEvent } from './events.ts';

/** Which model, and its window. */
interface Connected {
  model: Model;
  window: ContextWindow;
}

/** What has to be known of the server before the model is asked. */
export class Connection {
  readonly #parts: Connected;
  #ahead: Promise<CallSettings> | undefined;

  constructor(parts: Connected) {
    this.#parts = parts;
  }

  /** Begins to learn it for the next call, whose `settings` fail if this does. */
  ahead(signal: AbortSignal): void {
    this.#ahead = this.learn(signal);
    this.#ahead.catch(() => undefined);
  }

  /** For a call. @throws ModelError */
  settings(signal: AbortSignal): Promise<CallSettings> {
    const learned = this.#ahead ?? this.learn(signal);
    this.#ahead = undefined;
    return learned;
  }

  /** For what is no call of the request. @throws ModelError */
  async learn(signal: AbortSignal): Promise<CallSettings> {
    const { model, window } = this.#parts;
    await window.learn(model, signal);
    const { numCtx } = window;
    const rendering = await model.rendering(numCtx, signal);
    const { name, settings } = model;
    return { model: name, settings: { ...settings }, numCtx, rendering };
  }
}

/**
 * Lets the server evaluate turns that prompts will begin with, if they fit, and yields how far it is.
 * @throws ModelError
 */
export async function* evaluateAhead(
  { model, window, stats }: Connected & { stats: CacheStats },
  turns: readonly Turn[],
  signal: AbortSignal,
): AsyncGenerator<AgentEvent, void> {
  if (window.estimate(turns) > window.room(1)) return; // the first request will make room
  const promptTokens = window.expect(turns);
  yield { type: 'prompt_ahead', promptTokens, newTokens: promptTokens };
  const { numCtx } = window;
  const stream = model.generate({ turns, numCtx, numPredict: 1, think: 'off' }, signal);
  for (;;) {
    const next = await stream.next();
    if (!next.done) {
      if (isProgress(next.value)) yield { type: 'prompt_progress', ...next.value.prompt };
      continue;
    }
    const { prompt_tokens } = next.value.usage;
    window.calibrate(turns, { prompt_tokens });
    stats.warmed(turns, { prompt_tokens });
    return;
  }
}
