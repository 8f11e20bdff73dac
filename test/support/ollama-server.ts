/**
 * A scripted server that speaks Ollama's wire format over real HTTP. Tests start it in their own
 * process; `npm run fake-ollama` starts it as a program, so that a person can try the agent.
 */
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';

/** What the server does with one /api/generate call. A string is a whole reply, streamed. */
export type ScriptedReply =
  | string
  | {
      text?: string;
      doneReason?: string;
      promptEvalCount?: number | undefined;
      /** Answers with this status and body instead of a stream. */
      status?: number;
      body?: string;
      contentType?: string;
      headers?: Record<string, string>;
      /** Sends these raw chunks as the body and ends, whatever they are; waits where one is a promise. */
      raw?: Iterable<unknown> | AsyncIterable<unknown>;
      /** Destroys the connection after the text or the raw chunks instead of ending the stream. */
      breakOff?: boolean;
      /** Ends the stream without its last, `done` line. */
      withoutDone?: boolean;
      /** Sends nothing, not even headers, until the client goes away. */
      silent?: boolean;
      /** Sends the text or the raw chunks and then nothing more, until the client goes away. */
      stall?: boolean;
      /** Sends the text again and again, until the client goes away. */
      endless?: boolean;
      /** Milliseconds before each piece of the text. */
      paceMs?: number;
    };

/** A reply that calls a tool, in the JSON form. */
export function toolCall(name: string, args: Record<string, unknown> = {}): string {
  return `<tool>${JSON.stringify({ name, args })}</tool>`;
}

/** A reply that answers. */
export function final(text: string): string {
  return `<final>${text}</final>`;
}

/** A reply that pauses after its first part until `until` settles. */
export function inTwoParts(first: string, until: Promise<unknown>, rest: string): ScriptedReply {
  const line = (response: string, done = false) =>
    `${JSON.stringify({ model: 'scripted', response, done })}\n`;
  return { raw: [line(first), until, line(rest), line('', true)] };
}

/** Where a prompt's tail begins: all before it may only grow while a conversation goes on. */
const TAIL = '\n\nCurrent user request:\n';

/** A prompt without its tail. */
export function promptHead(prompt: string): string {
  return prompt.slice(0, prompt.lastIndexOf(TAIL));
}

/** The transcript as the model saw it. */
export function transcriptOf(prompt: string): string {
  const head = promptHead(prompt);
  return head.slice(head.indexOf('\nTranscript:\n') + '\nTranscript:\n'.length);
}

export interface GenerateCall {
  body: Record<string, unknown>;
  /** The prompt that was sent. */
  prompt: string;
  headers: http.IncomingHttpHeaders;
  /** Settles when the connection has closed, however it did. */
  closed: Promise<void>;
}

export interface FakeOllama {
  /** `http://127.0.0.1:PORT` */
  url: string;
  /** Every /api/generate call so far. */
  calls: GenerateCall[];
  /** Every /api/pull so far: the model, and when its connection closed. */
  pulls: { model: string; closed: Promise<void> }[];
  /** Paths of all requests so far. */
  paths: string[];
  /** Settles when the call with this index (0 is the first) has arrived. */
  arrived(index: number): Promise<GenerateCall>;
  /** Adds replies to the script. */
  push(...replies: ScriptedReply[]): void;
  close(): Promise<void>;
}

export interface FakeOllamaOptions {
  port?: number;
  /** The context length that /api/show tells; null: the server has no such route. */
  contextLength?: number | null;
  /** Nothing is answered before this settles. */
  answersAfter?: Promise<unknown>;
  /** Models that are there; undefined: any. A pull adds to them. */
  models?: string[];
  /** How a pull goes, as for a reply; without it, a model of one layer comes at once. */
  pull?: (model: string) => WholeReply;
  /** What to reply when the script is at its end. */
  whenEmpty?: (call: GenerateCall) => ScriptedReply;
  /** Counts the tokens of prompts; without it, only replies that say so report a count. */
  charsPerToken?: number;
}

export async function startFakeOllama(
  script: ScriptedReply[] = [],
  options: FakeOllamaOptions = {},
): Promise<FakeOllama> {
  const replies = [...script];
  const calls: GenerateCall[] = [];
  const pulls: FakeOllama['pulls'] = [];
  const paths: string[] = [];
  const waiting: { index: number; resolve: (call: GenerateCall) => void }[] = [];

  const server = http.createServer((request, response) => {
    paths.push(request.url ?? '');
    void Promise.all([readBody(request), options.answersAfter]).then(([text]) => {
      const body = (text ? JSON.parse(text) : {}) as Record<string, unknown>;
      const model = String(body['model'] ?? body['name']);
      if (request.url === '/api/tags') {
        const models = options.models ?? ['qwen3.5:4b'];
        sendJson(response, 200, { models: models.map((name) => ({ name, size: 3_400_000_000 })) });
      } else if (request.url === '/api/pull') {
        pulls.push({ model, closed: closeOf(response) });
        const pulled = options.pull?.(model) ?? { raw: WHOLE_PULL };
        void answer(response, model, pulled).then(() => {
          if (response.writableEnded) options.models?.push(model);
        });
      } else if (options.models && !options.models.includes(model)) {
        sendJson(response, 404, { error: `model '${model}' not found` });
      } else if (request.url === '/api/show' && options.contextLength !== null) {
        const length = options.contextLength ?? 32_768;
        const info = { 'general.architecture': 'fake', 'fake.context_length': length };
        sendJson(response, 200, { model_info: info });
      } else if (request.url === '/api/generate') {
        const prompt = String(body['prompt']);
        const { headers } = request;
        const call = { body, prompt, headers, closed: closeOf(response) };
        calls.push(call);
        for (const { index, resolve } of waiting) if (index === calls.length - 1) resolve(call);
        // A call for one token only warms the cache: it takes no reply of the script.
        const isWarmUp =
          (body['options'] as { num_predict?: number } | undefined)?.num_predict === 1;
        const next = isWarmUp ? WARM_UP : (replies.shift() ?? options.whenEmpty?.(call));
        const empty = { status: 500, body: '{"error":"the script is empty"}' };
        const { charsPerToken } = options;
        const promptEvalCount = charsPerToken && Math.ceil(call.prompt.length / charsPerToken);
        void answer(response, model, { promptEvalCount, ...wholeReply(next ?? empty) });
      } else {
        response.writeHead(404, { 'content-type': 'text/plain' }).end('404 page not found');
      }
    });
  });
  await new Promise<void>((resolve) => server.listen(options.port ?? 0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    calls,
    pulls,
    paths,
    arrived(index) {
      const call = calls[index];
      return call
        ? Promise.resolve(call)
        : new Promise((resolve) => waiting.push({ index, resolve }));
    },
    push: (...more) => void replies.push(...more),
    close() {
      server.closeAllConnections();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}

export type WholeReply = Exclude<ScriptedReply, string>;

/** The lines of a pull, each an object of Ollama's. */
export function pullLines(...lines: Record<string, unknown>[]): string[] {
  return lines.map((line) => `${JSON.stringify(line)}\n`);
}

const LAYER = { status: 'pulling 3e4cb1417446', digest: 'sha256:3e4c', total: 3_400_000_000 };
const WHOLE_PULL = pullLines(
  { status: 'pulling manifest' },
  LAYER,
  { ...LAYER, completed: 3_400_000_000 },
  { status: 'verifying sha256 digest' },
  { status: 'writing manifest' },
  { status: 'success' },
);

const WARM_UP: ScriptedReply = { text: '', doneReason: 'length' };

function wholeReply(reply: ScriptedReply): WholeReply {
  return typeof reply === 'string' ? { text: reply } : reply;
}

async function answer(
  response: http.ServerResponse,
  model: string,
  reply: WholeReply,
): Promise<void> {
  if (reply.silent) return;
  if (reply.status !== undefined) {
    const contentType = reply.contentType ?? 'application/json';
    response.writeHead(reply.status, { 'content-type': contentType, ...reply.headers });
    response.end(reply.body ?? '');
    return;
  }
  response.writeHead(200, { 'content-type': 'application/x-ndjson' });
  if (reply.raw) {
    for await (const chunk of reply.raw) {
      if (response.destroyed) return;
      if (typeof chunk === 'string' || Buffer.isBuffer(chunk)) await written(response, chunk);
    }
    if (reply.breakOff) response.destroy();
    else if (reply.stall) response.flushHeaders();
    else response.end();
    return;
  }
  const stamp = { model, created_at: '2026-01-01T00:00:00Z' };
  const pieces = (reply.text?.match(/[\s\S]{1,12}/g) ?? []).map(
    (piece) => `${JSON.stringify({ ...stamp, response: piece, done: false })}\n`,
  );
  if (reply.endless) {
    const page = pieces.join('').repeat(1_000);
    const more = () => void (response.destroyed || response.write(page, () => setImmediate(more)));
    more();
    return;
  }
  for (const piece of pieces) {
    if (reply.paceMs) await delay(reply.paceMs);
    response.write(piece);
  }
  if (reply.stall) return;
  if (reply.breakOff) {
    // Only once everything has left: a connection that is destroyed drops what it has not sent.
    response.write('\n', () => response.destroy());
    return;
  }
  if (!reply.withoutDone) {
    const counts = {
      prompt_eval_count: reply.promptEvalCount,
      eval_count: Math.ceil((reply.text?.length ?? 0) / 4),
      prompt_eval_duration: 2_000_000,
      eval_duration: 1_000_000,
    };
    const done = { done: true, done_reason: reply.doneReason ?? 'stop', ...counts };
    response.write(`${JSON.stringify({ ...stamp, response: '', ...done })}\n`);
  }
  response.end();
}

/** Settles when the connection has closed, however it did. */
function closeOf(response: http.ServerResponse): Promise<void> {
  return new Promise((resolve) => response.once('close', () => resolve()));
}

/** Settles when a chunk has left for the client, or cannot any more. */
function written(response: http.ServerResponse, chunk: string | Buffer): Promise<void> {
  return new Promise((resolve) => response.write(chunk, () => resolve()));
}

function sendJson(response: http.ServerResponse, status: number, value: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(value));
}

async function readBody(request: http.IncomingMessage): Promise<string> {
  let text = '';
  for await (const chunk of request.setEncoding('utf8')) text += chunk as string;
  return text;
}
