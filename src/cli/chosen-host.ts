/** The server of a run: from what `--host`, OLLAMA_HOST or the settings say to its address and key. */
import { mayBeName, type NamedHost } from './named-hosts.ts';
import { UsageError } from './usage-error.ts';
import { isOpenai, parseHost, type Host } from '../model/http/host.ts';
import { KEY_NAMES } from '../model/http/server-settings.ts';
import { OLLAMA_DEFAULTS } from '../model/ollama/defaults.ts';
import { nearest } from '../util/nearest.ts';

/** The key for a server. */
export interface Key {
  /** The environment variable that it is looked for in. */
  name: string;
  /**
   * What that holds; undefined if it is not set, or no key may be sent: nobody named the server, or
   * its address has a password.
   */
  value: string | undefined;
}

/** A server, and what belongs to it. */
export interface ChosenHost {
  host: Host;
  /** The model that the settings name for it. */
  model: string | undefined;
  key: Key;
}

/**
 * The server that a word means: that of this name, or the one at this address.
 * @param word a name in `hosts`, or an address that `parseHost` can read; empty: nobody named one
 * @param hosts the servers with a name; none for OLLAMA_HOST, which Ollama itself reads, too
 * @throws UsageError if the word is nearly a name
 */
export function chooseHost(
  word: string,
  hosts: ReadonlyMap<string, NamedHost>,
  env: NodeJS.ProcessEnv,
): ChosenHost {
  const named = hosts.get(word);
  if (!named) assertNoTypo(word, [...hosts.keys()]);
  const host = parseHost(named?.url ?? (word || OLLAMA_DEFAULTS.host));
  const name = named?.key_env ?? KEY_NAMES[isOpenai(host) ? 'openai' : 'ollama'];
  const mayHaveKey = word !== '' && !host.headers['Authorization'];
  const value = mayHaveKey ? env[name]?.trim() || undefined : undefined;
  return { host, model: named?.model, key: { name, value } };
}

/** A word that is no name may still be that of a machine, unless it is a name with a typing error. */
function assertNoTypo(word: string, names: readonly string[]): void {
  if (!mayBeName(word) || word === 'localhost') return;
  const sameLetters = names.find((name) => name.toLowerCase() === word.toLowerCase());
  const meant = sameLetters ?? nearest(word, names);
  if (meant === undefined) return;
  throw new UsageError(
    `There is no host "${word}" in the settings. Did you mean "${meant}"? ` +
      `For a machine of that name, write http://${word}.`,
  );
}
