/**
 * The next prompt of a conversation. Within an epoch it is the one before without its tail, plus
 * what is new, plus a new tail; only that end is evaluated again. An epoch begins at a start, a
 * resume, a reset and a compaction.
 */
import { planCompaction } from '../context/compaction.ts';
import type { PromptSections } from './cache-stats.ts';
import { Transcript } from '../context/transcript.ts';
import { renderMemory } from '../session/memory.ts';
import {
  compactEntries,
  type Compaction,
  type Session,
  type SessionState,
  type TranscriptEntry,
} from '../session/session.ts';
import type { Tool } from '../tools/tool.ts';
import { renderWorkspace } from '../workspace/render.ts';
import type { Snapshot } from '../workspace/snapshot.ts';
import { buildPrefix } from './prefix.ts';
import { assemblePrompt, transcriptSection } from './prompt.ts';

export interface BuiltPrompt {
  text: string;
  sections: PromptSections;
}

export interface PrompterOptions {
  session: Session;
  tools: readonly Tool[];
  /** The agent is a delegate, and is told that it may only read. */
  readOnly: boolean;
}

/** What of a session the transcript shows. */
type Shown = Pick<SessionState, 'entries' | 'dropped'>;

type Epoch = Pick<PromptSections, 'prefix' | 'memory'>;

export class Prompter {
  readonly #options: PrompterOptions;
  readonly #transcript = new Transcript();
  /** What stays for the epoch. */
  #epoch: Epoch | undefined;

  constructor(options: PrompterOptions) {
    this.#options = options;
  }

  /** True once a prompt of this epoch was built: the model has been told of the workspace. */
  get hasBegun(): boolean {
    return this.#epoch !== undefined;
  }

  beginEpoch(): void {
    this.#epoch = undefined;
  }

  build(tail: string, snapshot: Snapshot): BuiltPrompt {
    this.#epoch ??= this.#openEpoch(snapshot);
    return this.#assemble(this.#epoch, this.#options.session.state, tail);
  }

  /** What a prompt begins with before anything was said: sent ahead, it warms the server's cache. */
  buildOpening(snapshot: Snapshot): string {
    const { sections } = this.build('', snapshot);
    return [sections.prefix, sections.memory, `${sections.transcript}\n`].join('\n\n');
  }

  get transcriptChars(): number {
    return this.#transcriptOf(this.#options.session.state).length;
  }

  /**
   * Plans a compaction of the transcript down to `target` characters, or as near as the newest
   * entry allows; undefined where there is nothing to leave out. Nothing is changed yet.
   */
  plan(target: number): Compaction | undefined {
    const { entries } = this.#options.session.state;
    const sizeOf = (entry: TranscriptEntry) => this.#transcript.render(entry).length + 1;
    const plan = planCompaction(entries, target, sizeOf);
    return plan.dropped === 0 && plan.whole >= entries.length ? undefined : plan;
  }

  /** The prompt as it would be after a compaction. */
  preview(plan: Compaction, tail: string, snapshot: Snapshot): BuiltPrompt {
    return this.#assemble(this.#openEpoch(snapshot), this.#compacted(plan), tail);
  }

  /** Characters that a compaction would save; it may also add some, for the mark that it leaves. */
  saving(plan: Compaction): number {
    return this.transcriptChars - this.#transcriptOf(this.#compacted(plan)).length;
  }

  /** Carries a compaction out, and begins an epoch. Returns the characters saved. */
  compact(plan: Compaction): number {
    const before = this.transcriptChars;
    this.#options.session.record({ type: 'compaction', ...plan });
    this.beginEpoch();
    return before - this.transcriptChars;
  }

  #compacted(plan: Compaction): Shown {
    const { state } = this.#options.session;
    const entries = compactEntries(state.entries, plan);
    return { entries, dropped: state.dropped + state.entries.length - entries.length };
  }

  #transcriptOf(shown: Shown): string {
    return transcriptSection(this.#transcript.entries(shown));
  }

  #openEpoch(snapshot: Snapshot): Epoch {
    const { session, tools, readOnly } = this.#options;
    return {
      prefix: buildPrefix({ tools, workspace: renderWorkspace(snapshot), readOnly }),
      memory: renderMemory(session.state.memory),
    };
  }

  #assemble(epoch: Epoch, shown: Shown, tail: string): BuiltPrompt {
    const transcript = this.#transcriptOf(shown);
    const sections = { ...epoch, transcript, tail };
    return { text: assemblePrompt(sections), sections };
  }
}
