/**
 * A `fetch` for the npm client, built on node:http. Node's own fetch gives up after 300 s without a
 * header, and Ollama sends none before the first token; an undici Agent lifts that limit but costs
 * about 150 ms at startup. This one waits as long as it is told, follows no redirects, and passes
 * only well-formed answers on, because the client prints what it cannot read.
 */
import http from 'node:http';
import https from 'node:https';
import { ModelError } from '../model-error.ts';

/** A larger reply or line is refused: 8 MiB is far above what num_predict allows. */
const MAX_BODY_BYTES = 8 * 1024 * 1024;
const MAX_ERROR_BYTES = 64 * 1024;

/** The server answered with a status other than 2xx. `body` is the start of its text, about 64 KiB. */
export class HttpStatusError extends Error {
  readonly status: number;
  readonly body: string;
  constructor(status: number, body: string) {
    super(`HTTP ${status}`);
    this.status = status;
    this.body = body;
  }
}

/** What the client uses of a Response. A real one would load Node's fetch: 30 ms at startup. */
interface AnswerStream {
  ok: true;
  status: number;
  body: { getReader(): { read(): Promise<IteratorResult<Uint8Array>>; releaseLock(): void } };
  json(): Promise<unknown>;
}

/**
 * Makes a fetch whose requests end when `signal` aborts, and fail with a ModelError of kind
 * `timeout` if the server sends nothing for `timeoutMs` milliseconds.
 * @param maxBytes the most that a whole answer may have; a line never has more than 8 MiB
 */
export function createFetch(
  signal: AbortSignal,
  timeoutMs: number,
  maxBytes = MAX_BODY_BYTES,
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
      request.on('timeout', () => {
        broken = new ModelError('timeout', `was silent for ${Math.round(timeoutMs / 1000)} s`);
        request.destroy(broken);
      });
      request.on('error', reject);
      request.on('response', (response) => {
        const status = response.statusCode ?? 0;
        if (status < 200 || status > 299) {
          readText(response).then(
            (text) => reject(new HttpStatusError(status, text)),
            () => reject(broken),
          );
          return;
        }
        // A response that is cut short says only "aborted".
        resolve(
          streamOf(
            jsonLines(response, maxBytes, () => broken),
            status,
          ),
        );
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

function streamOf(lines: AsyncGenerator<Uint8Array>, status: number): AnswerStream {
  return {
    ok: true,
    status,
    body: { getReader: () => ({ read: () => lines.next(), releaseLock: () => undefined }) },
    async json() {
      const { value } = await lines.next();
      if (!value) throw new ModelError('protocol', 'sent an empty answer');
      return JSON.parse(Buffer.from(value).toString('utf8'));
    },
  };
}

async function readText(response: http.IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of response as AsyncIterable<Buffer>) {
    chunks.push(chunk);
    size += chunk.length;
    if (size > MAX_ERROR_BYTES) break;
  }
  return Buffer.concat(chunks).toString('utf8');
}

/**
 * Passes a body of JSON lines on, line by line.
 * @throws ModelError at the first line that is not JSON, or `whyBroken()` if the body is cut short
 */
async function* jsonLines(
  response: http.IncomingMessage,
  maxBytes: number,
  whyBroken: () => ModelError,
): AsyncGenerator<Uint8Array> {
  const decoder = new TextDecoder();
  const encoder = new TextEncoder();
  let rest = '';
  let size = 0;
  try {
    for await (const chunk of response as AsyncIterable<Buffer>) {
      size += chunk.length;
      if (size > maxBytes || rest.length > MAX_BODY_BYTES) {
        throw new ModelError('protocol', 'sent a reply without an end');
      }
      const lines = (rest + decoder.decode(chunk, { stream: true })).split('\n');
      rest = lines.pop() ?? '';
      for (const line of lines) if (line.trim()) yield encoder.encode(checkJson(line) + '\n');
    }
  } catch (error) {
    throw error instanceof ModelError ? error : whyBroken();
  }
  rest += decoder.decode();
  if (rest.trim()) yield encoder.encode(checkJson(rest) + '\n');
}

function checkJson(line: string): string {
  try {
    const value: unknown = JSON.parse(line);
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return line;
  } catch {
    // Fall through: what is not JSON is refused like JSON of another kind.
  }
  throw new ModelError('protocol', `sent what is not an answer: ${line.slice(0, 200)}`);
}
