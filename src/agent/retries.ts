/** What follows an unusable reply: what the model is told, and how it is asked again. */
import type * as z from 'zod';
import { isEcho, type Told } from '../reply/echo.ts';
import { parseReply } from '../reply/parse.ts';
import { malformed, type Reply, type ToolShape } from '../reply/reply.ts';
import { replySchema } from '../reply/schema.ts';

/** What has to be known of a tool to ask for a call of it. */
export interface CallableTool extends ToolShape {
  readonly name: string;
  readonly schema: z.ZodObject;
  /** A valid reply that calls it. */
  readonly example: string;
}

/** A reply as the model made it, and how it ended; see `Generation` in `model/model.ts`. */
export interface RawReply {
  text: string;
  doneReason: string;
  fault?: string | undefined;
}

/** Tokens a reply may have at first, and at most: replies that are cut off get more room. */
export interface ReplyRoom {
  first: number;
  most: number;
}

/**
 * After so many unusable replies in a row, the next one is held to a JSON Schema: of small
 * models' replies after a first bad one, 78 of 90 are valid with it and 20 of 90 without.
 */
const CONSTRAINED_AFTER = 1;
/** After so many replies that need more room than there is, more of them will not help. */
const MAX_CUT_OFFS = 2;

export class Retries {
  readonly #tools: ReadonlyMap<string, CallableTool>;
  readonly #room: ReplyRoom;
  #numPredict: number;
  /** Unusable replies in a row. */
  #unusable = 0;
  /** Replies of this request that were cut off though they could not have more room. */
  #cutOffs = 0;
  /** The model has announced an action in this request and then not acted. */
  #hasAnnounced = false;
  #schema: Record<string, unknown> | undefined;

  constructor(tools: readonly CallableTool[], room: ReplyRoom) {
    this.#tools = new Map(tools.map((tool) => [tool.name, tool]));
    this.#room = room;
    this.#numPredict = room.first;
  }

  beginRequest(): void {
    this.#numPredict = this.#room.first;
    this.#unusable = 0;
    this.#cutOffs = 0;
    this.#hasAnnounced = false;
  }

  /** The room of the next reply, in tokens. */
  get numPredict(): number {
    return this.#numPredict;
  }

  /** The JSON Schema that the next reply is to be held to, if the ones before left no other way. */
  get format(): Record<string, unknown> | undefined {
    if (this.#unusable < CONSTRAINED_AFTER) return undefined;
    return (this.#schema ??= replySchema([...this.#tools.values()]));
  }

  /** More replies will not help: they do not end in the room there is. */
  get isOutOfRoom(): boolean {
    return this.#cutOffs >= MAX_CUT_OFFS;
  }

  /** Reads a raw reply; `told` is what an answer must not merely repeat. */
  read({ text, doneReason, fault }: RawReply, told?: () => Told): Reply {
    const reply = this.#parse(text, doneReason, fault);
    if (reply.type === 'call') this.#unusable = 0;
    if (reply.type === 'final' && told && isEcho(reply.text, told())) {
      return malformed('the reply only repeated a line of the instructions or of the request');
    }
    if (reply.type !== 'malformed' || reply.announcement === undefined) return reply;
    // Said again, it is the answer.
    if (this.#hasAnnounced) return { type: 'final', text: reply.announcement };
    this.#hasAnnounced = true;
    return reply;
  }

  #parse(text: string, doneReason: string, fault: string | undefined): Reply {
    if (fault !== undefined) return malformed(fault);
    if (doneReason === 'loop') return malformed('the reply repeated itself');
    if (doneReason === 'cut') return malformed('the reply broke off');
    return parseReply(text, this.#tools, doneReason === 'length');
  }

  /** A call was refused for its name or its arguments: the next reply is held to the schema, too. */
  countUnusable(): void {
    this.#unusable++;
  }

  /**
   * What the model is told of a malformed reply: how a valid one looks, or how much room it has.
   * @param numCtx the context window in tokens
   */
  adviseOn(reply: Reply & { type: 'malformed' }, numCtx: number): string {
    if (reply.cutOff && reply.isCall) return this.#adviseOnLength(numCtx);
    this.#unusable++;
    const length = reply.cutOff ? `${this.#adviseOnLength(numCtx)} ` : '';
    const [first] = this.#tools.values();
    const { example = '' } = this.#tools.get(reply.tool ?? '') ?? first ?? {};
    const json = asJson(parseReply(example, this.#tools));
    return `${length}Reply with JSON alone: one tool call, such as ${json}, or {"final":"your answer"}.`;
  }

  /** A reply that was cut off gets more room, unless the user has set a limit. */
  #adviseOnLength(numCtx: number): string {
    const { first, most } = this.#room;
    // The room of the reply is taken from the prompt's: no more than a quarter of the window.
    const bound = Math.min(most, Math.max(first, Math.floor(numCtx / 4)));
    const more = Math.min(bound, 2 * this.#numPredict);
    if (more <= this.#numPredict) {
      this.#cutOffs++;
      return 'Do less in one reply: write a long file in pieces, answer more briefly.';
    }
    this.#numPredict = more;
    return `Your next reply has room for ${more} tokens.`;
  }
}

function asJson(reply: Reply): string {
  return reply.type === 'call' ? JSON.stringify({ name: reply.name, args: reply.args }) : '';
}
