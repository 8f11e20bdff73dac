/** `/think`: shows whether the model thinks before its replies, and switches it. */
import type { Think } from '../../model/think.ts';
import type { Conversation } from './command.ts';

/** Every `Think`; the terminal imports only types of other rooms. */
export const MODES: readonly Think[] = ['off', 'on', 'low', 'medium', 'high'];

/** Switches to the mode of this name; without a name, says which one there is. */
export function think(thinking: Conversation['thinking'], name: string): string {
  const mode = MODES.find((each) => each === name.toLowerCase());
  const is = mode ? 'is now' : 'is';
  if (mode) thinking.mode = mode;
  const usage = mode || name === '' ? '' : `Usage: /think [${MODES.join('|')}]\n`;
  const limit = thinking.mode === 'off' ? '' : `, at most ${thinking.budget} tokens a reply`;
  return `${usage}Thinking ${is} ${thinking.mode}${limit}.`;
}
