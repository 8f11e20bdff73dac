/** What happens after an unusable reply: what the model is told, and how it is asked again. */
import type { EchoSource } from '../reply/echo.ts';
import type { Malformed, Reply } from '../reply/reply.ts';
import { replySchema } from '../reply/schema.ts';
import type { ToolResult } from '../tools/tool-call.ts';
import { judgeReply, type UnreadReply } from './judge-reply.ts';
import { enlarged, type ReplyRoom } from './reply-room.ts';
import { DO_LESS, replyAsJson, roomFor, type CallableTool } from './retry-advice.ts';

/** After so many replies in a row that led to nothing, the request ends. */
const MAX_IN_VAIN = 6;
/** After so many replies that were cut off with all the room there is, the request ends. */
const MAX_CUT_OFFS = 2;

/** Keeps count of a request's unusable replies and decides how the model is asked again. */
export class Retries {
  readonly #tools: ReadonlyMap<string, CallableTool>;
  /** The tools that the next reply may call: all of them, or none. */
  #callable: ReadonlyMap<string, CallableTool>;
  readonly #room: ReplyRoom;
  #numPredict: number;
  /**
   * The next reply is held to a JSON Schema, mostly since the last one was unusable. Measured with
   * small models: of 90 replies after a first bad one, 78 are valid with it and 20 without.
   */
  #isHeld = false;
  /** Replies in a row that were unusable, or a call that was refused or only a repeat. */
  #inVain = 0;
  /** Replies of this request that were cut off with all the room there is. */
  #cutOffs = 0;
  /** The model has announced an action in this request without acting. */
  #hasAnnounced = false;

  constructor(tools: readonly CallableTool[], room: ReplyRoom) {
    this.#tools = this.#callable = new Map(tools.map((tool) => [tool.name, tool]));
    this.#room = room;
    this.#numPredict = room.first;
  }

  /** Forgets the replies of the request before. */
  beginRequest(): void {
    this.#numPredict = this.#room.first;
    this.#isHeld = false;
    this.#callable = this.#tools;
    this.#inVain = 0;
    this.#cutOffs = 0;
    this.#hasAnnounced = false;
  }

  /** The most tokens that the next reply may have. */
  get numPredict(): number {
    return this.#numPredict;
  }

  /** The JSON Schema for the next reply, where the one before was unusable or no call is left. */
  get format(): Record<string, unknown> | undefined {
    return this.#isHeld ? replySchema([...this.#callable.values()]) : undefined;
  }

  /** More replies will not help: too many have led to nothing. */
  get isInVain(): boolean {
    return this.#inVain >= MAX_IN_VAIN;
  }

  /** More replies will not help: they do not fit in the room there is. */
  get isOutOfRoom(): boolean {
    return this.#cutOffs >= MAX_CUT_OFFS;
  }

  /** Reads a raw reply. @param echo gives what it must not merely repeat; called only if needed */
  read(raw: UnreadReply, echo: () => EchoSource): Reply {
    const reply = judgeReply(raw, this.#tools, echo);
    if (reply.type !== 'malformed' || reply.announcement === undefined) return reply;
    // Announced twice, it is the answer.
    if (this.#hasAnnounced) return { type: 'final', text: reply.announcement };
    this.#hasAnnounced = true;
    return reply;
  }

  /** No tool call is left: the next reply is held to an answer. Returns how to ask for it. */
  holdToAnswer(): string {
    this.#isHeld = true;
    this.#callable = new Map();
    return replyAsJson(undefined, this.#callable);
  }

  /** What the model is told after a call, besides its result: something where no tool accepts it. */
  adviseOnCall({ unusable, isRepeat }: Partial<ToolResult>): string | undefined {
    this.#isHeld = unusable !== undefined;
    this.#inVain = this.#isHeld || isRepeat ? this.#inVain + 1 : 0;
    return unusable && replyAsJson(unusable.meant, this.#callable);
  }

  /** What the model is told about a malformed reply. @param numCtx the window in tokens */
  adviseOn(reply: Malformed, numCtx: number): string {
    this.#inVain++;
    if (reply.cutOff && reply.isCall) return this.#enlarge(numCtx);
    this.#isHeld = true;
    const length = reply.cutOff ? `${this.#enlarge(numCtx)} ` : '';
    return `${length}${replyAsJson(reply.tool, this.#callable)}`;
  }

  /** Gives the next reply more room, up to its limit, and says so. */
  #enlarge(numCtx: number): string {
    const before = this.#numPredict;
    this.#numPredict = enlarged(before, this.#room, numCtx);
    if (this.#numPredict > before) return roomFor(this.#numPredict);
    this.#cutOffs++;
    return DO_LESS;
  }
}
