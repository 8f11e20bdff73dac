/**
 * The next prompt of a conversation. Within an epoch it is the one before, plus the reply as it was
 * generated, plus one new turn; nothing that was sent is ever sent differently. An epoch begins at a
 * start, a reset, a compaction, a change of model, and where this version has other rules than the
 * one that began it. Its record in the session has all that a resume needs to send the same bytes.
 */
import { isDeepStrictEqual } from 'node:util';
import { compactEntries, planCompaction, type Compaction } from '../context/compaction.ts';
import { sizeOf, turnsOf, type Shown } from '../context/transcript.ts';
import { charsOf, type Rendering, type Turn } from '../model/model.ts';
import type { EpochRecord, NewRecord } from '../records.ts';
import { renderMemory } from '../session/memory.ts';
import { memoryFor, type Session, type SessionState } from '../session/session.ts';
import type { Tool } from '../tools/tool.ts';
import { renderWorkspace } from '../workspace/render.ts';
import type { Snapshot } from '../workspace/snapshot.ts';
import { buildExamples, buildSystem } from './prefix.ts';

/** A prompt by its sections; together they are its turns. */
export interface Prompt {
  system: string;
  examples: readonly Turn[];
  /** The section `Memory:`, which the first turn of the conversation holds; may be empty. */
  memory: string;
  conversation: readonly Turn[];
}

export interface PromptBuilderOptions {
  session: Session;
  tools: readonly Tool[];
  /** The agent is a delegate, and is told that it may only read. */
  readOnly: boolean;
  /** Of the program. */
  version: string;
}

/** How the model is called, which is part of what an epoch begins with. */
export interface CallSettings {
  model: string;
  settings: EpochRecord['settings'];
  /** Tokens. */
  numCtx: number;
  rendering: Rendering;
}

/** All turns of a prompt, in their order. */
export function allTurns({ system, examples, conversation }: Prompt): Turn[] {
  return [{ role: 'system', content: system }, ...examples, ...conversation];
}

type NewEpoch = Extract<NewRecord, { type: 'epoch' }>;

/** What a compaction says of itself: how many entries were left out, and a heading. */
const MARK_CHARS = 80;

export class PromptBuilder {
  readonly #options: PromptBuilderOptions;
  readonly #examples: Turn[];
  /** An epoch that the server knows of, and the session's log not yet: nothing was asked so far. */
  #prepared: NewEpoch | undefined;
  /** The record that was found to be what this version sends. */
  #checked: EpochRecord | undefined;

  constructor(options: PromptBuilderOptions) {
    this.#options = options;
    this.#examples = buildExamples(options.tools);
  }

  /** The workspace as the model knows it; undefined where it has been told of none yet. */
  get knownWorkspace(): Snapshot | undefined {
    return this.#options.session.state.told ?? this.#prepared?.snapshot;
  }

  /**
   * Makes sure that an epoch goes on with these settings, and writes one that begins to the log.
   * `snapshot` is what it tells of the workspace then.
   */
  ensureEpoch(snapshot: Snapshot, call: CallSettings): void {
    const why = this.#whyNew(call);
    if (why !== undefined) this.#begin(this.#newEpoch(snapshot, call, why));
  }

  /** What a prompt begins with before anything was asked: sent ahead, it warms the server's cache. */
  prepare(snapshot: Snapshot, call: CallSettings): Turn[] {
    const why = this.#whyNew(call);
    this.#prepared = why && this.#newEpoch(snapshot, call, why);
    const turns = allTurns(this.build(snapshot));
    // Of a resumed conversation, all up to its last reply.
    return turns.slice(0, turns.findLastIndex(({ role }) => role === 'assistant') + 1);
  }

  /** A request comes: the epoch that was prepared goes to the log. */
  beginPrepared(): void {
    if (this.#prepared) this.#begin(this.#prepared);
  }

  /** Forgets the prepared epoch: it was built from a conversation that has just been cleared. */
  discardPrepared(): void {
    this.#prepared = undefined;
  }

  /** The prompt as it stands. Where no epoch goes on, as one would begin with this workspace. */
  build(snapshot: Snapshot): Prompt {
    const { state } = this.#options.session;
    const epoch = this.#prepared ?? state.epoch?.record;
    return epoch ? promptOf(epoch, state) : this.#fresh(snapshot, state);
  }

  /** Characters of the conversation. */
  get conversationChars(): number {
    const { state } = this.#options.session;
    return charsOf(turnsOf(state, state.epoch?.memory ?? memoryFor(state)));
  }

  /**
   * Plans a compaction of the conversation down to `target` characters; undefined where there is
   * nothing to leave out. Nothing is changed yet.
   * @param limit characters that there is room for
   */
  plan(target: number, limit = Number.POSITIVE_INFINITY): Compaction | undefined {
    const { entries, memory } = this.#options.session.state;
    // Memory will be sent, and stand beside what stays.
    const room = Math.max(0, limit - renderMemory(memory).length - MARK_CHARS);
    const plan = planCompaction(entries, { target, limit: room, sizeOf });
    const { whole, dropped, newest_chars } = plan;
    const isNothing = dropped === 0 && newest_chars === undefined && whole >= entries.length;
    return isNothing ? undefined : plan;
  }

  /** The prompt as it would be after a compaction. */
  preview(plan: Compaction, snapshot: Snapshot): Prompt {
    return this.#fresh(snapshot, this.#compacted(plan));
  }

  /** Characters that a compaction would save; it may also add some, for memory and its mark. */
  saving(plan: Compaction): number {
    const compacted = this.#compacted(plan);
    return this.conversationChars - charsOf(turnsOf(compacted, memoryFor(compacted)));
  }

  /** Carries a compaction out; the next prompt begins an epoch. Returns the characters saved. */
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

  /** Why the epoch that is recorded cannot go on; undefined where it can. */
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
   * What is sent comes from this version, never from a log: a file in the repository must not be
   * able to bring a system turn. A recorded text only tells whether it was the same.
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

/** The prompt of an epoch that begins with this, and has come so far. */
export function promptOf(
  { system, examples, memory }: Pick<EpochRecord, 'system' | 'examples' | 'memory'>,
  shown: Shown,
): Prompt {
  return { system, examples, memory, conversation: turnsOf(shown, memory) };
}

/** Whether an epoch's prompts were sent to the same model in the same way. */
function isSentAs(epoch: NewEpoch, { model, numCtx, rendering }: CallSettings): boolean {
  const { route, template, bos, think } = epoch;
  const isSame = isDeepStrictEqual(
    withoutGaps({ route, template, bos, think }),
    withoutGaps(rendering),
  );
  return isSame && epoch.model === model && epoch.num_ctx === numCtx;
}

/** As it comes back from a log, which has no undefined values. */
function withoutGaps(value: object): unknown {
  return JSON.parse(JSON.stringify(value));
}
