/**
 * A `fetch` for the npm client, built on node:http. Node's own fetch gives up after 300 s without a
 * header, and Ollama sends none before the first token; an undici Agent lifts that limit but costs
 * about 150 ms at startup. This one waits as long as it is told, follows no redirects, and passes
 * only well-formed answers on, because the client prints what it cannot read.
 */
import http from 'node:http';
import https from 'node:https';
import { ModelError } from '../model-error.ts';
import { AnsweredError } from './answered-error.ts';
import { jsonLines, type AnswerLimits } from './json-lines.ts';

/** An error page is read up to here: so many bytes, and so many chunks, which may be tiny. */
const MAX_ERROR = { bytes: 64 * 1024, chunks: 1_000 };
/** Statuses such as 103 (Early Hints) before the answer's own; there is hardly ever more than one. */
const MAX_EARLY_STATUSES = 100;

/** What the client uses of a Response. A real one would load Node's fetch: 30 ms at startup. */
interface AnswerStream {
  ok: true;
  status: number;
  body: { getReader(): { read(): Promise<IteratorResult<Uint8Array>>; releaseLock(): void } };
  json(): Promise<unknown>;
}

/**
 * Makes a fetch whose requests end when `signal` aborts, and fail with a ModelError of kind
 * `timeout` if the server sends nothing for `timeoutMs` milliseconds. However long an answer takes
 * in all, it ends only by its limits.
 */
export function createFetch(
  signal: AbortSignal,
  timeoutMs: number,
  limits: AnswerLimits,
): typeof fetch {
  const send = (url: string, { method, headers, body }: ClientRequest) =>
    new Promise<AnswerStream>((resolve, reject) => {
      const { request: start } = url.startsWith('https:') ? https : http;
      // A new connection each time: a kept-alive one may close under our feet.
      const request = start(url, {
        method: method ?? 'GET',
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
      request.on('error', reject);
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
        const chunks = chunksOf(response, () => broken);
        resolve(streamOf(jsonLines(chunks, limits, signal), status));
      });
      request.end(body);
    });
  // The client calls it with a URL string and uses nothing of the answer but AnswerStream.
  return send as unknown as typeof fetch;
}

/** How the client calls its fetch. */
interface ClientRequest {
  method?: string;
  headers: http.OutgoingHttpHeaders;
  body?: string;
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

function streamOf(lines: AsyncGenerator<Uint8Array>, status: number): AnswerStream {
  return {
    ok: true,
    status,
    body: { getReader: () => ({ read: () => lines.next(), releaseLock: () => undefined }) },
    async json() {
      const { value } = await lines.next();
      await lines.return(undefined); // closes the connection: the server may leave it open
      if (!value) throw new ModelError('protocol', 'sent an empty answer');
      return JSON.parse(Buffer.from(value).toString('utf8'));
    },
  };
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
