/** What follows a reply that was no use: what the model is told, and how it is asked again. */
import type * as z from 'zod';
import { parseReply } from '../reply/parse.ts';
import type { Reply, ToolShape } from '../reply/reply.ts';
import { replySchema } from '../reply/schema.ts';

/** What has to be known of a tool to ask for a call of it. */
export interface CallableTool extends ToolShape {
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

/** After so many replies in a row in no valid form, the next one is held to a JSON Schema. */
const CONSTRAINED_AFTER = 2;
/** After so many replies that need more room than there is, more of them will not help. */
const MAX_CUT_OFFS = 2;

export class Retries {
  readonly #tools: ReadonlyMap<string, CallableTool>;
  readonly #room: ReplyRoom;
  #numPredict: number;
  /** Replies in a row that were in no valid form. */
  #malformed = 0;
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
    this.#malformed = 0;
    this.#cutOffs = 0;
    this.#hasAnnounced = false;
  }

  /** The room of the next reply, in tokens. */
  get numPredict(): number {
    return this.#numPredict;
  }

  /** The JSON Schema that the next reply is to be held to, if the ones before left no other way. */
  get format(): Record<string, unknown> | undefined {
    if (this.#malformed < CONSTRAINED_AFTER) return undefined;
    return (this.#schema ??= replySchema([...this.#tools.values()]));
  }

  /** More replies will not help: they do not end in the room there is. */
  get isOutOfRoom(): boolean {
    return this.#cutOffs >= MAX_CUT_OFFS;
  }

  /** Reads a raw reply; `cutOff` says that the token limit ended it. */
  read(raw: string, cutOff: boolean): Reply {
    const reply = parseReply(raw, this.#tools, cutOff);
    if (reply.type === 'call') this.#malformed = 0;
    if (reply.type !== 'malformed' || reply.announcement === undefined) return reply;
    // Said again, it is the answer.
    if (this.#hasAnnounced) return { type: 'final', text: reply.announcement };
    this.#hasAnnounced = true;
    return reply;
  }

  /**
   * What the model is told of a malformed reply: how a valid one looks, or how much room it has.
   * @param numCtx the context window in tokens
   */
  adviseOn(reply: Reply & { type: 'malformed' }, numCtx: number): string {
    if (reply.cutOff) return this.#adviseOnLength(numCtx);
    this.#malformed++;
    const [first] = this.#tools.values();
    const { example = '' } = this.#tools.get(reply.tool ?? '') ?? first ?? {};
    if (this.#malformed < CONSTRAINED_AFTER) {
      return `Reply with one tool call, such as ${example}, or with <final>your answer</final>.`;
    }
    const json = asJson(parseReply(example, this.#tools));
    return `Reply with JSON alone: one tool call, such as ${json}, or {"final":"your answer"}.`;
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
