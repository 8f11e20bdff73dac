/** What is said of a call: while it runs, and in one line when it is over. */
import stringWidth from 'string-width';
import { clipLine } from '../../context/clip.ts';
import { escapeLine } from '../text/escape.ts';
import { shortenEnd, shortenMiddle } from '../text/shorten.ts';
import { counted, formatSeconds } from '../text/sizes.ts';
import { entryCount, exitCodeIn, linesRead, matchCount, outputLines } from './tool-result.ts';

/** A call as the model has made it. */
export interface Call {
  name: string;
  args: Readonly<Record<string, unknown>>;
}

/** How a call ended. */
export interface CallEnd {
  ok: boolean;
  /** What the model is told. */
  content: string;
  elapsedMs: number;
}

interface Wording {
  /** What goes on while it runs, what was done, and what was not where it failed. */
  verbs: readonly [running: string, done: string, failed: string];
  /** What it is done to; for a path, where there is no word for more, its value. */
  subject?: (args: Call['args']) => string;
  /** What came of it, as it stands behind the subject. */
  outcome?: (end: CallEnd, args: Call['args']) => string;
}

/** By the name of the tool. Of another, the name and the first argument are shown. */
const WORDINGS = new Map<string, Wording>([
  ['read_file', { verbs: ['reading', 'read', 'read'], outcome: ({ content }) => reading(content) }],
  [
    'list_files',
    {
      verbs: ['listing', 'listed', 'list'],
      subject: ({ path = '.' }) => textOf(path),
      outcome: ({ content }) => ` · ${found(entryCount(content), 'entry', 'entries')}`,
    },
  ],
  [
    'search',
    {
      verbs: ['searching', 'searched', 'search'],
      subject: ({ pattern, path = '.' }) =>
        quoted(pattern) + (path === '.' ? '' : ` in ${textOf(path)}`),
      outcome: ({ content }) => ` · ${found(matchCount(content), 'match', 'matches')}`,
    },
  ],
  [
    'run_shell',
    {
      verbs: ['running', 'ran', 'run'],
      subject: ({ command }) => textOf(command),
      outcome: ({ content }) => ` · exit ${exitCodeIn(content) ?? 'unknown'}`,
    },
  ],
  [
    'write_file',
    {
      verbs: ['writing', 'wrote', 'write'],
      outcome: (_, { content }) => ` · ${found(lineCount(textOf(content)), 'line')}`,
    },
  ],
  ['patch_file', { verbs: ['patching', 'patched', 'patch'] }],
  [
    'delegate',
    { verbs: ['delegating', 'delegated', 'delegate'], subject: ({ task }) => quoted(task) },
  ],
]);

/** The lines of a command's output that are shown. */
const OUTPUT_LINES = 5;
/** No more of a text from the model is looked at: nobody would read it in one line. */
const SUBJECT_CHARS = 400;

/** What goes on while the call runs: `running npm test · 3 s`. */
export function runningLine({ name, args }: Call, seconds: number, columns: number): string {
  const { verbs, subject } = wordingOf(name);
  return fitted(verbs[0], subject(args), ` · ${seconds} s`, columns);
}

/** The line that stands above what a delegate does. */
export function headingLine({ name, args }: Call, columns: number): string {
  const { verbs, subject } = wordingOf(name);
  return fitted(`• ${verbs[1]}`, subject(args), '', columns);
}

/** What the call did, in one line of at most so many columns: `• ran npm test · exit 0 · 4.2 s`. */
export function doneLine({ name, args }: Call, end: CallEnd, columns: number): string {
  const { verbs, subject, outcome } = wordingOf(name);
  const [mark, verb] = end.ok ? ['•', verbs[1]] : ['✗', verbs[2]];
  const time = end.elapsedMs >= 1000 ? ` · ${formatSeconds(end.elapsedMs)}` : '';
  const after = escapeLine(end.ok ? outcome(end, args) : '') + time;
  return fitted(`${mark} ${verb}`, subject(args), after, columns);
}

/** Whether the person should look at it: the call failed, or the command did. */
export function isFailure({ name }: Call, { ok, content }: CallEnd): boolean {
  return !ok || (name === 'run_shell' && exitCodeIn(content) !== '0');
}

/** The first line of what a failed call is told; undefined where it did not fail. */
export function failureLine({ ok, content }: CallEnd): string | undefined {
  return ok ? undefined : escapeLine(clipLine(content.split('\n', 1)[0] ?? '', SUBJECT_CHARS));
}

/** The end of what a command has printed, and before it how much more there is. */
export function outputTail({ name }: Call, { content }: CallEnd, columns: number): string[] {
  const lines = name === 'run_shell' ? outputLines(content) : [];
  const hidden = lines.length - OUTPUT_LINES;
  const isCut = lines.some((line) =>
    /^\.\.\.\[\d+ (bytes|characters) left out\]\.\.\.$/.test(line),
  );
  const shown = lines
    .slice(-OUTPUT_LINES)
    .map((line) =>
      shortenEnd(escapeLine(line.slice(0, SUBJECT_CHARS).replaceAll('\t', '  ')), columns),
    );
  if (hidden <= 0) return shown;
  return [`… ${hidden}${isCut ? '+' : ''} more ${hidden === 1 ? 'line' : 'lines'}`, ...shown];
}

function wordingOf(name: string): Required<Wording> {
  const shown = escapeLine(clipLine(name, SUBJECT_CHARS));
  const { verbs, subject, outcome } = WORDINGS.get(name) ?? { verbs: [shown, shown, shown] };
  return {
    verbs: verbs as Wording['verbs'],
    subject: (args) => escapeLine(clipLine((subject ?? firstOf)(args), SUBJECT_CHARS)),
    outcome: outcome ?? (() => ''),
  };
}

/** The subject is what gives way where the line is too long. */
function fitted(before: string, subject: string, after: string, columns: number): string {
  const room = columns - stringWidth(before) - stringWidth(after) - 1;
  const isPath = /^[^\s"]+$/.test(subject);
  const shown = (isPath ? shortenMiddle : shortenEnd)(subject, Math.max(4, room));
  return shortenEnd(`${before} ${shown}`.trimEnd() + after, columns);
}

function reading(content: string): string {
  const { count, range } = linesRead(content);
  return `${range === undefined ? '' : ` ${range}`} · ${found(count, 'line')}`;
}

function firstOf(args: Call['args']): string {
  return textOf(args['path'] ?? Object.values(args)[0]);
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : (JSON.stringify(value) ?? '');
}

function quoted(value: unknown): string {
  return `"${textOf(value)}"`;
}

function lineCount(text: string): number {
  return text === '' ? 0 : text.replace(/\n$/, '').split('\n').length;
}

function found(count: number, one: string, several = `${one}s`): string {
  return count === 0 ? `no ${several}` : counted(count, one, several);
}
