/** What happens after an unusable reply: what the model is told, and how it is asked again. */
import type * as z from 'zod';
import type { Generation } from '../model/model.ts';
import { isEcho, type EchoSource } from '../reply/echo.ts';
import { parseReply } from '../reply/parse.ts';
import { malformed, type Reply, type ToolShape } from '../reply/reply.ts';
import { replySchema } from '../reply/schema.ts';

/** What must be known of a tool to ask for a call of it. */
interface CallableTool extends ToolShape {
  readonly name: string;
  readonly schema: z.ZodObject;
  /** A valid reply that calls it. */
  readonly example: string;
}

/** Tokens a reply may have at first, and at most: replies that are cut off get more room. */
export interface ReplyRoom {
  first: number;
  most: number;
}

const FIRST_TOKENS = 512;
const MOST_TOKENS = 4_096;

/** The room of replies. @param limit tokens that no reply may exceed, where the user set a limit */
export function replyRoom(limit?: number): ReplyRoom {
  return { first: limit ?? FIRST_TOKENS, most: limit ?? MOST_TOKENS };
}

/**
 * After so many unusable replies in a row, the next one is held to a JSON Schema. Measured with
 * small models: of 90 replies after a first bad one, 78 are valid with it and 20 without.
 */
const CONSTRAINED_AFTER = 1;
/** After so many replies that were cut off with all the room there is, the request ends. */
const MAX_CUT_OFFS = 2;

/** Keeps count of a request's unusable replies and decides how the model is asked again. */
export class Retries {
  readonly #tools: ReadonlyMap<string, CallableTool>;
  readonly #room: ReplyRoom;
  #numPredict: number;
  /** Unusable replies in a row. */
  #unusable = 0;
  /** Replies of this request that were cut off with all the room there is. */
  #cutOffs = 0;
  /** The model has announced an action in this request without acting. */
  #hasAnnounced = false;
  #schema: Record<string, unknown> | undefined;

  constructor(tools: readonly CallableTool[], room: ReplyRoom) {
    this.#tools = new Map(tools.map((tool) => [tool.name, tool]));
    this.#room = room;
    this.#numPredict = room.first;
  }

  /** Forgets the replies of the request before. */
  beginRequest(): void {
    this.#numPredict = this.#room.first;
    this.#unusable = 0;
    this.#cutOffs = 0;
    this.#hasAnnounced = false;
  }

  /** The most tokens that the next reply may have. */
  get numPredict(): number {
    return this.#numPredict;
  }

  /** The JSON Schema for the next reply, where the ones before were unusable. */
  get format(): Record<string, unknown> | undefined {
    if (this.#unusable < CONSTRAINED_AFTER) return undefined;
    return (this.#schema ??= replySchema([...this.#tools.values()]));
  }

  /** More replies will not help: they do not fit in the room there is. */
  get isOutOfRoom(): boolean {
    return this.#cutOffs >= MAX_CUT_OFFS;
  }

  /** Reads a raw reply. @param echo what an answer must not merely repeat, asked for when needed */
  read({ text, doneReason, fault }: Omit<Generation, 'usage'>, echo?: () => EchoSource): Reply {
    const reply = this.#parse(text, doneReason, fault);
    if (reply.type === 'call') this.#unusable = 0;
    if (reply.type === 'final' && echo && isEcho(reply.text, echo())) {
      return malformed('the reply only repeated a line of the instructions or of the request');
    }
    if (reply.type !== 'malformed' || reply.announcement === undefined) return reply;
    // Announced twice, it is the answer.
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

  /** A call was refused for its name or its arguments, which also calls for the schema. */
  countUnusable(): void {
    this.#unusable++;
  }

  /**
   * What the model is told about a malformed reply: what a valid one looks like, or how much room
   * it has.
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
    // What the reply gets, the prompt loses: no more than a quarter of the window.
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
