/** Asks a server about itself. */
import { credentials, type ServerSettings } from '../http/server-settings.ts';
import { exchange } from '../http/transport.ts';
import { readObject } from './json.ts';

/** The object at an address of the server. @throws what `exchange` and `readObject` throw */
export async function get(
  url: string,
  settings: ServerSettings,
  signal: AbortSignal,
): Promise<object> {
  const headers = { ...credentials(settings), accept: 'application/json' };
  const { body } = await exchange(url, { headers }, signal, settings.timeoutMs);
  return readObject(body);
}
