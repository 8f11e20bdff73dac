/** `/prompt`: the prompt that the next model call would send, section by section. */
import type { ChalkInstance } from 'chalk';
import { escapeForTerminal } from '../text/escape.ts';
import type { Prompt } from '../../prompt/prompt.ts';

/** The sections by name, as they are shown; each turn begins with its role. */
function sectionsOf({ system, examples, memory, conversation }: Prompt): [string, string][] {
  return [
    ['system', system],
    ['examples', spoken(examples)],
    ['memory', memory],
    ['conversation', spoken(conversation)],
  ];
}

/** What is shown for a section that is not sent. */
const EMPTY: Readonly<Record<string, string>> = {
  memory: '(sent only after compaction)',
  conversation: '(nothing yet)',
};

function spoken(turns: Prompt['conversation']): string {
  return turns.map(({ role, content }) => `[${role}] ${content}`).join('\n\n');
}

/** All sections, or the one that is named: escaped, each under a line with its size in bytes. */
export function renderPrompt(report: Prompt, section: string, chalk: ChalkInstance): string {
  const sections = sectionsOf(report);
  const asked = sections.filter(([name]) => section === '' || name === section.toLowerCase());
  if (asked.length === 0) {
    return `Sections: ${sections.map(([name]) => name).join(', ')}`;
  }
  return asked
    .map(([name, text]) => {
      const heading = chalk.bold.cyan(`── ${name} · ${Buffer.byteLength(text)} bytes`);
      const shown = text === '' ? chalk.dim(EMPTY[name] ?? '') : escapeForTerminal(text);
      return `${heading}\n${shown}`;
    })
    .join('\n\n');
}
