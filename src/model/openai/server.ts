/** Lists the models of an OpenAI-compatible server, with /v1/models. */
import { KEY_NAMES, withKey, type ServerSettings } from '../http/server-settings.ts';
import type { ListedModel, ModelServer } from '../server.ts';
import { explainFailure } from './errors.ts';
import { listModels } from './models.ts';

/** An OpenAI-compatible server: which models it has. It cannot pull any. */
export class OpenaiServer implements ModelServer {
  readonly #settings: ServerSettings;

  /** @throws TypeError if no header can hold the key */
  constructor(settings: ServerSettings) {
    this.#settings = withKey(settings, KEY_NAMES.openai);
  }

  isSame(one: string, other: string): boolean {
    return one === other;
  }

  async list(signal: AbortSignal): Promise<ListedModel[]> {
    try {
      const models = await listModels(this.#settings, signal);
      return models.map(({ name, bytes }) => ({ name, bytes }));
    } catch (error) {
      throw explainFailure(error, signal, this.#settings);
    }
  }
}
