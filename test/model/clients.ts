/** The clients of the two kinds of servers, to be treated alike by a server that fails. */
import { expect } from 'vitest';
import { parseHost, type Host } from '../../src/model/http/host.ts';
import type { Model } from '../../src/model/model.ts';
import { ModelError } from '../../src/model/model-error.ts';
import { OllamaServer } from '../../src/model/ollama/server.ts';
import { OpenaiServer } from '../../src/model/openai/server.ts';
import type { ModelServer } from '../../src/model/server.ts';
import type { ScriptedReply } from '../support/ollama-server.ts';
import { chunkOf, eventOf } from '../support/openai-server.ts';
import { openaiServer, scriptedServer } from '../support/program.ts';
import { never } from '../support/workspace.ts';
import { modelAt, REQUEST } from './ollama/model-at.ts';
import { openaiAt } from './openai/openai-at.ts';

interface Settings {
  host?: Host;
  timeoutMs?: number;
  model?: string;
  key?: string;
}

/** A server that is scripted, as far as both kinds have it. */
interface Served {
  url: string;
  calls: { closed: Promise<void> }[];
  push(...replies: ScriptedReply[]): void;
  close(): Promise<void>;
}

export interface Client {
  name: string;
  serve(script?: ScriptedReply[]): Promise<Served>;
  at(url: string, settings?: Settings): Model;
  server(host: Host): ModelServer;
  /** Where a server at this address has its routes. */
  base(url: string): string;
  /** A part of a reply on the wire. */
  part(text: string): string;
  /** An object on the wire, within a reply. */
  line(json: string): string;
  /** What is said of a server that does not run. */
  notRunning: string;
}

export const OLLAMA: Client = {
  name: "Ollama's",
  serve: scriptedServer,
  at: modelAt,
  server: (host) => new OllamaServer({ host, timeoutMs: 15_000 }),
  base: (url) => url,
  part: (text) => `${JSON.stringify({ response: text, done: false })}\n`,
  line: (json) => `${json}\n`,
  notRunning: 'ollama serve is not running at',
};

export const OPENAI: Client = {
  name: "OpenAI's",
  serve: openaiServer,
  at: openaiAt,
  server: (host) => new OpenaiServer({ host, timeoutMs: 15_000 }),
  base: (url) => `${url}/v1`,
  part: (text) => eventOf(chunkOf('small:1b', { content: text })),
  line: (json) => `data: ${json}\n\n`,
  notRunning: 'No server is running at',
};

export const CLIENTS = [OLLAMA, OPENAI];

/** Runs a call that must fail; checks what every failure has in common, and returns it. */
export async function failureOf(
  client: Client,
  url: string,
  timeoutMs = 15_000,
): Promise<ModelError> {
  let failure: unknown;
  try {
    const host = parseHost(url.replace('//', '//ada:s3cret@'));
    for await (const _ of client.at(url, { host, timeoutMs }).generate(REQUEST, never));
  } catch (error) {
    failure = error;
  }
  if (!(failure instanceof ModelError)) throw new Error('no ModelError', { cause: failure });
  expect(failure.message).toContain(url);
  expect(failure.message).toContain('small:1b');
  expect(failure.message).not.toMatch(/ada|s3cret|YWRh/);
  expect(failure.message).not.toContain('\n');
  return failure;
}
