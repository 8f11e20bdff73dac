/** The approval question: everything that would run is shown first. */
import { cutRows, renderDiff } from './diff.ts';
import { lineRows, type RowStyle } from './rows.ts';
import type { ApprovalRequest } from '../../tools/approval.ts';
import { escapeLine } from '../text/escape.ts';
import { wrapText } from '../text/spans.ts';
import { CODES_NOTE, visibleLines } from '../text/visible.ts';
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
  const { name, change, command, beginning } = call;
  const all = change ? await renderDiff(change, style) : argumentRows(call, style);
  // A command is never cut: its end matters as much as its beginning.
  const { shown, isCut } = change ? cutRows(all, 'v shows all') : { shown: all, isCut: false };
  const letters = [
    'y',
    'N',
    ...(offersAlways(call) ? ['a'] : []),
    ...(beginning === undefined ? [] : ['b']),
    ...(command === undefined ? [] : ['e']),
    ...(isCut ? ['v'] : []),
  ];
  const ask = (what: string) => `Allow${what}? [${letters.join('/')}] `;
  const tool = ` ${escapeLine(name)}`;
  const file = change ? ` ${escapeLine(change.path)}` : '';
  return {
    details: [...shown, ...noteRows(notesOn(call), style)].join('\n'),
    whole: isCut ? all.join('\n') : undefined,
    // A name that does not fit is still in the diff.
    prompt: [tool + file, tool].map(ask).find((prompt) => fits(prompt, style.columns)) ?? ask(''),
  };
}

/** Whether a yes can be given for all calls like this one. */
export function offersAlways({ isUnread, isOnce, isEachTime }: ApprovalRequest): boolean {
  return !(isUnread || isOnce || isEachTime);
}

function notesOn({ isUnread, isOnce, beginning }: ApprovalRequest): string[] {
  return [
    ...(beginning === undefined ? [] : [`b always allows: ${beginning}`]),
    ...(isUnread ? ['The model has not read all of this file.'] : []),
    ...(isOnce ? ['It runs after edits. A yes is for later ones, too.'] : []),
  ];
}

function noteRows(notes: readonly string[], { columns = Infinity }: RowStyle): string[] {
  return notes.flatMap((note) => wrapText(note, columns - 2, 2)).map((row) => `  ${row}`);
}

/**
 * Values of one line go beside their names; others go below, behind a gutter, so that no line of them
 * can pass for the question itself, and no row for a line.
 */
function argumentRows({ args, units }: ApprovalRequest, style: RowStyle): string[] {
  const { columns = Infinity } = style;
  return Object.entries(args).flatMap(([name, value]) => {
    const unit = units?.[name] === undefined ? '' : ` ${units[name]}`;
    const texts = `${String(value).replace(/\n$/, '')}${unit}`.split('\n');
    const { shown, hasCodes } = visibleLines(texts.map((text) => ({ sign: '', text })));
    const [text = ''] = texts;
    const beside = `  ${name}: ${text}`;
    const isShort = texts.length === 1 && !hasCodes && text.length <= 60;
    if (isShort && fits(beside, columns)) return [beside];
    const note = hasCodes ? noteRows([CODES_NOTE], style) : [];
    return [`  ${name}:`, ...note, ...shown.flatMap((line) => lineRows(line, style))];
  });
}

function fits(line: string, columns = Infinity): boolean {
  return wrapLine(line, 0, columns).length === 1;
}
