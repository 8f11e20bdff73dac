/** A prompt by its sections. */
import { turnsOf, type Shown } from '../context/transcript.ts';
import type { Turn } from '../model/model.ts';

/** What every prompt of a cache epoch starts with. */
export interface PromptStart {
  /** The system turn. */
  system: string;
  examples: readonly Turn[];
  /** The section `Memory:`, which is in the first turn of the conversation; may be empty. */
  memory: string;
}

/** A prompt by its sections; together they are its turns. */
export interface Prompt extends PromptStart {
  conversation: readonly Turn[];
}

/** The prompt with this start, and this conversation so far. */
export function promptOf({ system, examples, memory }: PromptStart, shown: Shown): Prompt {
  return { system, examples, memory, conversation: turnsOf(shown, memory) };
}

/** All turns of a prompt, in order. */
export function allTurns({ system, examples, conversation }: Prompt): Turn[] {
  return [{ role: 'system', content: system }, ...examples, ...conversation];
}
