/**
 * A model on an OpenAI-compatible server: llama.cpp's, vLLM, SGLang, LM Studio and others. Turns go
 * to /v1/chat/completions as messages: the template and its end marks are the server's.
 */
import { parseHost } from '../http/host.ts';
import { KEY_NAMES, withKey } from '../http/server-settings.ts';
import { charsOf, type GenerateRequest, type Generation, type Model } from '../model.ts';
import { ModelError } from '../model-error.ts';
import type { Rendering } from '../rendering.ts';
import type { PromptProgress } from '../prompt-progress.ts';
import { SpecialTokenMender } from '../special-tokens.ts';
import type { ThoughtPiece } from '../think.ts';
import {
  explainFailure,
  isAboutKey,
  mayRefuseFormat,
  refusesThinking,
  unlistedModel,
} from './errors.ts';
import { listModels, modelNamed, windowByProps } from './models.ts';
import { progressIn } from './progress.ts';
import { ReplyParts } from './reply-parts.ts';
import { send, type OpenaiSettings } from './send.ts';

/** How such a model is asked, unless the user says otherwise. */
export const OPENAI_DEFAULTS = {
  host: 'http://127.0.0.1:8000/v1',
  timeoutMs: 300_000,
  temperature: 0.2,
  topP: 0.9,
} as const;

/** Options of `openai`; each has a default. */
export interface OpenaiOptions {
  /** The base URL of the server; it ends in `/v1`. */
  host?: string | undefined;
  /** The key, if the server wants one. It is sent to this host and to no other. */
  key?: string | undefined;
  /** Milliseconds to wait for the server. */
  timeoutMs?: number | undefined;
  temperature?: number | undefined;
  topP?: number | undefined;
}

/**
 * A model of an OpenAI-compatible server (llama.cpp, vLLM, SGLang, LM Studio), by its name there.
 * @throws TypeError when `host` is no http or https address, or no header can hold the key
 */
export function openai(model: string, options: OpenaiOptions = {}): Model {
  const given = Object.entries(options).filter(([, value]) => value !== undefined && value !== '');
  const { host, ...settings } = { ...OPENAI_DEFAULTS, ...Object.fromEntries(given) };
  return new OpenaiModel({ ...settings, host: parseHost(host), model });
}

/** The share of the window that a model may really have: LM Studio loads it with 4,096 tokens. */
const LEAST_SHARE = 0.25;

/** What is known of the server once it has answered. */
interface Known {
  /** The window of one conversation in tokens, if the server says. */
  contextLength: number | undefined;
  tellsProgress: boolean;
}

/** A model on an OpenAI-compatible server. Nothing is asked of the server before the first call. */
export class OpenaiModel implements Model {
  readonly name: string;
  readonly settings: Model['settings'];
  readonly #settings: OpenaiSettings;
  #known: Known | undefined;
  /** The server takes a request that says whether to think. */
  #takesThinking = true;

  /** @throws TypeError if no header can hold the key */
  constructor(settings: OpenaiSettings) {
    this.name = settings.model;
    const { temperature, topP: top_p } = settings;
    this.settings = { temperature, top_p };
    this.#settings = withKey(settings, KEY_NAMES.openai);
  }

  async contextLength(signal: AbortSignal): Promise<number | undefined> {
    return (await this.#learn(signal)).contextLength;
  }

  /** Only that it cannot is ever known: once the server has refused to be told. */
  async canThink(): Promise<boolean | undefined> {
    return this.#takesThinking ? undefined : false;
  }

  async rendering(): Promise<Rendering> {
    return { route: 'chat' };
  }

  async *generate(
    request: GenerateRequest,
    signal: AbortSignal,
  ): AsyncGenerator<string | ThoughtPiece | PromptProgress, Generation, undefined> {
    const { tellsProgress } = await this.#learn(signal);
    const { turns, format, numPredict } = request;
    const think = this.#takesThinking ? request.think : undefined;
    const texts = turns.map(({ content }) => content);
    const mender = new SpecialTokenMender(texts, []);
    const parts = new ReplyParts(numPredict);
    const call = new AbortController();
    const callSignal = AbortSignal.any([signal, call.signal]);
    let text = '';
    let isWhole = false;
    try {
      const stream = send(request, think, tellsProgress, this.#settings, callSignal);
      for (;;) {
        const next = await stream.next();
        if (next.done) {
          isWhole = next.value;
          break;
        }
        const progress = progressIn(next.value);
        if (progress) yield progress;
        const piece = mender.push(parts.push(next.value));
        if (parts.thought !== '') yield { thought: parts.thought };
        text += piece;
        if (piece) yield piece;
        if (parts.fault !== undefined) break; // the rest must not make it look whole
      }
      if (!parts.hasChoice) throw nothingSaid(request, isWhole);
    } catch (error) {
      if (think !== undefined && !signal.aborted && refusesThinking(error, this.name)) {
        this.#takesThinking = false;
        return yield* this.generate(request, signal);
      }
      const failure = explainFailure(error, signal, this.#settings);
      const isRefusal =
        format && parts.text === '' && failure.kind === 'protocol' && mayRefuseFormat(error);
      throw isRefusal ? new ModelError('format_refused', failure.message) : failure;
    } finally {
      if (!isWhole) call.abort(); // the consumer may have stopped early
    }
    const rest = mender.push(parts.end()) + mender.end();
    if (rest) yield rest;
    const { fault, counts: usage } = parts;
    return { text: text + rest, doneReason: parts.doneReason(isWhole), fault, usage };
  }

  /** What the server says of the model; asked once. @throws ModelError, `model_missing` if it has others */
  async #learn(signal: AbortSignal): Promise<Known> {
    if (this.#known) return this.#known;
    const models = (await this.#asked(listModels, signal, isAboutKey)) ?? [];
    const model = modelNamed(this.name, models);
    if (!model && models.length > 0) {
      const names = models.map(({ name }) => name);
      throw unlistedModel(this.#settings, names);
    }
    const contextLength = model?.contextLength ?? (await this.#asked(windowByProps, signal));
    return (this.#known = { contextLength, tellsProgress: model?.tellsProgress ?? false });
  }

  /**
   * What the server says, or undefined: one that cannot answer the question can still reply, if it is
   * there.
   * @param matters whether an error means that it will not
   * @throws ModelError
   */
  async #asked<T>(
    question: Question<T>,
    signal: AbortSignal,
    matters: (error: unknown) => boolean = () => false,
  ): Promise<T | undefined> {
    try {
      return await question(this.#settings, signal);
    } catch (error) {
      const failure = explainFailure(error, signal, this.#settings);
      if (failure.kind !== 'protocol' || matters(error)) throw failure;
      return undefined;
    }
  }
}

/** Asks the server about itself. */
type Question<T> = (settings: OpenaiSettings, signal: AbortSignal) => Promise<T>;

/** The error of a reply without any part of one. LM Studio sends such where a prompt is too long. */
function nothingSaid({ turns, numCtx }: GenerateRequest, isWhole: boolean): ModelError {
  if (!isWhole) return new ModelError('protocol', 'sent an empty answer');
  const mayBeTooLong = charsOf(turns) > LEAST_SHARE * numCtx; // a token has a character at least
  return new ModelError(
    mayBeTooLong ? 'context_overflow' : 'protocol',
    'sent a reply with nothing in it, as some servers do where a prompt is too long',
  );
}
