/** A model with given replies, for tests and for replays of recorded sessions. */
import { setTimeout as delay } from 'node:timers/promises';
import { charsOf, type GenerateRequest, type Generation, type Model } from './model.ts';
import { ModelError } from './model-error.ts';
import type { Rendering } from './rendering.ts';
import type { ThoughtPiece } from './think.ts';

/** How a scripted model presents itself, and at what pace it replies. */
export interface ScriptedModelOptions {
  name?: string;
  /** Milliseconds to wait between the words of a reply, so that a person can watch it. */
  pauseMs?: number;
  /** Characters per token, for counting prompts; without it, no counts are reported. */
  charsPerToken?: number;
}

/** A reply of a scripted model: its text, or what else there is to it. */
export type ScriptedReply = string | Partial<Generation & ThoughtPiece>;

/** A model that gives the replies it was made with, one per call. */
export class ScriptedModel implements Model {
  readonly name: string;
  readonly settings = {};
  /** The calls so far, in order. */
  readonly requests: GenerateRequest[] = [];
  readonly #replies: ScriptedReply[];
  readonly #options: ScriptedModelOptions;

  constructor(replies: ScriptedReply[], options: ScriptedModelOptions = {}) {
    this.#replies = [...replies];
    this.#options = options;
    this.name = options.name ?? 'scripted';
  }

  async contextLength(): Promise<number | undefined> {
    return undefined;
  }

  async rendering(): Promise<Rendering> {
    return { route: 'chat' };
  }

  async *generate(
    request: GenerateRequest,
    signal: AbortSignal,
  ): AsyncGenerator<string | ThoughtPiece, Generation, undefined> {
    this.requests.push(request);
    const next = this.#replies.shift();
    if (next === undefined) throw new ModelError('protocol', 'The script has no reply left.');
    const {
      text = '',
      thought = '',
      ...reply
    }: Partial<Generation & ThoughtPiece> = typeof next === 'string' ? { text: next } : next;
    const { pauseMs, charsPerToken } = this.#options;
    const words = (said: string) => said.match(/\s*\S+\s*/g) ?? [said];
    const thoughts = thought === '' ? [] : words(thought).map((word) => ({ thought: word }));
    for (const word of [...thoughts, ...words(text)]) {
      if (pauseMs) await delay(pauseMs);
      if (signal.aborted) throw new ModelError('interrupted', 'Interrupted.');
      yield word;
    }
    const chars = charsOf(request.turns);
    const usage = charsPerToken ? { prompt_tokens: Math.ceil(chars / charsPerToken) } : {};
    return { doneReason: 'stop', usage, ...reply, text };
  }
}
