/** The commands that list sessions, resume one, and export one. */
import { errorCode, FileError } from '../../util/errors.ts';
import type { SessionSummary } from '../../session/store.ts';
import { escapeLine } from '../text/escape.ts';
import { shortenEnd, shortenLine } from '../text/shorten.ts';
import { wrapLines } from '../text/spans.ts';
import type { CommandContext } from './command.ts';

const LISTED = 10;
/** How much of a first request is shown; a list in a terminal shows as much of that as fits. */
const REQUEST_COLUMNS = 200;

/** `/sessions [id]`: lists the latest, asks which one, and resumes it. */
export async function switchSession(context: CommandContext, id: string): Promise<string> {
  if (id !== '') return resume(id, context);
  const { conversation, columns, print, ask } = context;
  const sessions = conversation.store.list(LISTED);
  if (sessions.length === 0) return 'No sessions in this workspace yet.';
  const current = conversation.session.id;
  const list = sessions.map((each, index) => row(each, index + 1, each.id === current, columns));
  print(wrapLines(list.join('\n'), columns ?? Infinity));
  const chosen = (await ask('Resume which? (number, Enter cancels) '))?.trim() ?? '';
  if (chosen === '') return '';
  return resume(sessions[Number(chosen) - 1]?.id ?? chosen, context);
}

function resume(id: string, { conversation }: CommandContext): string {
  if (id === conversation.session.id) return 'You are already in this session.';
  const before = conversation.modelName;
  const problem = conversation.switchSession(id);
  if (problem !== undefined) return escapeLine(problem);
  const { modelName, session } = conversation;
  const switched = modelName === before ? '' : ` with ${modelName}`;
  const { task } = session.state.memory;
  return escapeLine(`Resumed ${id}${switched}${task && `: ${shortenLine(task, REQUEST_COLUMNS)}`}`);
}

function row(
  { id, request, writtenAt }: SessionSummary,
  number: number,
  isCurrent: boolean,
  columns: number | undefined,
): string {
  const start = `${String(number).padStart(3)}  ${id}  ${ageOf(writtenAt)}${isCurrent ? ' (this one)' : ''}`;
  const line = escapeLine(shortenLine(request, REQUEST_COLUMNS));
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

/** `/export FILE.md`: writes the conversation to a new file. */
export function exportConversation({ conversation }: CommandContext, file: string): string {
  if (file === '') return 'Usage: /export FILE.md';
  try {
    const written = conversation.exportTo(file);
    return written === undefined ? 'Nothing to export yet.' : `Written to ${escapeLine(written)}`;
  } catch (error) {
    return escapeLine(problemWith(file, error));
  }
}

function problemWith(file: string, error: unknown): string {
  const code = errorCode(error);
  if (code === undefined) throw error;
  if (code === 'EEXIST') return `${file} already exists; choose another name.`;
  if (error instanceof FileError) return `${file} cannot be written: ${error.message}.`;
  if (code === 'ENOENT') return `${file} cannot be written: there is no such folder.`;
  return `${file} cannot be written (${code}).`;
}
