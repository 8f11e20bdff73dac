/** The commands that list sessions, go on with another one, and write one to a file. */
import { clipLine } from '../../context/clip.ts';
import { errorCode } from '../../util/errors.ts';
import { SessionError, type SessionSummary } from '../../session/store.ts';
import { escapeLine } from '../text/escape.ts';
import { shortenEnd } from '../text/shorten.ts';
import { wrapLines } from '../text/spans.ts';
import type { CommandContext } from './command.ts';

const LISTED = 10;
/** Of a first request; a list in a terminal shows as much of that as fits. */
const REQUEST_CHARS = 200;

/** `/sessions [id]`: lists the latest, asks for one, and goes on with it. */
export async function switchSession(context: CommandContext, id: string): Promise<string> {
  if (id !== '') return goOnWith(id, context);
  const { conversation, columns, print, ask } = context;
  const sessions = conversation.listSessions(LISTED);
  if (sessions.length === 0) return 'There are no sessions in this workspace yet.';
  const current = conversation.session.id;
  const list = sessions.map((each, index) => row(each, index + 1, each.id === current, columns));
  print(wrapLines(list.join('\n'), columns ?? Infinity));
  const chosen = (await ask('Go on with (a number, Enter for none): '))?.trim() ?? '';
  if (chosen === '') return '';
  return goOnWith(sessions[Number(chosen) - 1]?.id ?? chosen, context);
}

function goOnWith(id: string, { conversation }: CommandContext): string {
  if (id === conversation.session.id) return 'That is the session you are in.';
  try {
    conversation.switchSession(id);
  } catch (error) {
    if (!(error instanceof SessionError)) throw error;
    return escapeLine(error.message);
  }
  const { task } = conversation.session.state.memory;
  return escapeLine(`Going on with ${id}${task && `: ${clipLine(task, REQUEST_CHARS)}`}`);
}

function row(
  { id, request, writtenAt }: SessionSummary,
  number: number,
  isCurrent: boolean,
  columns: number | undefined,
): string {
  const start = `${String(number).padStart(3)}  ${id}  ${ageOf(writtenAt)}${isCurrent ? ' (this one)' : ''}`;
  const line = escapeLine(clipLine(request, REQUEST_CHARS));
  return `${start}\n     ${columns === undefined ? line : shortenEnd(line, columns - 7)}`;
}

const UNITS = [
  ['day', 86_400_000],
  ['hour', 3_600_000],
  ['minute', 60_000],
] as const;

function ageOf(time: number): string {
  const age = Math.max(0, Date.now() - time);
  const format = new Intl.RelativeTimeFormat('en');
  for (const [unit, ms] of UNITS) if (age >= ms) return format.format(-Math.floor(age / ms), unit);
  return 'just now';
}

/** `/export FILE.md`. */
export function exportConversation({ conversation }: CommandContext, file: string): string {
  if (file === '') return 'Say where to: /export FILE.md';
  try {
    const written = conversation.exportTo(file);
    return written === undefined ? 'Nothing was said yet.' : `Written to ${escapeLine(written)}`;
  } catch (error) {
    return escapeLine(problemWith(file, error));
  }
}

function problemWith(file: string, error: unknown): string {
  const code = errorCode(error);
  if (code === undefined) throw error;
  if (code === 'EEXIST') return `${file} is there already: name another file.`;
  return `${file} cannot be written (${code}).`;
}
