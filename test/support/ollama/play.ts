/** Plays a scripted reply: its pieces, its pace, and the ways in which it can go wrong. */
import type http from 'node:http';
import { setImmediate as turn, setTimeout as delay } from 'node:timers/promises';
import type { WholeReply } from './script.ts';
import { tokensOf } from './tokenizer.ts';
import { beginStream, closeOf, NDJSON, written } from './wire.ts';

/** What the last part of a reply tells. Counts that are zero or undefined are left out. */
export interface Ending {
  reason: string;
  context?: number[] | undefined;
  counts: Record<string, number | undefined>;
}

/** A reply on the wire, in the form of one kind of server. */
export interface PlayedStream {
  readonly contentType: string;
  /** Nothing more can be sent. */
  readonly isOver: boolean;
  piece(text: string): void;
  /** The bytes of a piece that no parser looks at. */
  rawLine(text: string): string;
  /** Sends what tells the end. */
  done(ending: Ending): void;
  /** Ends the reply, whether or not it has told so. */
  end(): void;
}

export interface PlayOptions {
  /** The text ends before the first of these. */
  stops: readonly string[];
  /** The text ends after this many tokens; undefined: there is no limit. */
  limit?: number | undefined;
  /** Leaves the client time between two pieces to end the reply. */
  listens: boolean;
  /** Is told each piece that was sent. */
  onPiece: (piece: string) => void;
  /** What the last line tells. */
  ending: (reason: string) => Ending;
}

/** Plays a reply to its end. An endless one continues until the client disconnects. */
export async function play(
  response: http.ServerResponse,
  stream: PlayedStream,
  reply: WholeReply,
  options: PlayOptions,
): Promise<void> {
  const closed = closeOf(response);
  if (response.destroyed) return;
  if (reply.silent) return closed;
  if (reply.bytes !== undefined) {
    response.socket?.write(reply.bytes);
    return closed;
  }
  if (reply.status !== undefined || reply.raw) {
    await answer(response, reply, stream.contentType);
    return reply.stall ? closed : undefined;
  }
  const { parts, reason } = cut(reply, options);
  if (reply.endless && reason === undefined) {
    repeat(response, stream, reply.text ?? '', options.onPiece);
    return closed;
  }
  let last = '';
  let again = 0;
  for (const piece of parts) {
    if (typeof piece !== 'string') {
      await piece;
      continue;
    }
    if (reply.paceMs) await delay(reply.paceMs);
    else if (options.listens) await turn();
    if (stream.isOver) return;
    again = piece.trim() === last ? again + 1 : 0;
    last = piece.trim();
    // The server takes this for a loop: it stops, and the last line never comes. A text has no
    // own tokens to count: whether it repeats itself must not depend on how it is cut.
    if (reply.parts && again > REPEATS) return stream.end();
    stream.piece(piece);
    options.onPiece(piece);
  }
  if (stream.isOver) return;
  if (reply.stall) return closed;
  if (reply.breakOff) {
    // Only once everything has left: a connection that is destroyed drops what it has not sent.
    beginStream(response, 200, stream.contentType);
    await written(response, '\n');
    response.destroy();
    return;
  }
  if (reply.withoutDone) stream.end();
  else stream.done(options.ending(reason ?? reply.doneReason ?? 'stop'));
}

/** After this many repetitions of a piece the server stops. */
const REPEATS = 30;

/** How a text is cut where a reply does not say how. */
const PIECES = /[\s\S]{1,12}/gu;

type Parts = readonly (string | Promise<unknown>)[];

/** The pieces of a reply up to a stop sequence or the limit, and why it ends there. */
function cut(reply: WholeReply, { stops, limit }: PlayOptions): { parts: Parts; reason?: string } {
  const parts: Parts = reply.parts ?? reply.text?.match(PIECES) ?? [];
  const said = parts.filter((part) => typeof part === 'string').join('');
  // An endless text may have the stop sequence where it begins again.
  const text = reply.endless ? said + said : said;
  const stop = Math.min(...stops.map((mark) => text.indexOf(mark)).filter((at) => at >= 0));
  const most = limit === undefined ? Infinity : tokensOf(text).slice(0, limit).join('').length;
  if (stop > text.length && most >= text.length) return { parts };
  const end = Math.min(stop, most);
  const reason = stop <= most ? 'stop' : 'length';
  const whole = reply.endless ? [...parts, ...parts] : parts;
  let room = end;
  const kept: (string | Promise<unknown>)[] = [];
  for (const part of whole) {
    if (room <= 0) break;
    kept.push(typeof part === 'string' ? part.slice(0, room) : part);
    if (typeof part === 'string') room -= part.length;
  }
  return { parts: kept, reason };
}

/** Repeats the text until the client disconnects. */
function repeat(
  response: http.ServerResponse,
  stream: PlayedStream,
  text: string,
  onPiece: (piece: string) => void,
): void {
  const lines = (text.match(/[\s\S]{1,12}/gu) ?? []).map((piece) => stream.rawLine(piece));
  const page = lines.join('').repeat(1_000);
  beginStream(response, 200, stream.contentType);
  const more = () => {
    if (response.destroyed) return;
    onPiece(text.repeat(1_000));
    response.write(page, () => setImmediate(more));
  };
  more();
}

/** Answers with a status and a body, or with raw chunks, whatever they are. */
export async function answer(
  response: http.ServerResponse,
  reply: WholeReply,
  contentType = NDJSON,
): Promise<void> {
  if (reply.status !== undefined) {
    const type = reply.contentType ?? 'application/json; charset=utf-8';
    response.writeHead(reply.status, { 'content-type': type, ...reply.headers });
    response.end(reply.body ?? '');
    return;
  }
  beginStream(response, 200, reply.contentType ?? contentType);
  for await (const chunk of reply.raw ?? []) {
    if (response.destroyed) return;
    if (typeof chunk === 'string' || Buffer.isBuffer(chunk)) await written(response, chunk);
  }
  if (reply.breakOff) response.destroy();
  else if (reply.stall) response.flushHeaders();
  else response.end();
}
