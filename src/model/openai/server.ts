/** Lists the models of a server with OpenAI's routes, with /v1/models. */
import { withKey, type ServerSettings } from '../http/server-settings.ts';
import type { ListedModel, ModelServer } from '../server.ts';
import { explainFailure, KEY_NAME } from './errors.ts';
import { listModels } from './models.ts';

/** A server with OpenAI's routes: which models it has. It gets no others. */
export class OpenaiServer implements ModelServer {
  readonly #settings: ServerSettings;

  /** @throws TypeError if no header can hold the key */
  constructor(settings: ServerSettings) {
    this.#settings = withKey(settings, KEY_NAME);
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
