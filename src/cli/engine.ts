/** The kind of server that a run talks to, and its models. */
import type { Options } from './options.ts';
import { UsageError } from './usage-error.ts';
import { isOpenai } from '../model/http/host.ts';
import { withKey, type ServerSettings } from '../model/http/server-settings.ts';
import type { Model } from '../model/model.ts';
import { ModelError } from '../model/model-error.ts';
import { DEFAULT_MODEL } from '../model/ollama/defaults.ts';
import { OllamaModel } from '../model/ollama/ollama.ts';
import { OllamaServer } from '../model/ollama/server.ts';
import { OpenaiModel } from '../model/openai/openai.ts';
import { OpenaiServer } from '../model/openai/server.ts';
import type { ModelServer } from '../model/server.ts';
import { orAfter } from '../util/or-after.ts';

/** A server and its models. */
export interface Engine {
  server: ModelServer;
  modelNamed(name: string): Model;
  /**
   * The model to use where nobody has named one; undefined if `signal` aborts. A server that fails
   * here will fail again where that is told.
   */
  defaultModel(signal: AbortSignal): Promise<string | undefined>;
}

/** How long the server may take to say which models it has, and when that is told, in milliseconds. */
const LIST_MS = 10_000;
const TOLD_MS = 1_000;

/**
 * The engine for these options: OpenAI-compatible where the path of the URL ends in /v1, else Ollama.
 * @param tell tells the person, before any of the prompt is sent, that a model runs elsewhere
 * @throws UsageError if what should be the key cannot be one
 */
export function openEngine(options: Options, tell: (message: string) => void): Engine {
  return isOpenai(options.host) ? openaiEngine(options, tell) : ollamaEngine(options, tell);
}

function ollamaEngine(options: Options, tell: (message: string) => void): Engine {
  const { temperature, topP, keepAlive } = options;
  const settings = settingsOf(options);
  const onRemote = (model: string, where: string) =>
    tell(`The server runs ${model} at ${where}: all that the model reads goes there.`);
  return {
    server: new OllamaServer(settings),
    modelNamed: (model) =>
      new OllamaModel({ ...settings, model, temperature, topP, keepAlive, onRemote }),
    defaultModel: () => Promise.resolve(DEFAULT_MODEL),
  };
}

function openaiEngine(options: Options, tell: (message: string) => void): Engine {
  const { host, temperature, topP } = options;
  const settings = settingsOf(options);
  const server = new OpenaiServer(settings);
  return {
    server,
    modelNamed: (model) => new OpenaiModel({ ...settings, model, temperature, topP }),
    defaultModel: async (signal) => {
      const wait = `Asking ${host.url} which models it has; Ctrl-C stops waiting.`;
      const told = setTimeout(() => tell(wait), TOLD_MS);
      const name = await onlyModel(server, orAfter(LIST_MS, signal));
      clearTimeout(told);
      return signal.aborted ? undefined : (name ?? DEFAULT_MODEL);
    },
  };
}

function settingsOf({ host, key, ollamaTimeoutMs: timeoutMs }: Options): ServerSettings {
  try {
    return withKey({ host, timeoutMs, key: key.value }, key.name);
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    throw new UsageError(error.message);
  }
}

/** The only model of a server; undefined where it has several, or does not say. */
async function onlyModel(server: ModelServer, signal: AbortSignal): Promise<string | undefined> {
  try {
    const [only, ...others] = await server.list(signal);
    return others.length === 0 ? only?.name : undefined;
  } catch (error) {
    if (error instanceof ModelError) return undefined;
    throw error;
  }
}
