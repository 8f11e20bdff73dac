/** The model behind Ollama's /api/generate. */
import type { GenerateRequest as OllamaRequest, GenerateResponse } from 'ollama';
import {
  ModelError,
  type GenerateRequest,
  type Generation,
  type Model,
  type Usage,
} from '../model.ts';
import { clientFor, finite, type ServerSettings } from './client.ts';
import { explainFailure, isRejection } from './errors.ts';

export interface OllamaSettings extends ServerSettings {
  model: string;
  /** How long the server keeps the model loaded: a duration such as `30m`, or seconds. */
  keepAlive: string | number;
  temperature: number;
  topP: number;
}

/** Fields that /api/generate knows and the client's types do not. */
interface UntypedFields {
  /** Without it the server answers 200 and silently drops the front of a prompt that is too long. */
  truncate: false;
}

export class OllamaModel implements Model {
  readonly name: string;
  readonly #settings: OllamaSettings;

  constructor(settings: OllamaSettings) {
    this.name = settings.model;
    this.#settings = settings;
  }

  async contextLength(signal: AbortSignal): Promise<number | undefined> {
    try {
      const shown = await clientFor(this.#settings, signal).show({ model: this.name });
      // Typed as a Map, sent as an object: {"general.architecture": "qwen3", "qwen3.context_length": …}
      const info = new Map(Object.entries(shown.model_info ?? {}) as [string, unknown][]);
      const length = finite(info.get(`${String(info.get('general.architecture'))}.context_length`));
      return length !== undefined && length > 0 ? length : undefined;
    } catch (error) {
      const failure = explainFailure(error, signal, this.#settings);
      // A server that does not know this route still generates; one that is away does not.
      if (failure.kind === 'protocol') return undefined;
      throw failure;
    }
  }

  async *generate(
    { prompt, numCtx, numPredict, format }: GenerateRequest,
    signal: AbortSignal,
  ): AsyncGenerator<string, Generation, undefined> {
    // The client's own abort() does nothing before the first token, so each call has a signal.
    const call = new AbortController();
    const callSignal = AbortSignal.any([signal, call.signal]);
    const { keepAlive, temperature, topP } = this.#settings;
    const request: OllamaRequest & { stream: true } & UntypedFields = {
      model: this.name,
      prompt: withoutSpecialTokens(prompt),
      stream: true,
      raw: false,
      think: false,
      truncate: false,
      keep_alive: keepAlive,
      ...(format && { format }),
      options: { num_ctx: numCtx, num_predict: numPredict, temperature, top_p: topP },
    };
    let text = '';
    try {
      let last: GenerateResponse | undefined;
      for await (const part of await clientFor(this.#settings, callSignal).generate(request)) {
        const piece = typeof part.response === 'string' ? part.response : '';
        text += piece;
        last = part;
        if (piece) yield piece;
      }
      return {
        text: withSpecialTokens(text, prompt),
        doneReason: String(last?.done_reason ?? 'stop'),
        usage: usageOf(prompt, last),
      };
    } catch (error) {
      const failure = explainFailure(error, signal, this.#settings);
      const isRefusal = format && text === '' && failure.kind === 'protocol' && isRejection(error);
      throw isRefusal ? new ModelError('format_refused', failure.message) : failure;
    } finally {
      call.abort(); // closes the connection when the consumer stopped early
    }
  }
}

/** What a reply says of such marks it has seen broken up: the file has them whole. */
function withSpecialTokens(reply: string, prompt: string): string {
  const broken = new RegExp(SPECIAL_TOKEN.source.replaceAll('(?=', ' (?='), 'g');
  // Where the prompt itself had both forms, nobody can tell which one was meant.
  if (prompt.search(SPECIAL_TOKEN) === -1 || prompt.search(broken) !== -1) return reply;
  return reply.replace(broken, (mark) => mark.trimEnd());
}

const SPECIAL_TOKEN =
  /<(?=[|｜][\w▁-]{1,40}[|｜]>|\|[a-z_]{1,40}>|[a-z_]{1,40}\|>|(?:start|end)_of_turn>)|\[(?=\/?(?:INST|SYSTEM_PROMPT|AVAILABLE_TOOLS|TOOL_RESULTS)\])/g;

/**
 * The server reads marks of chat templates, such as `<|im_end|>`, as control tokens wherever they
 * stand: a file that holds them could end the user's turn and speak as the system. A blank breaks
 * them up. Not so `<s>` or `<bos>`, which are HTML and words as well.
 */
function withoutSpecialTokens(prompt: string): string {
  return prompt.replace(SPECIAL_TOKEN, '$& ');
}

/** The server counts in nanoseconds and leaves zeros out. */
function milliseconds(ns: unknown): number | undefined {
  const count = finite(ns);
  return count === undefined ? undefined : Math.round(count / 1e6);
}

function usageOf(prompt: string, last: GenerateResponse | undefined): Usage {
  return {
    prompt_chars: prompt.length,
    prompt_tokens: finite(last?.prompt_eval_count),
    output_tokens: finite(last?.eval_count),
    prompt_ms: milliseconds(last?.prompt_eval_duration),
    output_ms: milliseconds(last?.eval_duration),
  };
}
