/** One reply on the wire, by /api/generate or /api/chat, in lines or as one object. */
import type http from 'node:http';
import { ParserError, type NativeCall, type OutputFilter } from './output-filter.ts';
import { PLAIN } from './thoughts.ts';
import type { Ending, PlayedStream } from './play.ts';
import { beginStream, goJson, NDJSON, now, sendJson } from './wire.ts';

export interface ReplyShape {
  isChat: boolean;
  /** false: one object, when all is there. */
  isStream: boolean;
  /** Something looks for calls or thoughts; pieces in which nothing is left are not sent. */
  filter?: OutputFilter | undefined;
  /** The request lists tools; without them, /api/chat in one object drops the calls. */
  hasTools: boolean;
  /** `model`, and what else comes at the beginning of each line. */
  stamp: Record<string, unknown>;
}

export class ReplyStream implements PlayedStream {
  readonly contentType = NDJSON;
  readonly #response: http.ServerResponse;
  readonly #shape: ReplyShape;
  /** What was collected for an answer in one object. */
  readonly #whole = { content: '', thinking: '', calls: [] as NativeCall[] };
  /** The calls that ended in the newest piece, and how many ended before. */
  #newest: NativeCall[] = [];
  #callsBefore = 0;

  constructor(response: http.ServerResponse, shape: ReplyShape) {
    this.#response = response;
    this.#shape = shape;
  }

  get isOver(): boolean {
    return this.#response.destroyed || this.#response.writableEnded;
  }

  /** Sends what the filter leaves of a piece. */
  piece(text: string): void {
    const output = this.#filtered(text, false);
    if (!output) return;
    const { content, thinking, calls } = output;
    this.#callsBefore += this.#newest.length;
    this.#newest = calls;
    this.#collect(output);
    const shown = content || thinking || (this.#shape.isChat && calls.length > 0);
    if (this.#shape.isStream && (shown || !this.#shape.filter)) {
      this.#line(this.#object({ content, thinking, calls: this.#shape.isChat ? calls : [] }));
    }
  }

  /** The line for a piece that no filter looks at. */
  rawLine(text: string): string {
    return `${goJson(this.#object({ content: text, thinking: '', calls: [] }))}\n`;
  }

  /** Sends the last line, or the one object. */
  done({ reason, context, counts }: Ending): void {
    const output = this.#filtered('', true);
    if (!output) return;
    this.#collect(output);
    const { isChat, isStream, hasTools } = this.#shape;
    const kept = Object.entries(counts).filter(([, value]) => value);
    const rest = {
      done: true,
      done_reason: reason,
      ...(!isChat && context && { context }),
      ...Object.fromEntries(kept),
    };
    // /api/generate keeps a call only if it ended with the reply.
    const last = [...(isChat ? [] : this.#newest), ...output.calls];
    if (isStream) return this.#end({ ...output, calls: last }, rest);
    this.#end({ ...this.#whole, calls: isChat && hasTools ? this.#whole.calls : last }, rest);
  }

  /** Ends the reply, whether or not it has had its last line. */
  end(): void {
    if (this.isOver) return;
    if (!this.#shape.isStream) return this.#end({ ...this.#whole, calls: [] }, { done: false });
    beginStream(this.#response, 200, NDJSON);
    this.#response.end();
  }

  /** An error: with its own status before anything was sent, later as a line in the stream. */
  fail(message: string, status = 500): void {
    const error = { error: message };
    if (!this.#shape.isStream) return sendJson(this.#response, status, error);
    if (!this.#response.headersSent) beginStream(this.#response, status, 'application/json');
    this.#response.end(this.#response.statusCode === status ? goJson(error) : `${goJson(error)}\n`);
  }

  #filtered(text: string, isDone: boolean) {
    try {
      return (this.#shape.filter ?? PLAIN).add(text, isDone);
    } catch (error) {
      if (!(error instanceof ParserError)) throw error;
      this.fail(error.message);
      return undefined;
    }
  }

  #collect({
    content,
    thinking,
    calls,
  }: {
    content: string;
    thinking: string;
    calls: NativeCall[];
  }) {
    this.#whole.content += content;
    this.#whole.thinking += thinking;
    this.#whole.calls.push(...calls);
  }

  #end(output: Said, rest: Record<string, unknown>): void {
    const last = this.#object(output, rest);
    if (!this.#shape.isStream) return sendJson(this.#response, 200, last);
    this.#line(last);
    this.#response.end();
  }

  #line(value: unknown): void {
    beginStream(this.#response, 200, NDJSON);
    this.#response.write(`${goJson(value)}\n`);
  }

  #object({ content, thinking, calls }: Said, rest: Record<string, unknown> = { done: false }) {
    const native = calls.map((call, at) => this.#native(call, this.#callsBefore + at));
    const thoughts = thinking && { thinking };
    const named = native.length > 0 && { tool_calls: native };
    const head: Record<string, unknown> = { ...this.#shape.stamp, created_at: now() };
    if (!this.#shape.isChat) return { ...head, response: content, ...thoughts, ...rest, ...named };
    const message = { role: 'assistant', content, ...thoughts, ...named };
    return { ...head, message, ...rest };
  }

  #native(call: NativeCall, index: number) {
    const named = { function: { index, name: call.name, arguments: call.arguments } };
    return this.#shape.isChat ? { id: `call_${String(index).padStart(8, '0')}`, ...named } : named;
  }
}

interface Said {
  content: string;
  thinking: string;
  calls: NativeCall[];
}
