/**
 * A meter between a client and the server of the model: it passes everything on and counts the model
 * calls. So this program and the original are counted in the same way.
 */
import { once } from 'node:events';
import http from 'node:http';
import https from 'node:https';
import type { AddressInfo } from 'node:net';
import * as z from 'zod';
import { isOpenai, parseHost } from '../../src/model/http/host.ts';
import { Tally, type Cost } from './tally.ts';

/** A meter that runs. */
export interface Meter {
  /** The address for clients. */
  url: string;
  /** What the calls since the last time cost. */
  take(): Cost;
  /** Why the server could not be reached, if it could not. */
  readonly failure: string | undefined;
  close(): Promise<void>;
}

/** A model call, as far as it matters here: the rest of it is passed on. */
const bodySchema = z.looseObject({
  prompt: z.string().optional(),
  messages: z.array(z.object({ content: z.string() })).default([]),
  options: z.looseObject({}).optional(),
});
type Body = z.infer<typeof bodySchema>;

/** Starts a meter. @param seed is sent with each model call, so that a run can be repeated */
export async function startMeter(host: string, seed: number): Promise<Meter> {
  const asked = parseHost(host);
  const { headers } = asked;
  // Clients name the end of the address, too.
  const base = isOpenai(asked) ? '/v1' : '';
  const url = asked.url.slice(0, asked.url.length - base.length);
  const { request: send } = url.startsWith('https:') ? https : http;
  const tally = new Tally();
  let failure: string | undefined;

  async function pass(request: http.IncomingMessage, response: http.ServerResponse) {
    const given = Buffer.concat(await request.toArray());
    const body = modelCallOf(request.url, given);
    const { prompt, messages = [] } = body ?? {};
    const seeded = body && (base ? { ...body, seed } : withOption(body, { seed }));
    const sent = seeded ? Buffer.from(JSON.stringify(seeded)) : given;
    const type = request.headers['content-type'];
    const upstream = send(`${url}${request.url ?? '/'}`, {
      method: request.method ?? 'GET',
      headers: { ...headers, ...(type && { 'content-type': type }), 'content-length': sent.length },
    });
    response.on('close', () => upstream.destroy());
    upstream.end(sent);
    const [answer] = (await once(upstream, 'response')) as [http.IncomingMessage];
    const { statusCode = 502 } = answer;
    response.writeHead(statusCode, {
      'content-type': answer.headers['content-type'] ?? 'application/json',
    });
    const isCounted = body !== undefined && statusCode === 200;
    const note = isCounted
      ? tally.begin(prompt ?? messages.map(({ content }) => content).join('\n'))
      : () => undefined;
    let rest = '';
    for await (const chunk of answer.setEncoding('utf8') as AsyncIterable<string>) {
      response.write(chunk);
      const lines = `${rest}${chunk}`.split('\n');
      rest = lines.pop() ?? '';
      lines.forEach(note);
    }
    note(rest);
    response.end();
  }

  const server = http.createServer((request, response) => {
    pass(request, response).catch((error: unknown) => {
      // Where the client has hung up, nothing is wrong.
      if (!response.destroyed) failure = error instanceof Error ? error.message : String(error);
      response.destroy();
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}${base}`,
    take: () => tally.take(),
    get failure() {
      return failure;
    },
    async close() {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
}

/** The routes that make replies. */
const MODEL_CALLS: ReadonlySet<string> = new Set([
  '/api/generate',
  '/api/chat',
  '/v1/chat/completions',
]);

function withOption(body: Body, option: Record<string, unknown>): Body {
  return { ...body, options: { ...body.options, ...option } };
}

/** Undefined for everything that makes no reply, such as a question how turns are rendered. */
function modelCallOf(path: string | undefined, body: Buffer): Body | undefined {
  if (path === undefined || !MODEL_CALLS.has(path)) return undefined;
  const parsed = bodySchema.safeParse(jsonIn(body));
  const isReplied = parsed.success && parsed.data['_debug_render_only'] !== true;
  return isReplied ? parsed.data : undefined;
}

function jsonIn(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString('utf8'));
  } catch {
    return undefined; // the server says what is wrong with it
  }
}
