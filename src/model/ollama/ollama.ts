/**
 * A model served by Ollama. Its turns are rendered here with its own template and sent with
 * `raw: true`, so that each prompt extends the last one and no parser of the server takes calls out
 * of replies. If the template cannot be learned or used, the same turns go to /api/chat.
 */
import type { ChatRequest, GenerateRequest as RawRequest } from 'ollama';
import type { GenerateRequest, Generation, Model } from '../model.ts';
import { ModelError } from '../model-error.ts';
import type { Rendering } from '../rendering.ts';
import { AnsweredError } from './answered-error.ts';
import { ChatTemplate, opensThought, PLAIN_STOP, SAMPLE } from './chat-template.ts';
import { clientFor, countsOf, type ServerSettings } from './client.ts';
import { explainFailure, isRejection, parserError } from './errors.ts';
import { parseHost } from './host.ts';
import { checkLength, limitsOf } from './json-lines.ts';
import { readModelInfo, type ModelInfo } from './model-info.ts';
import { ReplyParts } from './reply-parts.ts';
import { breakSpecialTokens, SpecialTokenMender } from './special-tokens.ts';

/** Which model on which server, and how it generates. */
export interface OllamaSettings extends ServerSettings {
  model: string;
  /** How long the server keeps the model loaded: a duration such as `30m`, or seconds. */
  keepAlive: string | number;
  temperature: number;
  topP: number;
}

/** How an Ollama model is asked, unless the user says otherwise. */
export const OLLAMA_DEFAULTS = {
  host: 'http://127.0.0.1:11434',
  timeoutMs: 300_000,
  keepAlive: '30m',
  temperature: 0.2,
  topP: 0.9,
} as const;

/** Options of `ollama`; each has a default. */
export interface OllamaOptions {
  /** Where the server is, written as for Ollama: scheme and port are optional. */
  host?: string | undefined;
  /** Milliseconds to wait for the server. */
  timeoutMs?: number | undefined;
  /** How long the server keeps the model loaded: a duration such as `30m`, or seconds. */
  keepAlive?: string | number | undefined;
  temperature?: number | undefined;
  topP?: number | undefined;
}

/**
 * A model of an Ollama server, by its name there.
 * @throws TypeError when `host` is no http or https address
 */
export function ollama(model: string, options: OllamaOptions = {}): Model {
  const given = Object.entries(options).filter(([, value]) => value !== undefined && value !== '');
  const { host, ...settings } = { ...OLLAMA_DEFAULTS, ...Object.fromEntries(given) };
  return new OllamaModel({ ...settings, host: parseHost(host), model });
}

/** Fields that the server knows and the client's types lack. */
interface UntypedFields {
  /** Without it the server answers 200 and silently drops the front of a prompt that is too long. */
  truncate: false;
}

/** Asks for the rendering only. Servers before 0.11.5 do not know it and reply. */
interface RenderOnly {
  _debug_render_only: true;
}

/** A model on an Ollama server. Nothing is asked of the server before the first call. */
export class OllamaModel implements Model {
  readonly name: string;
  readonly settings: Model['settings'];
  readonly #settings: OllamaSettings;
  #info: ModelInfo | undefined;
  /** Learned once; null if the conversation is sent to /api/chat. */
  #template: ChatTemplate | null | undefined;
  /** The template opens a thought that the reply continues. */
  #opensThought = false;

  constructor(settings: OllamaSettings) {
    this.name = settings.model;
    const { temperature, topP: top_p, keepAlive: keep_alive } = settings;
    this.settings = { temperature, top_p, keep_alive };
    this.#settings = settings;
  }

  async contextLength(signal: AbortSignal): Promise<number | undefined> {
    return (await this.#show(signal)).contextLength;
  }

  async rendering(numCtx: number, signal: AbortSignal): Promise<Rendering> {
    const template = await this.#learnTemplate(numCtx, signal);
    if (!template) return { route: 'chat', think: false };
    const { pieces, bos } = template;
    return { route: 'raw', template: pieces, ...(bos !== '' && { bos }), think: false };
  }

  async *generate(
    request: GenerateRequest,
    signal: AbortSignal,
  ): AsyncGenerator<string, Generation, undefined> {
    const template = await this.#learnTemplate(request.numCtx, signal);
    const { format, turns } = request;
    const texts = turns.map(({ content }) => content);
    const mender = new SpecialTokenMender(texts, template?.specialTokens ?? []);
    // The client's own abort() does nothing before the first token, so each call has a signal.
    const call = new AbortController();
    const parts = new ReplyParts(this.#opensThought);
    let text = '';
    try {
      const callSignal = AbortSignal.any([signal, call.signal]);
      for await (const part of await this.#send(request, template, callSignal)) {
        const piece = mender.push(parts.push(part));
        checkLength(parts.text, request.numPredict);
        text += piece;
        if (piece) yield piece;
        if (parts.fault !== undefined) break; // the rest must not make it look whole
      }
    } catch (error) {
      const unread = signal.aborted || template ? undefined : parserError(error);
      if (unread !== undefined) {
        // The server could not read a call in the reply: the reply is at fault, not the server.
        parts.fail(unread);
      } else if (signal.aborted || !parts.hasEndedEarly(error)) {
        const failure = explainFailure(error, signal, this.#settings);
        const isRefusal =
          format && parts.text === '' && failure.kind === 'protocol' && isRejection(error);
        throw isRefusal ? new ModelError('format_refused', failure.message) : failure;
      }
    } finally {
      call.abort(); // closes the connection when the consumer stopped early
    }
    const rest = mender.end();
    if (rest) yield rest;
    const { doneReason, fault, last } = parts;
    return { text: text + rest, doneReason, fault, usage: countsOf(last) };
  }

  #send(request: GenerateRequest, template: ChatTemplate | null, signal: AbortSignal) {
    const { turns, numCtx, numPredict, format } = request;
    const { keepAlive, temperature, topP } = this.#settings;
    const client = clientFor(this.#settings, signal, limitsOf(numPredict));
    const common = {
      model: this.name,
      stream: true as const,
      // Unset means true for a model that can think, with raw text too.
      think: false,
      truncate: false as const,
      keep_alive: keepAlive,
      ...(format && { format }),
      options: {
        num_ctx: numCtx,
        num_predict: numPredict,
        temperature,
        top_p: topP,
        ...(template?.isPlain && { stop: [PLAIN_STOP] }),
      },
    };
    if (template) {
      const raw: RawRequest & { stream: true } & UntypedFields = {
        ...common,
        prompt: template.render(turns),
        raw: true,
      };
      return client.generate(raw);
    }
    // A chat must end with a user turn, so a prompt that is only evaluated ends with a dot.
    const isAhead = turns.at(-1)?.role === 'assistant';
    const messages = turns.map(({ role, content }) => ({
      role,
      content: breakSpecialTokens(content, []),
    }));
    const chat: ChatRequest & { stream: true } & UntypedFields = {
      ...common,
      messages: isAhead ? [...messages, { role: 'user', content: '.' }] : messages,
    };
    return client.chat(chat);
  }

  /** @throws ModelError */
  async #learnTemplate(numCtx: number, signal: AbortSignal): Promise<ChatTemplate | null> {
    if (this.#template !== undefined) return this.#template;
    const info = await this.#show(signal);
    this.#template = info.mustChat ? null : await this.#renderSample(info, numCtx, signal);
    return this.#template;
  }

  async #renderSample(
    info: ModelInfo,
    numCtx: number,
    signal: AbortSignal,
  ): Promise<ChatTemplate | null> {
    const request: ChatRequest & { stream: false } & RenderOnly = {
      model: this.name,
      messages: [...SAMPLE],
      stream: false,
      think: false,
      keep_alive: this.#settings.keepAlive,
      // The same window as on every call, since this one loads the model. One token, if it replies.
      options: { num_ctx: numCtx, num_predict: 1 },
      _debug_render_only: true,
    };
    try {
      const answer: object = await clientFor(this.#settings, signal).chat(request);
      const rendered = renderedIn(answer);
      const learned = rendered && ChatTemplate.from(rendered, info.addsBos);
      this.#opensThought = !learned && opensThought(rendered ?? '');
      return (
        learned || (rendered === undefined && info.hasNoTemplate && ChatTemplate.plain) || null
      );
    } catch (error) {
      const failure = explainFailure(error, signal, this.#settings);
      // A server that cannot render can still reply; one that is away cannot.
      if (failure.kind === 'protocol' && isRejection(error)) return null;
      throw failure;
    }
  }

  /** What /api/show says; asked once. @throws ModelError */
  async #show(signal: AbortSignal): Promise<ModelInfo> {
    if (this.#info) return this.#info;
    try {
      const shown = await clientFor(this.#settings, signal).show({ model: this.name });
      this.#info = readModelInfo(shown);
    } catch (error) {
      const failure = explainFailure(error, signal, this.#settings);
      // A server that does not know this route can still reply; one that is away cannot.
      if (failure.kind !== 'protocol' || !(error instanceof AnsweredError)) throw failure;
      this.#info = readModelInfo({});
    }
    return this.#info;
  }
}

function renderedIn(answer: object): string | undefined {
  const info = fieldOf(answer, '_debug_info');
  const rendered =
    typeof info === 'object' && info !== null ? fieldOf(info, 'rendered_template') : '';
  return typeof rendered === 'string' && rendered !== '' ? rendered : undefined;
}

function fieldOf(value: object, name: string): unknown {
  return new Map<string, unknown>(Object.entries(value)).get(name);
}
