/** `/model`: what models there are, and another one for the conversation. */
import { nearest } from '../../util/nearest.ts';
import { escapeLine } from '../text/escape.ts';
import { formatBytes } from '../text/sizes.ts';
import type { ModelUser, Models } from './command.ts';

/** The models of the server, the one that is used marked. */
export async function listModels(
  { modelName }: ModelUser,
  models: Models,
  signal: AbortSignal,
): Promise<string> {
  const listed = await models.list(signal);
  if (listed.length === 0) return 'There is no model on the server. /model NAME gets one.';
  const width = Math.max(...listed.map(({ name }) => escapeLine(name).length)) + 2;
  const rows = listed.map(({ name, bytes }) => {
    const mark = isSame(name, modelName) ? '*' : ' ';
    const size = bytes === undefined ? '' : formatBytes(bytes);
    return `${mark} ${escapeLine(name).padEnd(width)}${size}`.trimEnd();
  });
  return [...rows, '/model NAME goes on with another one.'].join('\n');
}

/** Goes on with the model of this name, where it is on the server or the person wants it there. */
export async function changeModel(
  conversation: ModelUser,
  models: Models,
  asked: string,
  signal: AbortSignal,
): Promise<string> {
  const listed = (await models.list(signal)).map(({ name }) => name);
  const found = listed.find((name) => isSame(name, asked));
  if (found === undefined && !(await models.offerPull(asked, signal))) {
    return `${escapeLine(conversation.modelName)} stays. ${suggestion(asked, listed)}`;
  }
  const name = found ?? asked;
  if (isSame(name, conversation.modelName)) return `${escapeLine(name)} is the model already.`;
  conversation.switchModel(name);
  return (
    `From here on: ${escapeLine(name)}. It reads the whole prompt anew at the next request, and ` +
    'its context window may be another.'
  );
}

/** Ollama reads a name without a tag as `:latest`, and passes over case. */
function isSame(one: string, other: string): boolean {
  return tagged(one) === tagged(other);
}

function tagged(name: string): string {
  return (/:[^/]*$/.test(name) ? name : `${name}:latest`).toLowerCase();
}

/** A name that is near, or another size of the same model. */
function suggestion(asked: string, names: readonly string[]): string {
  if (names.length === 0) return 'There is no model on the server.';
  const family = (name: string) => name.toLowerCase().replace(/:.*$/s, '');
  const meant = nearest(asked, names) ?? names.find((name) => family(name) === family(asked));
  return meant === undefined ? '/model lists what there is.' : `Did you mean ${escapeLine(meant)}?`;
}
