/** What /api/show says about a model, as far as it is needed, with every field checked. */
import { finite } from '../http/counts.ts';
import { fieldsOf } from '../http/json.ts';

/** The facts about a model that decide how it is called. */
export interface ModelInfo {
  /** The model's own context length in tokens, if the server says. */
  contextLength: number | undefined;
  /** It can be told to think or not to; undefined if the server does not say. */
  thinks: boolean | undefined;
  /** Where the server forwards its requests to; undefined if it runs the model itself. */
  runsAt: string | undefined;
  /** Its conversation must be sent to /api/chat. */
  mustChat: boolean;
  /** The server puts the BOS token before a raw prompt. */
  addsBos: boolean;
  /** It is a base model: its template adds nothing to a text. */
  hasNoTemplate: boolean;
}

/** gpt-oss cannot be told not to think, and only /api/chat keeps its thoughts apart. */
const CHAT_FAMILIES: ReadonlySet<unknown> = new Set(['gptoss', 'gpt-oss']);

/** Reads an answer of /api/show; what is missing or of the wrong type counts as not said. */
export function readModelInfo(shown: object): ModelInfo {
  const { model_info, details, template, modelfile, capabilities } = shown as Record<
    string,
    unknown
  >;
  const info = fieldsOf(model_info); // the client types it as a Map; it is sent as an object
  const architecture = info.get('general.architecture');
  const length = finite(info.get(`${String(architecture)}.context_length`));
  const told = info.get('tokenizer.ggml.add_bos_token');
  // If the server does not say, the kind of tokenizer decides.
  const addsBos =
    info.get('tokenizer.ggml.model') !== 'gpt2' || info.get('tokenizer.ggml.pre') === 'llama-bpe';
  const runsAt = remoteHostOf(shown);
  const family = fieldsOf(details).get('family');
  return {
    contextLength: length !== undefined && length > 0 ? length : undefined,
    thinks: Array.isArray(capabilities) ? capabilities.includes('thinking') : undefined,
    runsAt,
    mustChat:
      CHAT_FAMILIES.has(family) ||
      CHAT_FAMILIES.has(architecture) ||
      // The server only forwards requests: it renders nothing.
      runsAt !== undefined,
    addsBos: typeof told === 'boolean' ? told : addsBos,
    hasNoTemplate:
      template === '{{ .Prompt }}' &&
      !/^RENDERER /m.test(typeof modelfile === 'string' ? modelfile : ''),
  };
}

/** Of an address that a server tells. */
const MAX_ADDRESS = 200;

/** Where a server says that it has a model run; undefined if it runs it itself. */
export function remoteHostOf(told: object): string | undefined {
  const { remote_host } = told as { remote_host?: unknown };
  if (typeof remote_host !== 'string' || remote_host === '') return undefined;
  return remote_host.slice(0, MAX_ADDRESS);
}
