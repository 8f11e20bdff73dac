/** `/prompt`: the prompt that the next model call would send, section by section. */
import type { ChalkInstance } from 'chalk';
import type { PromptReport } from '../../agent/events.ts';
import { escapeForTerminal } from '../text/escape.ts';

/** The sections by their names, as they are shown; turns stand under the name of who speaks. */
function sectionsOf({ system, examples, memory, conversation }: PromptReport): [string, string][] {
  return [
    ['system', system],
    ['examples', spoken(examples)],
    ['memory', memory || 'Sent only once entries have left the conversation.'],
    ['conversation', spoken(conversation)],
  ];
}

function spoken(turns: PromptReport['conversation']): string {
  return turns.map(({ role, content }) => `[${role}] ${content}`).join('\n\n') || '(nothing yet)';
}

/** All sections, or the one that is named; escaped, each under a line that tells its size. */
export function renderPrompt(report: PromptReport, section: string, chalk: ChalkInstance): string {
  const sections = sectionsOf(report);
  const asked = sections.filter(([name]) => section === '' || name === section.toLowerCase());
  if (asked.length === 0) {
    return `The sections are ${sections.map(([name]) => name).join(', ')}.`;
  }
  return asked
    .map(([name, text]) => {
      const bytes = Buffer.byteLength(text);
      return `${chalk.bold.cyan(`── ${name} · ${bytes} bytes`)}\n${escapeForTerminal(text)}`;
    })
    .join('\n\n');
}
