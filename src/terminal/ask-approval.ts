/** The approval question: everything that would run is shown first, as it is. */
import { escapeForTerminal, escapeLine } from './escape.ts';
import { wrapLine } from './wrap.ts';

/** Stands before every row of a longer text. */
const PREFIX = '  | ';

/** A long run of blanks could push what follows it out of sight; an indentation may be longer. */
const BLANK = '[^\\S\\n]|[\\u115f\\u1160\\u2800\\u3164\\uffa0]';
const LONG_BLANK = new RegExp(
  `(?:(?:${BLANK})*\\n){4,}|(?<!^|\\n|${BLANK})(?:${BLANK}){20,}|(?:${BLANK}){80,}`,
  'g',
);

export interface Question {
  /** What would run. */
  details: string;
  /** The question itself, in one line. */
  prompt: string;
}

/**
 * The question in full: the tool, then each argument, escaped. Values of one line stand beside
 * their names, others below, set in, so that no line of them can pass for the question itself. Nor
 * can a row that the terminal would make of a longer line: in one of `columns` they are made here.
 */
export function renderQuestion(
  tool: string,
  args: Readonly<Record<string, unknown>>,
  columns = Infinity,
): Question {
  const fits = (line: string) => wrapLine(line, 0, columns).length === 1;
  const rows = Object.entries(args).flatMap(([name, value]) => {
    const text = escapeForTerminal(withVisibleBlanks(String(value)));
    const beside = `  ${name}: ${text}`;
    if (!text.includes('\n') && text.length <= 60 && fits(beside)) return [beside];
    const lines = text.replace(/\n$/, '').split('\n');
    const below = lines.flatMap((line) => wrapLine(line, PREFIX.length, columns));
    return [`  ${name}:`, ...below.map((row) => `${PREFIX}${row}`)];
  });
  const file = typeof args['path'] === 'string' ? ` ${escapeLine(args['path'])}` : '';
  const ask = (what: string) => `Allow ${escapeLine(tool)}${what}? [y/N] `;
  // The file's name, which the model has chosen, is among the arguments, too.
  return { details: rows.join('\n'), prompt: fits(ask(file)) ? ask(file) : ask('') };
}

/** Only y and yes allow; anything else, and the end of input, is a no. */
export function isYes(answer: string | undefined): boolean {
  return /^\s*y(es)?\s*$/i.test(answer ?? '');
}

function withVisibleBlanks(text: string): string {
  return text.replace(/\r\n/g, '\n').replace(LONG_BLANK, (run) => {
    const newlines = run.split('\n').length - 1;
    return newlines > 0 ? `\n[${newlines} newlines]\n` : ` [${run.length} blanks] `;
  });
}
