/** Where a server of models is, how long to wait for it, and the key that it is sent. */
import type { Host } from './host.ts';

/** Where a server is, and what it takes to ask it. */
export interface ServerSettings {
  host: Host;
  /** How long the server may send nothing, in milliseconds. */
  timeoutMs: number;
  /** The key, sent as a bearer token to this host and to no other; credentials in its address win. */
  key?: string | undefined;
  /** The environment variable that the key is from, for messages. Without it, the usual one. */
  keyName?: string | undefined;
}

/** The environment variables that usually hold the key of each kind of server. */
export const KEY_NAMES = { ollama: 'OLLAMA_API_KEY', openai: 'OPENAI_API_KEY' } as const;

/** What is shown of a key instead. */
const HIDDEN = '[key]';
/** Of a key that is cut off, no more than this is shown. */
const SHOWN_CHARS = 3;

/**
 * The settings with a key that a header can hold, without whitespace at its ends, if there is one.
 * @param usualName the environment variable that usually holds it
 * @throws TypeError, which does not have the key, if no header can hold it
 */
export function withKey<Settings extends ServerSettings>(
  settings: Settings,
  usualName: string,
): Settings {
  const keyName = settings.keyName ?? usualName;
  const key = settings.key?.trim() || undefined;
  if (key !== undefined && !/^[\x21-\x7e]+$/.test(key)) {
    throw new TypeError(`The key in ${keyName} has characters that no key can have: set it again.`);
  }
  return { ...settings, key, keyName };
}

/** The headers that say who asks. */
export function credentials({ host, key }: ServerSettings): Record<string, string> {
  return { ...(key !== undefined && { Authorization: `Bearer ${key}` }), ...host.headers };
}

/** What a server says, without the key or the credentials that it may have been sent. */
export function withoutSecrets(
  said: string,
  { host, key }: Pick<ServerSettings, 'host' | 'key'>,
): string {
  return secretsOf(host, key).reduce(hide, said);
}

/** The key and the credentials, as they are and as JSON and addresses write them; the longest first. */
function secretsOf({ headers }: Host, key: string | undefined): string[] {
  const [, basic = ''] = headers['Authorization']?.split(' ') ?? [];
  const both = Buffer.from(basic, 'base64').toString();
  const secrets = [key ?? '', basic, both, both.slice(both.indexOf(':') + 1)];
  return secrets
    .filter((secret) => secret.length > SHOWN_CHARS)
    .flatMap((secret) => [JSON.stringify(secret).slice(1, -1), encodeURIComponent(secret), secret])
    .toSorted((one, other) => other.length - one.length);
}

function hide(said: string, secret: string): string {
  const shown = said.replaceAll(secret, HIDDEN);
  // What a server says is cut to a length, maybe in the middle of it.
  for (let chars = secret.length - 1; chars > SHOWN_CHARS; chars--) {
    if (shown.endsWith(secret.slice(0, chars))) return shown.slice(0, -chars) + HIDDEN;
  }
  return shown;
}
