/**
 * The next prompt of a conversation. Within an epoch it is the one before without its tail, plus
 * what is new, plus a new tail; only that end is evaluated again. An epoch begins at a start, a
 * resume, a reset and a compaction.
 */
import { planCompaction } from '../context/compact.ts';
import type { PromptSections } from '../context/meter.ts';
import { Transcript } from '../context/transcript.ts';
import { renderMemory } from '../session/memory.ts';
import type { Session } from '../session/session.ts';
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

export class Prompter {
  readonly #options: PrompterOptions;
  readonly #transcript = new Transcript();
  /** What stays for the epoch. */
  #epoch: { prefix: string; memory: string } | undefined;

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
    const { session, tools, readOnly } = this.#options;
    this.#epoch ??= {
      prefix: buildPrefix({ tools, workspace: renderWorkspace(snapshot), readOnly }),
      memory: renderMemory(session.state.memory),
    };
    const transcript = transcriptSection(this.#transcript.entries(session.state));
    const sections = { ...this.#epoch, transcript, tail };
    return { text: assemblePrompt(sections), sections };
  }

  /** What a prompt begins with before anything was said: sent ahead, it warms the server's cache. */
  buildOpening(snapshot: Snapshot): string {
    return this.build('', snapshot).text.trimEnd() + '\n';
  }

  get transcriptChars(): number {
    return transcriptSection(this.#transcript.entries(this.#options.session.state)).length;
  }

  /**
   * Brings the transcript down to `target` characters, or as near as the newest entry allows, and
   * begins an epoch. Returns the characters saved; none: there was nothing to leave out.
   */
  compact(target: number): number {
    const { session } = this.#options;
    const before = this.transcriptChars;
    const sizeOf = (entry: Parameters<Transcript['render']>[0]) =>
      this.#transcript.render(entry).length + 1;
    const plan = planCompaction(session.state.entries, target, sizeOf);
    if (plan.dropped === 0 && plan.whole >= session.state.entries.length) return 0;
    session.record({ type: 'compaction', ...plan });
    this.beginEpoch();
    return Math.max(0, before - this.transcriptChars);
  }
}
