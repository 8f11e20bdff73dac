/** The approval question: everything that would run is shown first, as it is. */
import { escapeForTerminal, escapeLine } from './escape.ts';

/** A long run of blanks could push what follows it out of sight. */
const LONG_BLANK = / {20,}|\t{4,}|\n{4,}/g;

export interface Question {
  /** What would run. */
  details: string;
  /** The question itself, in one line. */
  prompt: string;
}

/**
 * The question in full: the tool, then each argument, escaped. Values of one line stand beside
 * their names, others below, set in, so that no line of them can pass for the question itself.
 */
export function renderQuestion(tool: string, args: Readonly<Record<string, unknown>>): Question {
  const rows = Object.entries(args).map(([name, value]) => {
    const text = escapeForTerminal(withVisibleBlanks(String(value)));
    return text.includes('\n') || text.length > 60
      ? `  ${name}:\n${text.replace(/\n$/, '').replace(/^/gm, '  | ')}`
      : `  ${name}: ${text}`;
  });
  return { details: rows.join('\n'), prompt: `Allow ${escapeLine(tool)}? [y/N] ` };
}

/** Only y and yes allow; anything else, and the end of input, is a no. */
export function isYes(answer: string | undefined): boolean {
  return /^\s*y(es)?\s*$/i.test(answer ?? '');
}

function withVisibleBlanks(text: string): string {
  return text.replace(LONG_BLANK, (run) => {
    const kind = { ' ': 'blanks', '\t': 'tabs', '\n': 'newlines' }[run[0] ?? ' '];
    return run.startsWith('\n') ? `\n[${run.length} ${kind}]\n` : ` [${run.length} ${kind}] `;
  });
}
