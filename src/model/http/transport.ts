/**
 * Requests to a server of models, by node:http. Node's own fetch gives up after 300 s without a
 * header, and a server may send none before the first token; an undici Agent lifts that limit but
 * costs about 150 ms at startup. This waits as long as it is told and follows no redirects.
 */
import http from 'node:http';
import { ModelError } from '../model-error.ts';
import { AnsweredError } from './answered-error.ts';

/** An error page is read up to here: so many bytes, and so many chunks, which may be tiny. */
const MAX_ERROR = { bytes: 64 * 1024, chunks: 1_000 };
/** Statuses such as 103 (Early Hints) before the answer's own; there is hardly ever more than one. */
const MAX_EARLY_STATUSES = 100;

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
  /** The body as it comes. To leave it early closes the connection. @throws ModelError if it breaks off */
  body: AsyncGenerator<Buffer>;
}

/**
 * Sends a request, which ends when `signal` aborts. However long an answer takes in all, it is read.
 * @param timeoutMs how long the server may send nothing, in milliseconds
 * @throws AnsweredError at another status than 2xx; ModelError without host and model, `timeout`
 *   after a silence; what node:http says of a connection that fails
 */
export function exchange(
  url: string,
  { method = 'GET', headers, body }: HttpRequest,
  signal: AbortSignal,
  timeoutMs: number,
): Promise<HttpAnswer> {
  return new Promise((resolve, reject) => {
    // Loaded only where it is needed: it brings all of TLS.
    const isSecure = url.startsWith('https:');
    const { request: start } = isSecure ? process.getBuiltinModule('node:https') : http;
    // A new connection each time: a kept-alive one may close under our feet.
    const request = start(url, {
      method,
      headers,
      signal,
      agent: false,
      timeout: timeoutMs, // from before the connection is made, as setTimeout() would not
    });
    let broken = new ModelError('protocol', 'broke off its reply');
    const breakOff = (why: ModelError) => {
      broken = why;
      request.destroy(why);
    };
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
      if (isReset(error)) broken = new ModelError('protocol', 'reset the connection');
      reject(isReset(error) ? broken : error);
    });
    // However a request may end without an answer, its caller hears of it.
    const closed = () => reject(broken);
    request.on('close', closed);
    request.on('response', (response) => {
      request.off('close', closed);
      const status = response.statusCode ?? 0;
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
        breakOff(new ModelError('protocol', what));
        return reject(broken);
      }
      resolve({ status, contentType, body: chunksOf(response, () => broken) });
    });
    request.end(body);
  });
}

/** A body as it comes. One that is cut short says only "aborted". @throws `whyBroken()` then */
async function* chunksOf(
  response: http.IncomingMessage,
  whyBroken: () => ModelError,
): AsyncGenerator<Buffer> {
  try {
    yield* response as AsyncIterable<Buffer>;
  } catch {
    throw whyBroken();
  }
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
