/** `/prompt`: the prompt that the next model call would send, section by section. */
import type { ChalkInstance } from 'chalk';
import type { PromptReport } from '../../agent/events.ts';
import { escapeForTerminal } from '../text/escape.ts';

/** All sections, or the one that is named; escaped, each under a line that tells its size. */
export function renderPrompt(report: PromptReport, section: string, chalk: ChalkInstance): string {
  const sections = Object.entries(report);
  const asked = sections.filter(([name]) => section === '' || name === section.toLowerCase());
  if (asked.length === 0) {
    return `The sections are ${sections.map(([name]) => name).join(', ')}.`;
  }
  return asked
    .map(([name, text]: [string, string]) => {
      const bytes = Buffer.byteLength(text);
      return `${chalk.bold.cyan(`── ${name} · ${bytes} bytes`)}\n${escapeForTerminal(text)}`;
    })
    .join('\n\n');
}
