/** One reply on the wire, as llama-server streams it. */
import type http from 'node:http';
import type { Ending, PlayedStream } from '../ollama/play.ts';
import { beginStream } from '../ollama/wire.ts';

const EVENTS = 'text/event-stream';

/** An object as an event. */
export function eventOf(value: unknown): string {
  return `data: ${JSON.stringify(value)}\n\n`;
}

/** A part of a reply. */
export function chunkOf(model: string, delta: object, finish_reason: string | null = null) {
  return { choices: [{ finish_reason, index: 0, delta }], ...stamp(model) };
}

function stamp(model: string) {
  return {
    created: 1_795_874_647,
    id: 'chatcmpl-04UtQ2Bg8TZABNbc5Dibe9wYGiwCRy9N',
    model,
    system_fingerprint: 'b0-unknown',
    object: 'chat.completion.chunk',
  };
}

export class ChatStream implements PlayedStream {
  readonly contentType = EVENTS;
  readonly #response: http.ServerResponse;
  readonly #model: string;
  readonly #tellsCached: boolean;

  constructor(response: http.ServerResponse, model: string, tellsCached: boolean) {
    this.#response = response;
    this.#model = model;
    this.#tellsCached = tellsCached;
  }

  get isOver(): boolean {
    return this.#response.destroyed || this.#response.writableEnded;
  }

  piece(text: string): void {
    this.#begin();
    this.#response.write(this.rawLine(text));
  }

  rawLine(text: string): string {
    return eventOf(chunkOf(this.#model, { content: text }));
  }

  done({ reason, counts }: Ending): void {
    this.#begin();
    const { prompt = 0, cached = 0, reply = 0 } = counts;
    const last = {
      choices: [],
      ...stamp(this.#model),
      usage: {
        completion_tokens: reply,
        prompt_tokens: prompt,
        total_tokens: prompt + reply,
        prompt_tokens_details: this.#tellsCached ? { cached_tokens: cached } : null,
      },
      ...(this.#tellsCached && { timings: timings(prompt, cached, reply) }),
    };
    this.#response.write(eventOf(chunkOf(this.#model, {}, reason)) + eventOf(last));
    this.#response.end('data: [DONE]\n\n');
  }

  end(): void {
    if (this.isOver) return;
    this.#begin();
    this.#response.end();
  }

  #begin(): void {
    if (this.#response.headersSent) return;
    beginStream(this.#response, 200, EVENTS);
    this.#response.write(eventOf(chunkOf(this.#model, { role: 'assistant', content: null })));
  }
}

/** Milliseconds, one for each token. */
function timings(prompt: number, cached: number, reply: number) {
  const evaluated = prompt - cached;
  return {
    cache_n: cached,
    prompt_n: evaluated,
    prompt_ms: evaluated,
    prompt_per_token_ms: 1,
    prompt_per_second: 1_000,
    predicted_n: reply,
    predicted_ms: reply,
    predicted_per_token_ms: 1,
    predicted_per_second: 1_000,
  };
}
