/**
 * The next prompt of a conversation. Within an epoch it is the one before without its tail, plus
 * what is new, plus a new tail; only that end is evaluated again. An epoch begins at a start, a
 * resume, a reset and a compaction.
 */
import { entriesToDrop } from '../context/compact.ts';
import { Transcript } from '../context/transcript.ts';
import { renderMemory } from '../session/memory.ts';
import type { Session } from '../session/session.ts';
import type { Tool } from '../tools/tool.ts';
import { renderWorkspace } from '../workspace/render.ts';
import type { Snapshot } from '../workspace/snapshot.ts';
import { buildPrefix } from './prefix.ts';
import { assemblePrompt } from './prompt.ts';

export interface NextPrompt {
  text: string;
  /** How many of the oldest entries were left out to make it fit. */
  dropped: number;
}

export class Prompter {
  readonly #tools: readonly Tool[];
  readonly #readOnly: boolean;
  readonly #session: Session;
  readonly #transcript = new Transcript();
  /** What stays for the epoch. */
  #epoch: { prefix: string; memory: string } | undefined;

  constructor(session: Session, tools: readonly Tool[], readOnly: boolean) {
    this.#session = session;
    this.#tools = tools;
    this.#readOnly = readOnly;
  }

  /** True once a prompt of this epoch was built: the model has been told of the workspace. */
  get hasBegun(): boolean {
    return this.#epoch !== undefined;
  }

  beginEpoch(): void {
    this.#epoch = undefined;
  }

  /**
   * Builds the prompt. Where it would be longer than `limit` characters, the oldest entries are
   * left out, in bulk, and a new epoch begins; the result may still be longer, when the rest alone is.
   * @param compact leave entries out in any case: the server says that the last prompt was too long
   */
  next(tail: string, snapshot: Snapshot, limit: number, compact = false): NextPrompt {
    const text = this.#assemble(tail, snapshot);
    const sizes = this.#transcript.entries(this.#session.state).map((entry) => entry.length + 1);
    const transcriptChars = sizes.reduce((sum, size) => sum + size, 0);
    const room = limit - (text.length - transcriptChars);
    const dropped = entriesToDrop(sizes, compact ? Math.min(room, transcriptChars - 1) : room);
    if (dropped === 0) return { text, dropped };
    this.#session.record({ type: 'compaction', dropped });
    this.beginEpoch();
    return { text: this.#assemble(tail, snapshot), dropped };
  }

  #assemble(tail: string, snapshot: Snapshot): string {
    const { state } = this.#session;
    this.#epoch ??= {
      prefix: buildPrefix({
        tools: this.#tools,
        workspace: renderWorkspace(snapshot),
        readOnly: this.#readOnly,
      }),
      memory: renderMemory(state.memory),
    };
    return assemblePrompt({ ...this.#epoch, transcript: this.#transcript.entries(state), tail });
  }
}
