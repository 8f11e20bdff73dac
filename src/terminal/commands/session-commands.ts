/** The commands that list sessions, resume one, and export one. */
import { errorCode, FileError } from '../../util/errors.ts';
import { Picker } from '../editor/picker.ts';
import { escapeLine } from '../text/escape.ts';
import { wrapLines } from '../text/spans.ts';
import type { SessionSummary } from '../../session/folder.ts';
import type { CommandContext } from './command.ts';
import { renderLastExchange } from './last-exchange.ts';
import { SessionRows } from './session-rows.ts';

/** How many sessions are listed where the list cannot be searched. */
const LISTED = 20;

/** `/sessions [id]`: lets the person pick one from a list, and resumes it. */
export async function switchSession(context: CommandContext, id: string): Promise<string> {
  if (id !== '') return resume(id, context);
  const { columns, conversation } = context;
  const sessions = conversation.store.list(Infinity);
  if (sessions.length === 0) {
    const why = conversation.store.whyNone() ?? 'No sessions in this workspace yet.';
    return wrapLines(escapeLine(why), columns ?? Infinity);
  }
  const picked = (await pick(sessions, context))?.trim() ?? '';
  return picked === '' ? '' : resume(picked, context);
}

/** What the person answers with; undefined if nothing, or nobody is asked. */
function pick(
  sessions: readonly SessionSummary[],
  { conversation, columns, chalk, canRedraw, print, ask }: CommandContext,
): Promise<string | undefined> {
  const rows = new SessionRows(conversation);
  if (canRedraw) {
    const other = sessions.findIndex(({ id }) => id !== conversation.session.id);
    const picker = new Picker(rows.choices(sessions), { at: Math.max(0, other), chalk });
    return ask('Resume which? ', picker);
  }
  const listed = sessions.slice(0, LISTED);
  const list = listed.flatMap((each, index) => rows.rowsOf(each, index, columns));
  const left = sessions.length - listed.length;
  if (left > 0) list.push(`  … ${left} more: /resume takes a number or the beginning of an id`);
  print(wrapLines(list.join('\n'), columns ?? Infinity));
  return ask('Resume which? (number, Enter cancels) ');
}

async function resume(asked: string, context: CommandContext): Promise<string> {
  const { conversation, columns = Infinity } = context;
  const before = conversation.modelName;
  const problem = conversation.switchSession(asked);
  if (problem !== undefined) return wrapLines(escapeLine(problem), columns);
  const { modelName, session } = conversation;
  const switched = modelName === before ? '' : ` with ${modelName}`;
  const told = wrapLines(escapeLine(`Resumed ${session.id}${switched}.`), columns);
  return [told, await renderLastExchange(session.state, context)].filter(Boolean).join('\n');
}

/** `/export FILE`: writes the conversation to a new file. */
export function exportConversation({ conversation }: CommandContext, file: string): string {
  if (file === '') return 'Usage: /export FILE.html, or /export FILE.md';
  try {
    const written = conversation.exportTo(file);
    return written === undefined ? 'Nothing to export yet.' : `Written to ${escapeLine(written)}`;
  } catch (error) {
    return escapeLine(whyNotExported(file, error));
  }
}

/** Why a session was not exported: a sentence. @throws the error itself if it is a bug */
export function whyNotExported(file: string, error: unknown): string {
  const code = errorCode(error);
  if (code === undefined) throw error;
  if (code === 'EEXIST') return `${file} already exists; choose another name.`;
  if (error instanceof FileError) return `${file} cannot be written: ${error.message}.`;
  if (code === 'ENOENT') return `${file} cannot be written: there is no such folder.`;
  return `${file} cannot be written (${code}).`;
}
