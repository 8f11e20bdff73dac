/** What happens after an unusable reply: what the model is told, and how it is asked again. */
import type { EchoSource } from '../reply/echo.ts';
import type { Malformed, Reply } from '../reply/reply.ts';
import { replySchema } from '../reply/schema.ts';
import { judgeReply, type UnreadReply } from './judge-reply.ts';
import { enlarged, type ReplyRoom } from './reply-room.ts';
import { DO_LESS, replyAsJson, roomFor, type CallableTool } from './retry-advice.ts';

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

  /** Reads a raw reply. @param echo gives what it must not merely repeat; called only if needed */
  read(raw: UnreadReply, echo: () => EchoSource): Reply {
    const reply = judgeReply(raw, this.#tools, echo);
    if (reply.type === 'call') this.#unusable = 0;
    if (reply.type !== 'malformed' || reply.announcement === undefined) return reply;
    // Announced twice, it is the answer.
    if (this.#hasAnnounced) return { type: 'final', text: reply.announcement };
    this.#hasAnnounced = true;
    return reply;
  }

  /** What the model is told after a call that no tool accepts. @param meant the tool it meant */
  adviseOnCall(meant: string | undefined): string {
    this.#unusable++;
    return replyAsJson(meant, this.#tools);
  }

  /** What the model is told about a malformed reply. @param numCtx the window in tokens */
  adviseOn(reply: Malformed, numCtx: number): string {
    if (reply.cutOff && reply.isCall) return this.#enlarge(numCtx);
    this.#unusable++;
    const length = reply.cutOff ? `${this.#enlarge(numCtx)} ` : '';
    return `${length}${replyAsJson(reply.tool, this.#tools)}`;
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
