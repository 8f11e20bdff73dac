/** The approval question: everything that would run is shown first, as it is. */
import { withVisibleBlanks } from '../text/whitespace.ts';
import { cutRows, PREFIX, renderDiff, type RowStyle } from './diff.ts';
import type { ApprovalRequest } from '../../tools/approval.ts';
import { escapeForTerminal, escapeLine } from '../text/escape.ts';
import { wrapLine } from '../text/wrap.ts';

export interface Question {
  /** What would run, or as much of it as can be shown at a time. */
  details: string;
  /** All of it, where `details` is cut. */
  whole: string | undefined;
  /** The question itself, in one line. */
  prompt: string;
}

/**
 * The question in full. Of an edit the difference that it makes to the file as it is now; of
 * anything else each argument, escaped.
 */
export async function renderQuestion(call: ApprovalRequest, style: RowStyle): Promise<Question> {
  const { tool, args, change, command } = call;
  const all = change ? await renderDiff(change, style) : argumentRows(args, style.columns);
  // A command is never cut: its end matters as much as its beginning.
  const { shown, isCut } = change ? cutRows(all, 'v shows all') : { shown: all, isCut: false };
  const letters = ['y', 'N', 'a', ...(command === undefined ? [] : ['e']), ...(isCut ? ['v'] : [])];
  const ask = (what: string) => `Allow${what}? [${letters.join('/')}] `;
  const name = ` ${escapeLine(tool)}`;
  const file = change ? ` ${escapeLine(change.path)}` : '';
  return {
    details: shown.join('\n'),
    whole: isCut ? all.join('\n') : undefined,
    // The file's name, which the model has chosen, is in the diff, too.
    prompt: [name + file, name].map(ask).find((prompt) => fits(prompt, style.columns)) ?? ask(''),
  };
}

/**
 * Values of one line stand beside their names, others below, set in, so that no line of them can
 * pass for the question itself. Nor can a row that the terminal would make of a longer line: in one
 * of `columns` they are made here.
 */
function argumentRows(args: ApprovalRequest['args'], columns = Infinity): string[] {
  return Object.entries(args).flatMap(([name, value]) => {
    const text = escapeForTerminal(withVisibleBlanks(String(value)));
    const beside = `  ${name}: ${text}`;
    if (!text.includes('\n') && text.length <= 60 && fits(beside, columns)) return [beside];
    const lines = text.replace(/\n$/, '').split('\n');
    const below = lines.flatMap((line) => wrapLine(line, PREFIX.length, columns));
    return [`  ${name}:`, ...below.map((row) => `${PREFIX}${row}`)];
  });
}

function fits(line: string, columns = Infinity): boolean {
  return wrapLine(line, 0, columns).length === 1;
}
