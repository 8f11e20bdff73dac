/** The workspace as the agent looked at it last, before the request at hand. */
import { resultChars } from '../context/result-room.ts';
import type { PromptBuilder } from '../prompt/prompt-builder.ts';
import { renderChanges } from '../workspace/changes.ts';
import type { Snapshot } from '../workspace/snapshot.ts';
import type { AgentParts } from './agent.ts';
import { settledOrAborted } from './settled-or-aborted.ts';

interface LatestLookParts extends Pick<AgentParts, 'session' | 'window' | 'snapshot' | 'look'> {
  builder: PromptBuilder;
}

/** Looks again before each request. */
export class LatestLook {
  readonly #parts: LatestLookParts;
  #snapshot: Snapshot;
  #next: Promise<void> | undefined;

  constructor(parts: LatestLookParts) {
    this.#parts = parts;
    this.#snapshot = parts.snapshot;
  }

  /** The workspace as it was then. */
  get snapshot(): Snapshot {
    return this.#snapshot;
  }

  /** Settles when it has looked, and no look is under way, or `signal` aborts. */
  async settled(signal: AbortSignal): Promise<void> {
    await settledOrAborted(this.#next ?? this.refresh(signal), signal);
  }

  /** Looks again, unless `signal` aborts. */
  async refresh(signal: AbortSignal): Promise<void> {
    const next = this.#parts.look().then((seen) => {
      if (!signal.aborted) this.#snapshot = seen;
    });
    this.#next = next;
    await settledOrAborted(next, signal);
    if (!signal.aborted) await next;
  }

  /** Looks again and records what is new, for the model to read; unless `signal` aborts. */
  async again(signal: AbortSignal): Promise<void> {
    const { builder, window, session } = this.#parts;
    await this.refresh(signal);
    if (signal.aborted) return;
    const known = builder.knownWorkspace;
    const content = known && renderChanges(known, this.#snapshot, resultChars(window.numCtx));
    if (content) session.record({ type: 'workspace', content, snapshot: this.#snapshot });
  }
}
