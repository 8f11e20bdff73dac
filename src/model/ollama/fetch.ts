/**
 * A `fetch` for the npm client. It passes only well-formed answers on, because the client prints
 * what it cannot read.
 */
import type http from 'node:http';
import type { AnswerLimits } from '../http/lines.ts';
import { exchange } from '../http/transport.ts';
import { ModelError } from '../model-error.ts';
import { jsonLines } from './json-lines.ts';

/** What the client uses of a Response. A real one would load Node's fetch: 30 ms at startup. */
interface AnswerStream {
  ok: true;
  status: number;
  body: { getReader(): { read(): Promise<IteratorResult<Uint8Array>>; releaseLock(): void } };
  json(): Promise<unknown>;
}

/** How the client calls its fetch. */
interface ClientRequest {
  method?: string;
  headers: http.OutgoingHttpHeaders;
  body?: string;
}

/**
 * Makes a fetch whose requests end when `signal` aborts, and fail with a ModelError of kind
 * `timeout` if the server sends nothing for `timeoutMs` milliseconds.
 */
export function createFetch(
  signal: AbortSignal,
  timeoutMs: number,
  limits: AnswerLimits,
): typeof fetch {
  const send = async (url: string, { method, headers, body }: ClientRequest) => {
    const answer = await exchange(url, { method, headers, body }, signal, timeoutMs);
    return streamOf(jsonLines(answer.body, limits, signal), answer.status);
  };
  // The client calls it with a URL string and uses nothing of the answer but AnswerStream.
  return send as unknown as typeof fetch;
}

function streamOf(lines: AsyncGenerator<Uint8Array>, status: number): AnswerStream {
  return {
    ok: true,
    status,
    body: { getReader: () => ({ read: () => lines.next(), releaseLock: () => undefined }) },
    async json() {
      const { value } = await lines.next();
      await lines.return(undefined);
      if (!value) throw new ModelError('protocol', 'sent an empty answer');
      return JSON.parse(Buffer.from(value).toString('utf8'));
    },
  };
}
