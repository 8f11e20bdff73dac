/** The models of a server, as /v1/models lists them, with every field checked. */
import { finite } from '../http/counts.ts';
import { fieldsOf } from '../http/json.ts';
import type { ServerSettings } from '../http/server-settings.ts';
import { MOST_LISTED } from '../server.ts';
import { get } from './get.ts';

/** A model that a server has. */
export interface ServedModel {
  name: string;
  /** Other names that it goes by. */
  aliases: readonly string[];
  /** Its size in bytes, if the server says. */
  bytes: number | undefined;
  /** The window that one conversation has, in tokens, if the server says. */
  contextLength: number | undefined;
  /** The server is llama.cpp's, which can tell how far it has come with a prompt. */
  tellsProgress: boolean;
}

/**
 * The models that a server lists. What is missing or of the wrong type counts as not said.
 * @throws what `get` throws
 */
export async function listModels(
  settings: ServerSettings,
  signal: AbortSignal,
): Promise<ServedModel[]> {
  const listed = await get(`${settings.host.url}/models`, settings, signal);
  const data = fieldsOf(listed).get('data');
  return (Array.isArray(data) ? data : [])
    .slice(0, MOST_LISTED.models)
    .flatMap((one: unknown) => servedModel(one) ?? []);
}

/**
 * The window that one conversation has by llama-server's /props, beside /v1, in tokens.
 * @throws what `get` throws
 */
export async function windowByProps(
  settings: ServerSettings,
  signal: AbortSignal,
): Promise<number | undefined> {
  const props = await get(settings.host.url.replace(/\/v1$/, '/props'), settings, signal);
  return tokens(fieldsOf(fieldsOf(props).get('default_generation_settings')).get('n_ctx'));
}

function servedModel(value: unknown): ServedModel | undefined {
  const fields = fieldsOf(value);
  const name = fields.get('id');
  if (typeof name !== 'string' || name === '' || name.length > MOST_LISTED.nameChars)
    return undefined;
  const aliases = fields.get('aliases');
  const meta = fieldsOf(fields.get('meta'));
  return {
    name,
    aliases: Array.isArray(aliases) ? aliases.filter((each) => typeof each === 'string') : [],
    bytes: finite(meta.get('size')),
    // llama-server's is that of one slot; vLLM and SGLang have the other field.
    contextLength: tokens(meta.get('n_ctx')) ?? tokens(fields.get('max_model_len')),
    tellsProgress: fields.get('owned_by') === 'llamacpp',
  };
}

/** The model of this name; Ollama lists one without a tag as the latest. */
export function modelNamed(name: string, models: readonly ServedModel[]): ServedModel | undefined {
  return (
    models.find((model) => model.name === name) ??
    models.find((model) => model.aliases.includes(name) || model.name === `${name}:latest`)
  );
}

function tokens(value: unknown): number | undefined {
  const number = finite(value);
  return number !== undefined && number >= 1 ? Math.floor(number) : undefined;
}
