/**
 * Requests to a server of models, by node:http. Node's own fetch gives up after 300 s without a
 * header, and a server may send none before the first token; an undici Agent lifts that limit but
 * costs about 150 ms at startup. This waits as long as it is told and follows no redirects. Requests
 * share the connections of Node's own agent, which are closed after 5 s without one.
 */
import http from 'node:http';
import { ModelError } from '../model-error.ts';
import { AnsweredError } from './answered-error.ts';

/** An error page is read up to here: so many bytes, and so many chunks, which may be tiny. */
const MAX_ERROR = { bytes: 64 * 1024, chunks: 1_000 };
/** Statuses such as 103 (Early Hints) before the answer's own; there is hardly ever more than one. */
const MAX_EARLY_STATUSES = 100;
/** Milliseconds that the end of an answer may take once it is whole. */
const END_MS = 500;

/** Of the name of a compression. */
const MAX_CODING_CHARS = 40;

/** What is asked: GET without a body, unless it says otherwise. */
export interface HttpRequest {
  method?: string | undefined;
  headers: http.OutgoingHttpHeaders;
  body?: string | undefined;
}

/** An answer with a status of 2xx. */
export interface HttpAnswer {
  status: number;
  /** As the server names it; empty if it does not. */
  contentType: string;
  /**
   * The body as it comes. Leave it once it is whole: the server then has a moment to end it, so that
   * the connection serves the next request. Abort the request to close it at once.
   * @throws ModelError if it breaks off
   */
  body: AsyncGenerator<Buffer>;
}

/**
 * Sends a request, which ends when `signal` aborts. However long an answer takes in all, it is read.
 * @param timeoutMs how long the server may send nothing, in milliseconds
 * @throws AnsweredError at another status than 2xx; ModelError without host and model, `timeout`
 *   after a silence; what node:http says of a connection that fails
 */
export async function exchange(
  url: string,
  asked: HttpRequest,
  signal: AbortSignal,
  timeoutMs: number,
): Promise<HttpAnswer> {
  const first = await attempt(url, asked, signal, timeoutMs);
  if (first !== 'stale') return first;
  const second = await attempt(url, asked, signal, timeoutMs, false);
  if (second !== 'stale') return second;
  throw new Error('a connection that was just made is not stale');
}

/**
 * Sends a request once.
 * @param agent false: on a connection of its own
 * @returns `stale` if the connection served an earlier request, and closed before it had an answer to
 *   this one: the server has most likely closed it while it was idle
 * @throws as `exchange`
 */
function attempt(
  url: string,
  { method = 'GET', headers, body }: HttpRequest,
  signal: AbortSignal,
  timeoutMs: number,
  agent?: false,
): Promise<HttpAnswer | 'stale'> {
  return new Promise((resolve, reject) => {
    // Loaded only where it is needed: it brings all of TLS.
    const isSecure = url.startsWith('https:');
    const { request: start } = isSecure ? process.getBuiltinModule('node:https') : http;
    const request = start(url, {
      method,
      headers,
      agent,
      timeout: timeoutMs, // from before the connection is made, as setTimeout() would not
    });
    let broken = new ModelError('protocol', 'broke off its reply');
    let isBroken = false;
    let heardBefore = 0;
    request.on('socket', (socket) => {
      heardBefore = socket.bytesRead;
      socket.setTimeout(timeoutMs); // the agent may leave the one that a server announced for idle ones
    });
    const hasHeard = () => request.socket?.bytesRead !== heardBefore;
    // Destroyed without the error: Node may have nobody left who would hear it.
    const breakOff = (why: ModelError) => {
      broken = why;
      isBroken = true;
      reject(why);
      request.destroy();
    };
    const abort = () => breakOff(new ModelError('interrupted', 'Interrupted.'));
    signal.addEventListener('abort', abort);
    request.on('close', () => signal.removeEventListener('abort', abort));
    request.on('timeout', () => {
      breakOff(new ModelError('timeout', `was silent for ${Math.round(timeoutMs / 1000)} s`));
    });
    let earlyStatuses = 0;
    request.on('information', () => {
      if (++earlyStatuses < MAX_EARLY_STATUSES) return;
      breakOff(new ModelError('protocol', 'sent no answer after its early statuses'));
    });
    request.on('upgrade', ({ statusCode }, socket) => {
      socket.destroy();
      reject(new AnsweredError(statusCode, ''));
    });
    request.on('error', (error) => {
      const mayBeStale = request.reusedSocket && !isBroken && !hasHeard() && isClosed(error);
      if (mayBeStale) return resolve('stale');
      if (isReset(error)) broken = new ModelError('protocol', 'reset the connection');
      reject(isReset(error) ? broken : error);
    });
    // However a request may end without an answer, its caller hears of it.
    const closed = () => reject(broken);
    request.on('close', closed);
    request.on('response', (response) => {
      request.off('close', closed);
      response.on('error', () => undefined); // who still reads it hears it too
      const status = response.statusCode ?? 0;
      if (status === 101) {
        reject(new AnsweredError(status, ''));
        return void request.destroy(); // it has no end
      }
      if (status < 200 || status > 299) {
        readText(response).then(
          (text) => reject(new AnsweredError(status, text)),
          () => reject(broken),
        );
        return;
      }
      const { 'content-type': contentType = '', 'content-encoding': coding = 'identity' } =
        response.headers;
      if (coding !== 'identity') {
        // Any words of the server's are told whole, or not at all: half a key could not be found.
        const how = coding.length > MAX_CODING_CHARS ? '' : ` (${coding})`;
        const what = `sent a compressed answer${how}, which was not asked for`;
        return breakOff(new ModelError('protocol', what));
      }
      resolve({ status, contentType, body: chunksOf(response, () => broken) });
    });
    if (signal.aborted) abort();
    else request.end(body);
  });
}

/** A body as it comes. One that is cut short says only "aborted". @throws `whyBroken()` then */
async function* chunksOf(
  response: http.IncomingMessage,
  whyBroken: () => ModelError,
): AsyncGenerator<Buffer> {
  try {
    yield* response.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>;
  } catch {
    throw whyBroken();
  } finally {
    if (!response.readableEnded && !response.destroyed) awaitEnd(response);
  }
}

/** Drops what still comes, and closes the connection if that does not end soon. */
function awaitEnd(response: http.IncomingMessage): void {
  const late = setTimeout(() => response.destroy(), END_MS);
  response.on('close', () => clearTimeout(late));
  response.resume();
}

/** Whether the other side has closed a connection, in whatever moment of sending. */
function isClosed(error: Error): boolean {
  return 'code' in error && (error.code === 'ECONNRESET' || error.code === 'EPIPE');
}

/** Node uses the same code for a connection that was only closed, but then no system call failed. */
function isReset(error: Error): boolean {
  return 'code' in error && error.code === 'ECONNRESET' && 'syscall' in error;
}

async function readText(response: http.IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of response as AsyncIterable<Buffer>) {
    chunks.push(chunk);
    bytes += chunk.length;
    if (bytes > MAX_ERROR.bytes || chunks.length > MAX_ERROR.chunks) break;
  }
  return Buffer.concat(chunks).toString('utf8');
}
