/**
 * Builds the next prompt of a conversation. Within a cache epoch it is the previous one, plus the reply
 * as generated, plus one new turn; nothing is ever sent differently the second time.
 */
import type { Compaction } from '../context/compact-entries.ts';
import { planCompaction } from '../context/compaction.ts';
import { sizeOfAll, stepSize } from '../context/entry-size.ts';
import { weigh } from '../context/guess-tokens.ts';
import { turnsOf } from '../context/transcript.ts';
import { charsOf, type Turn } from '../model/model.ts';
import type { Session } from '../session/session.ts';
import { compacted, memoryBesides, memoryFor } from '../session/state.ts';
import type { Snapshot } from '../workspace/snapshot.ts';
import { Epochs, type CallSettings, type EpochParts, type NewEpoch } from './epoch.ts';
import { allTurns, promptOf, type Prompt } from './prompt.ts';

/** The characters that a compaction adds: how many entries were left out, and a heading. */
const NOTE_CHARS = 80;
/**
 * A compaction costs the cache, so the next one must be this many steps away. The estimate is on the
 * safe side by about the last of them.
 */
const STEPS_APART = 6;

/** Builds the prompts of one session and begins its epochs. */
export class PromptBuilder {
  readonly #session: Session;
  readonly #epochs: Epochs;
  /** An epoch that the server has seen but the log has not: nothing has been asked yet. */
  #prepared: NewEpoch | undefined;

  constructor(parts: EpochParts) {
    this.#session = parts.session;
    this.#epochs = new Epochs(parts);
  }

  /** The workspace as the model was last told; undefined if it has not been told yet. */
  get knownWorkspace(): Snapshot | undefined {
    return this.#session.state.told ?? this.#prepared?.snapshot;
  }

  /**
   * Begins an epoch and records it, unless the current one can continue with these settings. A new
   * one describes the workspace as in `snapshot`.
   */
  ensureEpoch(snapshot: Snapshot, call: CallSettings): void {
    const due = this.#epochs.due(snapshot, call);
    if (due) this.#begin(due);
  }

  /** The start of the next prompt, before anything is asked: sent ahead, it warms the server's cache. */
  prepare(snapshot: Snapshot, call: CallSettings): Turn[] {
    this.#prepared = this.#epochs.due(snapshot, call);
    const turns = allTurns(this.build(snapshot));
    // A resumed conversation is sent up to its last reply.
    return turns.slice(0, turns.findLastIndex(({ role }) => role === 'assistant') + 1);
  }

  /** A request comes: records the prepared epoch. */
  beginPrepared(): void {
    if (this.#prepared) this.#begin(this.#prepared);
  }

  /** Forgets the prepared epoch, since its conversation has just been cleared. */
  discardPrepared(): void {
    this.#prepared = undefined;
  }

  /** The current prompt. Without a current epoch, as one would begin with this workspace. */
  build(snapshot: Snapshot): Prompt {
    const { state } = this.#session;
    const start = this.#prepared ?? state.epoch?.record ?? this.#epochs.startOf(snapshot, state);
    return promptOf(start, state);
  }

  /** The length of the conversation in characters. */
  get conversationChars(): number {
    const { state } = this.#session;
    return charsOf(turnsOf(state, state.epoch?.memory ?? memoryFor(state)));
  }

  /**
   * Plans a compaction that makes room for the next steps, if they are like the last ones; undefined
   * if everything would stay whole. Nothing changes yet.
   * @param room what the conversation may weigh
   */
  planFor(room: number): Compaction | undefined {
    const { state } = this.#session;
    const { entries } = state;
    const rest = room - weigh(memoryBesides(state)) - STEPS_APART * stepSize(entries);
    return this.plan(Math.max(0, Math.min(room / 2, sizeOfAll(entries) / 2, rest)), room);
  }

  /** Plans a compaction to the size `target`. @param limit what the conversation may weigh */
  plan(target: number, limit = Number.POSITIVE_INFINITY): Compaction | undefined {
    const { state } = this.#session;
    const { entries } = state;
    // Memory will be sent beside what stays.
    const room = Math.max(0, limit - weigh(memoryBesides(state)) - NOTE_CHARS);
    const plan = planCompaction(entries, { target, limit: room });
    const { whole, dropped, newest_chars } = plan;
    const isNothing = dropped === 0 && newest_chars === undefined && whole >= entries.length;
    return isNothing ? undefined : plan;
  }

  /** The prompt as it would be after a compaction. */
  preview(plan: Compaction, snapshot: Snapshot): Prompt {
    const state = compacted(this.#session.state, plan);
    return promptOf(this.#epochs.startOf(snapshot, state), state);
  }

  /** Characters that a compaction would save; negative if memory and its note are longer. */
  saving(plan: Compaction): number {
    const state = compacted(this.#session.state, plan);
    return this.conversationChars - charsOf(turnsOf(state, memoryFor(state)));
  }

  /** Carries out a compaction; the next prompt begins an epoch. Returns the characters saved. */
  compact(plan: Compaction): number {
    const before = this.conversationChars;
    this.#session.record({ type: 'compaction', ...plan });
    this.#prepared = undefined;
    return before - this.conversationChars;
  }

  #begin(epoch: NewEpoch): void {
    this.#session.record(epoch);
    this.#prepared = undefined;
  }
}
