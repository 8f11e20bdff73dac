/**
 * A model served by Ollama. Its turns are rendered here with its own template and sent with
 * `raw: true`, so that each prompt extends the last one and no parser of the server takes calls out
 * of replies. If the template cannot be learned or used, the same turns go to /api/chat.
 */
import { AnsweredError } from '../http/answered-error.ts';
import { isRejection } from '../http/failure.ts';
import { parseHost } from '../http/host.ts';
import { checkLength } from '../http/lines.ts';
import { KEY_NAMES, withKey, withoutSecrets } from '../http/server-settings.ts';
import type { GenerateRequest, Generation, Model } from '../model.ts';
import { ModelError } from '../model-error.ts';
import type { Rendering } from '../rendering.ts';
import type { Think, ThoughtPiece } from '../think.ts';
import { clientFor, countsOf } from './client.ts';
import { OLLAMA_DEFAULTS } from './defaults.ts';
import { explainFailure, parserError, refusesThinking } from './errors.ts';
import { renderSample, routeOf, thinkingRouteOf, type Route } from './learn-template.ts';
import { readModelInfo, type ModelInfo } from './model-info.ts';
import { orOtherServer } from './other-server.ts';
import { ReplyParts } from './reply-parts.ts';
import { send, type Field, type OllamaSettings } from './send.ts';
import { SpecialTokenMender } from '../special-tokens.ts';

/** Options of `ollama`; each has a default. */
export interface OllamaOptions {
  /** Where the server is, written as for Ollama: scheme and port are optional. */
  host?: string | undefined;
  /** The key, for a server behind one. It is sent to this host and to no other. */
  key?: string | undefined;
  /** Milliseconds to wait for the server. */
  timeoutMs?: number | undefined;
  /** How long the server keeps the model loaded: a duration such as `30m`, or seconds. */
  keepAlive?: string | number | undefined;
  temperature?: number | undefined;
  topP?: number | undefined;
}

/**
 * A model of an Ollama server, by its name there.
 * @throws TypeError when `host` is no http or https address, or no header can hold the key
 */
export function ollama(model: string, options: OllamaOptions = {}): Model {
  const given = Object.entries(options).filter(([, value]) => value !== undefined && value !== '');
  const { host, ...settings } = { ...OLLAMA_DEFAULTS, ...Object.fromEntries(given) };
  return new OllamaModel({ ...settings, host: parseHost(host), model });
}

/** Where nothing can be learned. */
const CHAT: Route = { template: null, opensThought: false, isRendered: false };

/** A model on an Ollama server. Nothing is asked of the server before the first call. */
export class OllamaModel implements Model {
  readonly name: string;
  readonly settings: Model['settings'];
  readonly #settings: OllamaSettings;
  #info: ModelInfo | undefined;
  /** How replies without a thought are asked for, and those with one. */
  #route: Route | undefined;
  #thinkingRoute: Route | undefined;
  /** The server knows more of thinking than yes and no. */
  #knowsLevels = true;

  /** @throws TypeError if no header can hold the key */
  constructor(settings: OllamaSettings) {
    this.name = settings.model;
    const { temperature, topP: top_p, keepAlive: keep_alive } = settings;
    this.settings = { temperature, top_p, keep_alive };
    this.#settings = withKey(settings, KEY_NAMES.ollama);
  }

  async contextLength(signal: AbortSignal): Promise<number | undefined> {
    return (await this.#show(signal)).contextLength;
  }

  async canThink(signal: AbortSignal): Promise<boolean | undefined> {
    return (await this.#show(signal)).thinks;
  }

  async rendering(numCtx: number, signal: AbortSignal): Promise<Rendering> {
    const { template } = await this.#routeFor(undefined, numCtx, signal);
    if (!template) return { route: 'chat' };
    const { pieces, bos } = template;
    return { route: 'raw', template: pieces, ...(bos !== '' && { bos }) };
  }

  async *generate(
    request: GenerateRequest,
    signal: AbortSignal,
  ): AsyncGenerator<string | ThoughtPiece, Generation, undefined> {
    const { format, turns, think, numCtx } = request;
    const isAhead = turns.at(-1)?.role === 'assistant';
    const route = await this.#routeFor(isAhead ? undefined : think, numCtx, signal);
    const field = this.#fieldFor(think);
    const { template, opensThought } = route;
    const texts = turns.map(({ content }) => content);
    const mender = new SpecialTokenMender(texts, template?.specialTokens ?? []);
    // The client's own abort() does nothing before the first token, so each call has a signal.
    const call = new AbortController();
    const parts = new ReplyParts(opensThought);
    let text = '';
    try {
      const callSignal = AbortSignal.any([signal, call.signal]);
      for await (const part of await send(
        { ...request, template, field },
        this.#settings,
        callSignal,
      )) {
        const piece = mender.push(parts.push(part));
        if (parts.thought !== '') yield { thought: parts.thought };
        checkLength(parts.text, request.numPredict);
        text += piece;
        if (piece) yield piece;
        if (parts.fault !== undefined) break; // the rest must not make it look whole
      }
    } catch (error) {
      if (this.#mustSayLess(field, error)) return yield* this.generate(request, signal);
      const unread = signal.aborted || template ? undefined : parserError(error);
      if (unread !== undefined) {
        // The server could not read a call in the reply: the reply is at fault, not the server.
        parts.fail(withoutSecrets(unread, this.#settings));
      } else if (signal.aborted || !parts.hasEndedEarly(error)) {
        const failure = explainFailure(error, signal, this.#settings);
        const isRefusal =
          format && parts.text === '' && failure.kind === 'protocol' && isRejection(error);
        if (isRefusal) throw new ModelError('format_refused', failure.message);
        if (parts.text !== '') throw failure;
        throw await orOtherServer(failure, error, this.#settings, signal);
      }
    } finally {
      if (parts.doneReason === 'cut') call.abort(); // the consumer may have stopped early
    }
    const rest = mender.end();
    if (rest) yield rest;
    const { doneReason, fault, last } = parts;
    return { text: text + rest, doneReason, fault, usage: countsOf(last) };
  }

  /** How a reply is asked for; learned once for each kind. @throws ModelError */
  async #routeFor(think: Think | undefined, numCtx: number, signal: AbortSignal): Promise<Route> {
    const info = await this.#show(signal);
    this.#route ??= info.mustChat ? CHAT : routeOf(await this.#render('off', numCtx, signal), info);
    const route = this.#route;
    if (think === undefined || !this.#fieldFor(think) || !route.isRendered) return route;
    this.#thinkingRoute ??= thinkingRouteOf(await this.#render(think, numCtx, signal), route);
    // The server may just have refused to let it think.
    return this.#fieldFor(think) ? this.#thinkingRoute : route;
  }

  async #render(think: Think, numCtx: number, signal: AbortSignal): Promise<string | undefined> {
    const field = this.#fieldFor(think);
    const { keepAlive } = this.#settings;
    const request = { model: this.name, keepAlive, numCtx, field };
    try {
      return await renderSample(request, this.#settings, signal);
    } catch (error) {
      if (this.#mustSayLess(field, error)) return this.#render(think, numCtx, signal);
      const failure = explainFailure(error, signal, this.#settings);
      // A server that cannot render can still reply; one that is away cannot.
      const other = await orOtherServer(failure, error, this.#settings, signal);
      if (other === failure && failure.kind === 'protocol' && isRejection(error)) return undefined;
      throw other;
    }
  }

  /** The field `think` of a request; undefined: without it. */
  #fieldFor(think: Think | undefined): Field {
    if (think === undefined || this.#info?.thinks === false) return undefined;
    if (think === 'off') return false;
    return think === 'on' || !this.#knowsLevels ? true : think;
  }

  /** Whether the server refused the field `think`: from then on, less is said in it, or nothing. */
  #mustSayLess(field: Field, error: unknown): boolean {
    if (field === undefined || !this.#info || !refusesThinking(error, this.name)) return false;
    if (typeof field === 'string') this.#knowsLevels = false;
    else this.#info = { ...this.#info, thinks: false };
    return true;
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
      if (failure.kind !== 'protocol' || !(error instanceof AnsweredError)) {
        throw await orOtherServer(failure, error, this.#settings, signal);
      }
      this.#info = readModelInfo({});
    }
    const { runsAt } = this.#info;
    if (runsAt !== undefined) {
      this.#settings.onRemote?.(this.name, withoutSecrets(runsAt, this.#settings));
    }
    return this.#info;
  }
}
