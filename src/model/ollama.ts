/** The model behind Ollama's /api/generate. The only file that imports the ollama package. */
import { Ollama, type GenerateRequest as OllamaRequest, type GenerateResponse } from 'ollama';
import { errorCode } from '../errors.ts';
import type { Host } from './host.ts';
import {
  ModelError,
  type GenerateRequest,
  type Generation,
  type Model,
  type Usage,
} from './model.ts';
import { createFetch, HttpStatusError } from './transport.ts';

export interface OllamaSettings {
  model: string;
  host: Host;
  /** How long the server may be silent, in milliseconds. */
  timeoutMs: number;
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
      const shown = await this.#client(signal).show({ model: this.name });
      // Typed as a Map, sent as an object: {"general.architecture": "qwen3", "qwen3.context_length": …}
      const info = new Map(Object.entries(shown.model_info ?? {}) as [string, unknown][]);
      const length = finite(info.get(`${String(info.get('general.architecture'))}.context_length`));
      return length !== undefined && length > 0 ? length : undefined;
    } catch (error) {
      const failure = this.#explain(error, signal);
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
      for await (const part of await this.#client(callSignal).generate(request)) {
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
      const failure = this.#explain(error, signal);
      const isRefusal = format && text === '' && failure.kind === 'protocol' && isRejection(error);
      throw isRefusal ? new ModelError('format_refused', failure.message) : failure;
    } finally {
      call.abort(); // closes the connection when the consumer stopped early
    }
  }

  #client(signal: AbortSignal): Ollama {
    const { host, timeoutMs } = this.#settings;
    return new Ollama({
      host: host.url,
      headers: host.headers,
      fetch: createFetch(signal, timeoutMs),
    });
  }

  /** Turns what the client threw into a ModelError that names host and model and says what to do. */
  #explain(error: unknown, signal: AbortSignal): ModelError {
    const { model, host } = this.#settings;
    const where = `${host.url} (model ${model})`;
    if (signal.aborted) return new ModelError('interrupted', 'Interrupted.');
    if (error instanceof ModelError) {
      const next = error.kind === 'timeout' ? ' Wait longer with --ollama-timeout.' : '';
      return new ModelError(error.kind, `Ollama at ${where} ${error.message}.${next}`);
    }
    if (error instanceof HttpStatusError) {
      return this.#explainAnswer(serverMessage(error.body), error.status, where);
    }
    if (!(error instanceof Error)) throw error;
    const code = errorCode(error);
    if (code?.startsWith('HPE_')) {
      return new ModelError('protocol', `What answers at ${where} does not speak HTTP.`);
    }
    if (code !== undefined) {
      return new ModelError(
        'unreachable',
        `ollama serve is not running at ${host.url}, or cannot be reached (${code}); ` +
          `it is needed for the model ${model}. Start it, or name another server with --host.`,
      );
    }
    if (error.message.startsWith(NO_DONE)) {
      return new ModelError('protocol', `Ollama at ${where} broke off its reply. Try again.`);
    }
    return this.#explainAnswer(error.message, undefined, where);
  }

  /** `status` is undefined for an error line in the middle of a stream. */
  #explainAnswer(message: string, status: number | undefined, where: string): ModelError {
    const { model, host } = this.#settings;
    if (status === 404 && /model .*not found/is.test(message)) {
      return new ModelError(
        'model_missing',
        `The model ${model} is not on the server at ${host.url}. Get it with: ollama pull ${model}`,
      );
    }
    if (/exceeds? the (available )?context (size|length)/i.test(message)) {
      return new ModelError(
        'context_overflow',
        `The prompt does not fit the context window at ${where}: ${message}`,
        Number(/\((\d+) tokens\)/.exec(message)?.[1]) || undefined,
      );
    }
    if (OUT_OF_MEMORY.test(message)) {
      return new ModelError(
        'out_of_memory',
        `Ollama at ${where} ran out of memory: ${message}. Try a smaller model or --num-ctx.`,
      );
    }
    const answered = status === undefined ? 'failed' : `answered ${status}`;
    const hint = status === 503 ? ' It is busy: try again in a while.' : '';
    return new ModelError('protocol', `Ollama at ${where} ${answered}: ${message}.${hint}`);
  }
}

/** What a reply says of such marks it has seen broken up: the file has them whole. */
function withSpecialTokens(reply: string, prompt: string): string {
  const broken = new RegExp(SPECIAL_TOKEN.source.replaceAll('(?=', ' (?='), 'g');
  // Where the prompt itself had both forms, nobody can tell which one was meant.
  if (prompt.search(SPECIAL_TOKEN) === -1 || prompt.search(broken) !== -1) return reply;
  return reply.replace(broken, (mark) => mark.trimEnd());
}

/** The server looked at the request and did not like it: a status, or an error line at once. */
function isRejection(error: unknown): boolean {
  if (error instanceof HttpStatusError) return error.status === 400 || error.status === 500;
  const isErrorLine = error instanceof Error && !(error instanceof ModelError);
  return isErrorLine && !error.message.startsWith(NO_DONE) && errorCode(error) === undefined;
}

/** What the client says of a stream that ends without its last line. */
const NO_DONE = 'Did not receive done';

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

const OUT_OF_MEMORY =
  /requires more system memory|out of memory|failed to allocate|has terminated|unexpectedly stopped/i;

/** The text of `{"error": …}`, which may hold another such object as a string; at most 300 characters. */
function serverMessage(body: string): string {
  let message: unknown = body;
  for (let depth = 0; depth < 4 && message; depth++) {
    if (typeof message === 'string') {
      try {
        message = JSON.parse(message);
      } catch {
        break;
      }
    }
    if (typeof message !== 'object' || message === null) break;
    message = 'error' in message ? message.error : 'message' in message ? message.message : message;
  }
  const text = typeof message === 'string' ? message : JSON.stringify(message);
  return text.replace(/\s+/g, ' ').trim().slice(0, 300) || 'no reason given';
}

/** The server counts in nanoseconds and leaves zeros out. */
function milliseconds(ns: unknown): number | undefined {
  const count = finite(ns);
  return count === undefined ? undefined : Math.round(count / 1e6);
}

/** What claims to be a number need not be one. */
function finite(value: unknown): number | undefined {
  return typeof value === 'number' && Number.isFinite(value) ? value : undefined;
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
