/** Lists and pulls the server's models, with Ollama's /api/tags and /api/pull. */
import type { ProgressResponse } from 'ollama';
import { finite } from '../http/counts.ts';
import { UNLIMITED } from '../http/lines.ts';
import { KEY_NAMES, withKey, type ServerSettings } from '../http/server-settings.ts';
import { ModelError } from '../model-error.ts';
import { MOST_LISTED, type ListedModel, type ModelServer, type PullProgress } from '../server.ts';
import { clientFor } from './client.ts';
import { explainFailure } from './errors.ts';
import { remoteHostOf } from './model-info.ts';
import { orOtherServer } from './other-server.ts';

/** What the server says if the registry does not know a name. */
const UNKNOWN = /file does not exist|manifest unknown/;
const WHERE_NAMES_ARE = 'The names are at https://ollama.com/library.';

/** An Ollama server: which models it has, and how it gets more. */
export class OllamaServer implements ModelServer {
  readonly #settings: ServerSettings;

  /** @throws TypeError if no header can hold the key */
  constructor(settings: ServerSettings) {
    this.#settings = withKey(settings, KEY_NAMES.ollama);
  }

  async list(signal: AbortSignal): Promise<ListedModel[]> {
    try {
      const { models } = await clientFor(this.#settings, signal).list();
      const listed: unknown[] = Array.isArray(models) ? models.slice(0, MOST_LISTED.models) : [];
      return listed.flatMap((one) => listedModel(one) ?? []);
    } catch (error) {
      const failure = explainFailure(error, signal, this.#settings);
      throw await orOtherServer(failure, error, this.#settings, signal);
    }
  }

  /** A name without a tag means `:latest`, and case does not count. */
  isSame(one: string, other: string): boolean {
    return tagged(one) === tagged(other);
  }

  async *pull(name: string, signal: AbortSignal): AsyncGenerator<PullProgress, void, undefined> {
    const call = new AbortController();
    const callSignal = AbortSignal.any([signal, call.signal]);
    const layers = new Layers();
    try {
      // A line every moment for as long as it takes: the stream may be of any length.
      const client = clientFor(this.#settings, callSignal, UNLIMITED);
      for await (const line of await client.pull({ model: name, stream: true })) {
        yield layers.add(line);
      }
    } catch (error) {
      const failure = explainFailure(error, signal, { ...this.#settings, model: name });
      if (!UNKNOWN.test(failure.message)) throw failure;
      throw new ModelError(
        'model_missing',
        `There is no model ${name} to pull. ${WHERE_NAMES_ARE}`,
      );
    } finally {
      call.abort(); // closes the connection when the consumer stopped early
    }
  }
}

/** A model is pulled layer by layer; each line of the answer is about one of them. */
class Layers {
  readonly #layers = new Map<string, { completed: number; total: number }>();

  /** Takes one line and returns the progress over all layers so far. */
  add({ status, digest, completed, total }: Partial<ProgressResponse>): PullProgress {
    const size = finite(total);
    if (typeof digest === 'string' && size !== undefined && size > 0) {
      const done = Math.min(size, Math.max(0, finite(completed) ?? 0));
      this.#layers.set(digest, { completed: done, total: size });
    }
    const progress = { status: String(status ?? ''), completed: 0, total: 0 };
    for (const layer of this.#layers.values()) {
      progress.completed += layer.completed;
      progress.total += layer.total;
    }
    return progress;
  }
}

function tagged(name: string): string {
  return (/:[^/]*$/.test(name) ? name : `${name}:latest`).toLowerCase();
}

function listedModel(value: unknown): ListedModel | undefined {
  if (typeof value !== 'object' || value === null || !('name' in value)) return undefined;
  if (typeof value.name !== 'string' || value.name.length > MOST_LISTED.nameChars) return undefined;
  const bytes = 'size' in value ? finite(value.size) : undefined;
  return { name: value.name, bytes, runsAt: remoteHostOf(value) };
}
