/** Plays the replies of a recording as a model, and follows what comes of them. */
import type { AgentEvent } from '../../agent/events.ts';
import { ModelError } from '../../model/model-error.ts';
import type { Model } from '../../model/model.ts';
import { ScriptedModel, type ScriptedModelOptions } from '../../model/scripted.ts';
import type { RecordedReply, RecordedRequest, RecordedResult } from '../../session/recording.ts';
import { counted } from '../../util/counted.ts';
import { differenceOf } from './difference.ts';

const NO_REPLY = 'The recording has no further reply to this request.';

/** No result of ours is longer: one that a short root fills would become longer than a text can be. */
const MOST_CHARS = 1_000_000;

/** Replies, and how many of them were given. */
interface Reel {
  replies: readonly RecordedReply[];
  given: number;
}

/** How a recording is played. */
interface PlayerOptions extends Pick<ScriptedModelOptions, 'pauseMs'> {
  name: string;
  /** The root of the recorded workspace, and of this one: results may name them. */
  roots: { recorded: string; now: string };
}

/** Gives the recorded replies, one request at a time. */
export class Player {
  readonly model: Model;
  /** How many results differed so far. */
  differences = 0;
  readonly #roots: PlayerOptions['roots'];
  #request: Reel = { replies: [], given: 0 };
  /** The replies of the delegate that may run now. */
  #child: Reel | undefined;

  constructor({ name, roots, pauseMs = 0 }: PlayerOptions) {
    this.#roots = roots;
    const next = (isHeld: boolean) => this.#next(isHeld);
    this.model = {
      name,
      settings: {},
      contextLength: () => Promise.resolve(undefined),
      rendering: () => Promise.resolve({ route: 'chat' }),
      async *generate(request, signal) {
        const reply = next(request.format !== undefined);
        const { text, thought, doneReason, failure } = reply;
        const script = new ScriptedModel([{ text, thought, doneReason }], { pauseMs });
        const generation = yield* script.generate(request, signal);
        if (doneReason === 'interrupted') throw new ModelError('interrupted', 'Interrupted.');
        if (failure === undefined) return generation;
        throw new ModelError('protocol', `The recorded call failed: ${failure}`);
      },
    };
  }

  /** From now on the replies are those to this request. */
  begin({ replies }: RecordedRequest): void {
    this.#request = { replies, given: 0 };
    this.#child = undefined;
  }

  /** What the person had added to the request after the last result; once. */
  takeHeard(): string | undefined {
    const heard = lastOf(this.#request)?.heard.splice(0).join('\n');
    return heard === '' ? undefined : heard;
  }

  /** Follows the request. Returns what the person should know, in one clause, if anything. */
  follow(event: AgentEvent, depth: 0 | 1): string | undefined {
    switch (event.type) {
      case 'tool_start':
        return depth === 0 ? this.#beginChild() : undefined;
      case 'tool_end': {
        const reel = depth === 0 ? this.#request : this.#child;
        if (depth === 0) this.#child = undefined;
        return this.#compare(reel && lastOf(reel)?.result, event.content);
      }
      case 'final': {
        const left = this.#request.replies.length - this.#request.given;
        if (depth === 1 || event.reason === 'interrupted' || left === 0) return undefined;
        return `${counted(left, 'recorded reply', 'recorded replies')} left out: the request ended earlier than in the recording`;
      }
      default:
        return undefined;
    }
  }

  /** A call begins; if it starts a delegate, that is asked until the call ends. */
  #beginChild(): string | undefined {
    const result = lastOf(this.#request)?.result;
    this.#child = { replies: result?.childReplies ?? [], given: 0 };
    if (result?.child === undefined || result.childReplies) return undefined;
    return "the delegate's log is not beside the recording: only its answer is replayed";
  }

  #compare(recorded: RecordedResult | undefined, now: string): string | undefined {
    const difference = recorded
      ? differenceOf(moved(recorded.content, this.#roots), now)
      : 'the recording has no result of this call';
    if (difference !== undefined) this.differences++;
    return difference;
  }

  /** @throws ModelError where there is no further reply, or it came without the `format` */
  #next(isHeld: boolean): RecordedReply {
    const reel = this.#child ?? this.#request;
    const reply = reel.replies[reel.given] ?? (this.#child && answerOf(this.#request));
    if (!reply) throw new ModelError('protocol', NO_REPLY);
    if (isHeld && !reply.isConstrained) {
      throw new ModelError('format_refused', 'The recorded reply is not held to a schema.');
    }
    reel.given++;
    return reply;
  }
}

function lastOf({ replies, given }: Reel): RecordedReply | undefined {
  return replies[given - 1];
}

/** What the delegate told the request's call, as its only reply. */
function answerOf(request: Reel): RecordedReply {
  const told = lastOf(request)?.result?.content.replace(/^delegate_result:\n/, '') ?? NO_REPLY;
  const text = `<final>${told}</final>`;
  return { text, thought: '', doneReason: 'stop', isConstrained: false, heard: [] };
}

/** A recorded text as it would be in this workspace. */
function moved(text: string, { recorded, now }: PlayerOptions['roots']): string {
  const isUsual = recorded.length > 1 && text.length <= MOST_CHARS;
  return isUsual ? text.replaceAll(recorded, () => now) : text;
}
