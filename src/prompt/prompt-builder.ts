/**
 * Builds the next prompt of a conversation. Within an epoch it is the previous one, plus the reply as
 * generated, plus one new turn; nothing is ever sent differently the second time. An epoch begins at
 * the start, a reset, a compaction, a change of model, and if this version has other rules than the
 * one that began it. Its record in the session has all that a resume needs to send the same bytes.
 */
import { isDeepStrictEqual } from 'node:util';
import { compactEntries, planCompaction, type Compaction } from '../context/compaction.ts';
import { sizeOf, turnsOf, type Shown } from '../context/transcript.ts';
import { charsOf, type Turn } from '../model/model.ts';
import type { EpochRecord } from '../records.ts';
import { renderMemory } from '../session/memory.ts';
import { memoryFor, type Session, type SessionState } from '../session/session.ts';
import type { Tool } from '../tools/tool.ts';
import { renderWorkspace } from '../workspace/render.ts';
import type { Snapshot } from '../workspace/snapshot.ts';
import { isSentAs, type CallSettings, type NewEpoch } from './epoch.ts';
import { buildExamples, buildSystem } from './prefix.ts';

/** A prompt by its sections; together they are its turns. */
export interface Prompt {
  system: string;
  examples: readonly Turn[];
  /** The section `Memory:`, which is in the first turn of the conversation; may be empty. */
  memory: string;
  conversation: readonly Turn[];
}

interface PromptBuilderOptions {
  session: Session;
  tools: readonly Tool[];
  /** The agent is a delegate and is told that it can only read. */
  readOnly: boolean;
  /** The program's version. */
  version: string;
}

/** All turns of a prompt, in order. */
export function allTurns({ system, examples, conversation }: Prompt): Turn[] {
  return [{ role: 'system', content: system }, ...examples, ...conversation];
}

/** The characters that a compaction adds: how many entries were left out, and a heading. */
const NOTE_CHARS = 80;

/** Builds the prompts of one session and begins its epochs. */
export class PromptBuilder {
  readonly #options: PromptBuilderOptions;
  readonly #examples: Turn[];
  /** An epoch that the server has seen but the log has not: nothing has been asked yet. */
  #prepared: NewEpoch | undefined;
  /** The epoch's record that was found to match what this version sends. */
  #checked: EpochRecord | undefined;

  constructor(options: PromptBuilderOptions) {
    this.#options = options;
    this.#examples = buildExamples(options.tools);
  }

  /** The workspace as the model was last told; undefined if it has not been told yet. */
  get knownWorkspace(): Snapshot | undefined {
    return this.#options.session.state.told ?? this.#prepared?.snapshot;
  }

  /**
   * Begins an epoch and records it, unless the current one can continue with these settings. A new
   * one describes the workspace as in `snapshot`.
   */
  ensureEpoch(snapshot: Snapshot, call: CallSettings): void {
    const why = this.#whyNew(call);
    if (why !== undefined) this.#begin(this.#newEpoch(snapshot, call, why));
  }

  /** The start of the next prompt, before anything is asked: sent ahead, it warms the server's cache. */
  prepare(snapshot: Snapshot, call: CallSettings): Turn[] {
    const why = this.#whyNew(call);
    this.#prepared = why && this.#newEpoch(snapshot, call, why);
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
    const { state } = this.#options.session;
    const epoch = this.#prepared ?? state.epoch?.record;
    return epoch ? promptOf(epoch, state) : this.#fresh(snapshot, state);
  }

  /** The length of the conversation in characters. */
  get conversationChars(): number {
    const { state } = this.#options.session;
    return charsOf(turnsOf(state, state.epoch?.memory ?? memoryFor(state)));
  }

  /**
   * Plans a compaction of the conversation to `target` characters; undefined if nothing can be left
   * out. Nothing changes yet.
   * @param limit the most characters that fit
   */
  plan(target: number, limit = Number.POSITIVE_INFINITY): Compaction | undefined {
    const { entries, memory } = this.#options.session.state;
    // Memory will be sent beside what stays.
    const room = Math.max(0, limit - renderMemory(memory).length - NOTE_CHARS);
    const plan = planCompaction(entries, { target, limit: room, sizeOf });
    const { whole, dropped, newest_chars } = plan;
    const isNothing = dropped === 0 && newest_chars === undefined && whole >= entries.length;
    return isNothing ? undefined : plan;
  }

  /** The prompt as it would be after a compaction. */
  preview(plan: Compaction, snapshot: Snapshot): Prompt {
    return this.#fresh(snapshot, this.#compacted(plan));
  }

  /** Characters that a compaction would save; negative if memory and its note are longer. */
  saving(plan: Compaction): number {
    const compacted = this.#compacted(plan);
    return this.conversationChars - charsOf(turnsOf(compacted, memoryFor(compacted)));
  }

  /** Carries out a compaction; the next prompt begins an epoch. Returns the characters saved. */
  compact(plan: Compaction): number {
    const before = this.conversationChars;
    this.#options.session.record({ type: 'compaction', ...plan });
    this.#prepared = undefined;
    return before - this.conversationChars;
  }

  #compacted(plan: Compaction): SessionState {
    const { state } = this.#options.session;
    const entries = compactEntries(state.entries, plan);
    return { ...state, entries, dropped: state.dropped + state.entries.length - entries.length };
  }

  #begin(epoch: NewEpoch): void {
    const { session } = this.#options;
    session.record(epoch);
    this.#prepared = undefined;
    this.#checked = session.state.epoch?.record;
  }

  /** Why the recorded epoch cannot continue; undefined if it can. */
  #whyNew(call: CallSettings): EpochRecord['why'] | undefined {
    const { epoch, ended } = this.#options.session.state;
    if (!epoch) return ended ?? 'start';
    const { record, memory } = epoch;
    if (this.#checked !== record && !this.#sameRules(record, memory)) return 'rules';
    if (!isSentAs(record, call)) return 'model';
    this.#checked = record;
    return undefined;
  }

  /**
   * What is sent comes from this version, never from a log: a file in the repository must not bring
   * its own system turn. The recorded text is only compared.
   */
  #sameRules(record: EpochRecord, memory: string): boolean {
    return (
      record.system === this.#system(record.snapshot) &&
      isDeepStrictEqual(record.examples, this.#examples) &&
      record.memory === memory
    );
  }

  #system(snapshot: Snapshot): string {
    const { tools, readOnly } = this.#options;
    return buildSystem({ tools, readOnly, workspace: renderWorkspace(snapshot) });
  }

  #newEpoch(snapshot: Snapshot, call: CallSettings, why: EpochRecord['why']): NewEpoch {
    const { session, version } = this.#options;
    const { model, settings, numCtx, rendering } = call;
    return {
      type: 'epoch',
      why,
      version,
      model,
      system: this.#system(snapshot),
      examples: this.#examples,
      memory: memoryFor(session.state),
      num_ctx: numCtx,
      settings,
      snapshot,
      ...rendering,
    };
  }

  #fresh(snapshot: Snapshot, state: SessionState): Prompt {
    const system = this.#system(snapshot);
    return promptOf({ system, examples: this.#examples, memory: memoryFor(state) }, state);
  }
}

/** The prompt of an epoch with this start, and this conversation so far. */
export function promptOf(
  { system, examples, memory }: Pick<EpochRecord, 'system' | 'examples' | 'memory'>,
  shown: Shown,
): Prompt {
  return { system, examples, memory, conversation: turnsOf(shown, memory) };
}
