/** The approval question: everything that would run is shown first. */
import { withVisibleWhitespace } from '../text/whitespace.ts';
import { cutRows, PREFIX, renderDiff, type RowStyle } from './diff.ts';
import type { ApprovalRequest } from '../../tools/approval.ts';
import { escapeForTerminal, escapeLine } from '../text/escape.ts';
import { wrapLine } from '../text/wrap.ts';

/** The question as it is shown. */
interface Question {
  /** What would run, cut where it is too long to show at once. */
  details: string;
  /** All of it, where `details` is cut. */
  whole: string | undefined;
  /** The question itself, in one line. */
  prompt: string;
}

/**
 * The question, with what would run: for an edit the diff to the current file, for anything else each
 * argument, escaped.
 */
export async function renderQuestion(call: ApprovalRequest, style: RowStyle): Promise<Question> {
  const { name, args, change, command } = call;
  const all = change ? await renderDiff(change, style) : argumentRows(args, style.columns);
  // A command is never cut: its end matters as much as its beginning.
  const { shown, isCut } = change ? cutRows(all, 'v shows all') : { shown: all, isCut: false };
  const letters = ['y', 'N', 'a', ...(command === undefined ? [] : ['e']), ...(isCut ? ['v'] : [])];
  const ask = (what: string) => `Allow${what}? [${letters.join('/')}] `;
  const tool = ` ${escapeLine(name)}`;
  const file = change ? ` ${escapeLine(change.path)}` : '';
  return {
    details: shown.join('\n'),
    whole: isCut ? all.join('\n') : undefined,
    // A name that does not fit is still in the diff.
    prompt: [tool + file, tool].map(ask).find((prompt) => fits(prompt, style.columns)) ?? ask(''),
  };
}

/**
 * Values of one line go beside their names, others below, indented, so that no line of them can pass
 * for the question itself. Long lines are wrapped here for the same reason.
 */
function argumentRows(args: ApprovalRequest['args'], columns = Infinity): string[] {
  return Object.entries(args).flatMap(([name, value]) => {
    const text = escapeForTerminal(withVisibleWhitespace(String(value)));
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
