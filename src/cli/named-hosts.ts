/** Servers that a person keeps in the settings file, under names of their own. */
import * as z from 'zod';
import { parseHost } from '../model/http/host.ts';

/** A server of the settings. */
export interface NamedHost {
  url: string;
  /** The model to ask there, unless another is named or a session brings one. */
  model?: string | undefined;
  /** The environment variable that holds the key. */
  key_env?: string | undefined;
}

/** Never a whole address, though it may be the name of a machine. */
const NAME = /^[A-Za-z][\w-]*$/;
/** Capitals only: a key that was written here by mistake is refused, and never shown. */
const VARIABLE = /^[A-Z_][A-Z0-9_]*$/;

const URL_EXPECTED = 'It must be a URL such as http://127.0.0.1:8000/v1.';
const MODEL_EXPECTED = 'It must be the name of a model.';
const VARIABLE_EXPECTED =
  'It must be the name of an environment variable that holds the key, in capitals.';
const FIELDS_EXPECTED = 'A host can have only url, model and key_env.';
const HOST_EXPECTED = 'It must be like {"url": "http://127.0.0.1:8000/v1", "key_env": "LAB_KEY"}.';
const NAME_EXPECTED = 'It must be letters, digits, - and _, and begin with a letter.';
const HOSTS_EXPECTED = 'It must be like {"lab": {"url": "http://127.0.0.1:8000/v1"}}.';
const TWO_SECRETS = 'It has a key_env and a password in its url: keep one of them.';

/** The schema of `hosts` in the settings file: a function, so that a start without one makes none. */
export function hostsSchema() {
  const host = z
    .strictObject(
      {
        url: z.string(URL_EXPECTED).refine((text) => headersOf(text) !== undefined, URL_EXPECTED),
        model: z.string(MODEL_EXPECTED).trim().min(1, MODEL_EXPECTED).optional(),
        key_env: z.string(VARIABLE_EXPECTED).regex(VARIABLE, VARIABLE_EXPECTED).optional(),
      },
      { error: ({ code }) => (code === 'unrecognized_keys' ? FIELDS_EXPECTED : HOST_EXPECTED) },
    )
    .refine(
      ({ url, key_env }) => key_env === undefined || !headersOf(url)?.['Authorization'],
      TWO_SECRETS,
    );
  return z.record(z.string().regex(NAME), host, {
    error: ({ code }) => (code === 'invalid_key' ? NAME_EXPECTED : HOSTS_EXPECTED),
  });
}

/** Whether a word may be the name of a server. */
export function mayBeName(word: string): boolean {
  return NAME.test(word);
}

/** The headers with the credentials of an address; undefined if it is none. */
function headersOf(text: string): Record<string, string> | undefined {
  try {
    return parseHost(text).headers;
  } catch {
    return undefined;
  }
}
