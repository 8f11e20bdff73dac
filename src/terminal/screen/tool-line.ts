/** What is said of a call: while it runs, and in one line when it is over. */
import { columnsIn } from '../text/columns.ts';
import type { AgentEvent } from '../../agent/events.ts';
import { escapeLine } from '../text/escape.ts';
import { shortenEnd, shortenLine, shortenMiddle } from '../text/shorten.ts';
import { formatSeconds } from '../text/sizes.ts';

/** What the events of a call tell of it. */
export type Call = Pick<AgentEvent & { type: 'tool_start' }, 'label'>;

/** How a call ended. */
export type CallEnd = Pick<
  AgentEvent & { type: 'tool_end' },
  'label' | 'ok' | 'content' | 'elapsedMs' | 'summary' | 'rule'
>;

/** Characters of a line that are looked at: nobody reads more in one row. */
const LINE_CHARS = 400;
/** In a narrower row there is none for a hint. */
const HINT_COLUMNS = 36;

/** Enough to know a rule by, and the least width of a line that has room for it. */
const [RULE_COLUMNS, LINE_WITH_RULE] = [24, 60];

/** What is below a line is indented. */
const INDENT = 2;

/**
 * What the call does while it runs: `running npm test · 3 s · Esc stops it`.
 * @param hint how to stop it, left out where there is little room; empty: there is none
 */
export function runningLine({ label }: Call, seconds: number, columns: number, hint = ''): string {
  const after = ` · ${seconds} s`;
  const hinted = hint !== '' && columns >= HINT_COLUMNS ? `${after} · ${hint}` : after;
  return fitted(label.verbs[0], label.subject, hinted, columns);
}

/** The line above what a delegate does. */
export function headingLine({ label }: Call, columns: number): string {
  return fitted(`• ${label.verbs[1]}`, label.subject, '', columns);
}

/** What the call did, in one line of at most so many columns: `• ran npm test · exit 0 · 4.2 s`. */
export function doneLine(end: CallEnd, columns: number): string {
  const { label, ok, summary, elapsedMs, rule } = end;
  const [mark, verb] = ok ? ['•', label.verbs[1]] : ['✗', label.verbs[2]];
  const { range, result } = (ok && summary) || {};
  const after = [
    range === undefined ? '' : ` ${escapeLine(range)}`,
    result === undefined ? '' : ` · ${escapeLine(shortenLine(result, LINE_CHARS))}`,
    elapsedMs >= 1000 ? ` · ${formatSeconds(elapsedMs)}` : '',
    rule === undefined || columns < LINE_WITH_RULE
      ? ''
      : ` · always: ${escapeLine(shortenEnd(rule, RULE_COLUMNS))}`,
  ];
  return fitted(`${mark} ${verb}`, label.subject, after.join(''), columns);
}

/** Whether the person should look at it: the call failed, or what it ran did. */
export function isFailure({ ok, summary }: CallEnd): boolean {
  return !ok || summary?.failed === true;
}

/** Why a call failed, which the model is told in its first line; undefined where it did not fail. */
export function failureLine({ ok, content }: CallEnd): string | undefined {
  return ok ? undefined : escapeLine(shortenLine(content.split('\n', 1)[0] ?? '', LINE_CHARS));
}

/** The end of what a call has printed, a row a line, below the rule if the line lacks room for it. */
export function outputRows({ summary, rule }: CallEnd, columns: number): string[] {
  const isBelow = rule !== undefined && columns < LINE_WITH_RULE - INDENT;
  const lines = [...(isBelow ? [`always: ${rule}`] : []), ...(summary?.output ?? [])];
  return lines.map((line) => outputRow(line, columns));
}

/** A line that a command has printed, in one row. */
export function outputRow(line: string, columns: number): string {
  return shortenEnd(escapeLine(line.slice(0, LINE_CHARS).replaceAll('\t', '  ')), columns);
}

/** The subject is what gives way where the line is too long. */
function fitted(verb: string, subject: string, after: string, columns: number): string {
  const [before, whole] = [escapeLine(verb), escapeLine(subject)];
  const room = columns - columnsIn(before) - columnsIn(after) - 1;
  const isPath = /^[^\s"]+$/.test(whole);
  const shown = (isPath ? shortenMiddle : shortenEnd)(whole, Math.max(4, room));
  return shortenEnd(`${before} ${shown}`.trimEnd() + after, columns);
}
