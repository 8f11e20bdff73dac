/** `/prompt`: the prompt that the next model call would send, section by section. */
import type { ChalkInstance } from 'chalk';
import { escapeForTerminal } from '../text/escape.ts';
import type { Prompt } from '../../prompt/prompt.ts';

/** The names of the sections, in the order in which they are sent. */
export const SECTIONS = ['system', 'examples', 'memory', 'conversation'] as const;

/** A section as it is shown; each turn begins with its role. */
function shown(prompt: Prompt, name: (typeof SECTIONS)[number]): string {
  const section = prompt[name];
  return typeof section === 'string' ? section : spoken(section);
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
  const asked = SECTIONS.filter((name) => section === '' || name === section.toLowerCase());
  if (asked.length === 0) return `Sections: ${SECTIONS.join(', ')}`;
  return asked
    .map((name) => {
      const text = shown(report, name);
      const heading = chalk.bold.cyan(`── ${name} · ${Buffer.byteLength(text)} bytes`);
      return `${heading}\n${text === '' ? chalk.dim(EMPTY[name] ?? '') : escapeForTerminal(text)}`;
    })
    .join('\n\n');
}
