/** `/model`: lists the models, and switches to another. */
import { nearest } from '../../util/nearest.ts';
import { escapeLine } from '../text/escape.ts';
import { formatBytes } from '../text/sizes.ts';
import type { Conversation, Models } from './command.ts';

/** A longer name pushes what follows it to the right, in its own row alone. */
const MOST_ALIGNED = 60;

/** The models on the server; the one in use is marked. @throws ModelError */
export async function listModels(
  { modelName }: Pick<Conversation, 'modelName'>,
  models: Models,
  signal: AbortSignal,
): Promise<string> {
  const listed = await models.list(signal);
  if (listed.length === 0) {
    return `No models on the server.${models.canPull ? ' /model NAME pulls one.' : ''}`;
  }
  const longest = Math.max(...listed.map(({ name }) => escapeLine(name).length));
  const width = Math.min(longest, MOST_ALIGNED) + 1;
  const rows = listed.map(({ name, bytes, runsAt }) => {
    const mark = models.isSame(name, modelName) ? '*' : ' ';
    const size = bytes === undefined ? '' : formatBytes(bytes);
    const where = runsAt === undefined ? '' : `  runs at ${escapeLine(runsAt)}`;
    return `${mark} ${escapeLine(name).padEnd(width)} ${size}${where}`.trimEnd();
  });
  const server = models.elsewhere === undefined ? [] : [`On ${escapeLine(models.elsewhere)}:`];
  return [...server, ...rows, '/model NAME switches to another.'].join('\n');
}

/** Switches to the model of this name, pulled first if the person agrees. @throws ModelError */
export async function switchModel(
  conversation: Pick<Conversation, 'modelName' | 'switchModel'>,
  models: Models,
  asked: string,
  signal: AbortSignal,
): Promise<string> {
  if (/\s/.test(asked)) return 'The name of a model has no spaces. Usage: /model NAME';
  const listed = (await models.list(signal)).map(({ name }) => name);
  const found = listed.find((name) => models.isSame(name, asked));
  if (found === undefined && !(await models.offerPull(asked, signal))) {
    return `Still using ${escapeLine(conversation.modelName)}. ${suggestion(asked, listed)}`;
  }
  const name = found ?? asked;
  if (models.isSame(name, conversation.modelName)) return `Already using ${escapeLine(name)}.`;
  conversation.switchModel(name);
  return (
    `Switched to ${escapeLine(name)}; the next request re-reads the prompt. ` +
    'Its context window may differ.'
  );
}

/** A typo is near, and so is another size of the same model. */
function suggestion(asked: string, names: readonly string[]): string {
  if (names.length === 0) return 'No models on the server.';
  const family = (name: string) => name.toLowerCase().replace(/:.*$/s, '');
  const meant = nearest(asked, names) ?? names.find((name) => family(name) === family(asked));
  return meant === undefined ? '/model lists them.' : `Did you mean ${escapeLine(meant)}?`;
}
