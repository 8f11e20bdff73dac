/**
 * Cache epochs: when one has to begin, and what its prompts start with. One begins at the start, a
 * reset, a compaction, a change of model, and if this version has other rules than the one that began
 * the last. Its record in the session has all that a resume needs to send the same bytes.
 */
import { isDeepStrictEqual } from 'node:util';
import { resultChars } from '../context/result-room.ts';
import type { ContextWindow } from '../context/window.ts';
import type { Turn } from '../model/model.ts';
import type { Rendering } from '../model/rendering.ts';
import type { EpochRecord, NewRecord } from '../records.ts';
import type { Session } from '../session/session.ts';
import { memoryFor, type SessionState } from '../session/state.ts';
import type { Tool } from '../tools/tool.ts';
import { renderWorkspace } from '../workspace/render.ts';
import type { Snapshot } from '../workspace/snapshot.ts';
import { buildExamples } from './examples.ts';
import { buildSystem } from './prefix.ts';
import type { PromptStart } from './prompt.ts';

/** How the model is called; another call setting needs a new epoch. */
export interface CallSettings {
  model: string;
  settings: EpochRecord['settings'];
  /** The context window in tokens. */
  numCtx: number;
  rendering: Rendering;
}

/** An epoch's record before it is written. */
export type NewEpoch = Extract<NewRecord, { type: 'epoch' }>;

/** What the epochs of an agent are made of. */
export interface EpochParts {
  session: Session;
  window: Pick<ContextWindow, 'numCtx'>;
  tools: readonly Tool[];
  /** The agent is a delegate and is told that it can only read. */
  readOnly: boolean;
  /** The program's version. */
  version: string;
}

/** Decides when an epoch of a session begins, and writes its start. */
export class Epochs {
  readonly #parts: EpochParts;
  readonly #examples: Turn[];
  /** The epoch's record that was found to match what this version sends. */
  #checked: EpochRecord | undefined;

  constructor(parts: EpochParts) {
    this.#parts = parts;
    this.#examples = buildExamples(parts.tools);
  }

  /** What prompts would start with, if an epoch began with this workspace and this state. */
  startOf(snapshot: Snapshot, state: SessionState): PromptStart {
    const system = this.#system(snapshot, this.#parts.window.numCtx);
    return { system, examples: this.#examples, memory: memoryFor(state) };
  }

  /** The epoch that has to begin; undefined if the current one can continue with these settings. */
  due(snapshot: Snapshot, call: CallSettings): NewEpoch | undefined {
    const why = this.#whyNew(call);
    if (why === undefined) return undefined;
    const { session, version } = this.#parts;
    const { model, settings, numCtx, rendering } = call;
    return {
      type: 'epoch',
      why,
      version,
      model,
      system: this.#system(snapshot, numCtx),
      examples: this.#examples,
      memory: memoryFor({ ...session.state, numCtx }),
      num_ctx: numCtx,
      settings,
      snapshot,
      ...rendering,
    };
  }

  /** Why the recorded epoch cannot continue; undefined if it can. */
  #whyNew(call: CallSettings): EpochRecord['why'] | undefined {
    const { epoch, ended } = this.#parts.session.state;
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
      record.system === this.#system(record.snapshot, record.num_ctx) &&
      isDeepStrictEqual(record.examples, this.#examples) &&
      record.memory === memory
    );
  }

  /** Instructions for agents get as much of the window as a result does. */
  #system(snapshot: Snapshot, numCtx: number): string {
    const { tools, readOnly } = this.#parts;
    const workspace = renderWorkspace(snapshot, resultChars(numCtx));
    return buildSystem({ tools, readOnly, workspace });
  }
}

/** Whether an epoch's prompts went to the same model in the same way. */
function isSentAs(epoch: NewEpoch, { model, numCtx, rendering }: CallSettings): boolean {
  const { route, template, bos } = epoch;
  const isSame = isDeepStrictEqual(withoutGaps({ route, template, bos }), withoutGaps(rendering));
  return isSame && epoch.model === model && epoch.num_ctx === numCtx;
}

/** The value as it comes back from a log, without undefined members. */
function withoutGaps(value: object): unknown {
  return JSON.parse(JSON.stringify(value));
}
