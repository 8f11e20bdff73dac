/**
 * Component 4, context reduction: the conversation as turns, a pure function of the session's state.
 * Until a compaction, later records only add to it and never change it.
 */
import type { Turn } from '../model/model.ts';
import type { TranscriptEntry } from '../records.ts';
import { clip, clipLine, clipToolName } from './clip.ts';

/** The most characters of a command that the person ran. */
const COMMAND_CHARS = 400;
/** The most characters that a compaction leaves of an older entry: of a result, and of other text. */
const SHORT_RESULT_CHARS = 180;
const SHORT_TEXT_CHARS = 220;

const EARLIER = 'Earlier in this session:';
/** Between two replies in a row, as old logs may have them: turns must alternate. */
const GO_ON = 'Continue.';

/** The part of a session that the conversation shows. */
export interface Shown {
  /** Oldest first. */
  entries: readonly TranscriptEntry[];
  /** How many entries compactions left out. */
  dropped: number;
}

/**
 * The conversation as user and assistant turns, oldest first: the replies unchanged, and between them
 * one user turn with everything that came in the meantime.
 * @param memory the section `Memory:` of the epoch; may be empty
 */
export function turnsOf({ entries, dropped }: Shown, memory = ''): Turn[] {
  const turns: Turn[] = [];
  const before = dropped > 0 ? [`(${dropped} earlier entries were left out here.)`] : [];
  let pieces: Piece[] = [...(memory ? [memory] : []), ...before].map(labelled);
  const endUserTurn = () => {
    const content = pieces.length > 0 ? join(pieces) : GO_ON;
    turns.push({ role: 'user', content });
    pieces = [];
  };
  for (const [at, entry] of entries.entries()) {
    const { record } = entry;
    if (record.type === 'model' && !entry.shortened) {
      endUserTurn();
      turns.push({ role: 'assistant', content: record.content });
      if (record.done_reason === 'failed') pieces = [labelled(BROKEN_OFF)];
      continue;
    }
    // If it was sent again after a failure, the first time does not count.
    if (record.type === 'user' && isSentAgain(record.content, entries, at)) continue;
    const piece = pieceOf(entry, entries[at - 1]);
    if (piece) pieces.push(piece);
  }
  if (pieces.length > 0) endUserTurn();
  return turns;
}

/** Whether the same request follows before any reply to this one. */
function isSentAgain(request: string, entries: Shown['entries'], at: number): boolean {
  for (let next = at + 1; next < entries.length; next++) {
    const record = entries[next]?.record;
    if (record?.type === 'user') return record.content === request;
    if (record?.type === 'model' || record?.type === 'assistant') return false;
  }
  return false;
}

/** The characters of an entry in the conversation, almost independent of its place. */
export function sizeOf(entry: TranscriptEntry): number {
  if (entry.shortened) return (pieceOf(entry, undefined)?.text.length ?? -1) + 1;
  const { record } = entry;
  if (record.type === 'model') return record.content.length + TURN_CHARS;
  if (record.type === 'assistant' && record.reason === 'answer') return 0; // it is the reply before it
  return (pieceOf(entry, undefined)?.text.length ?? 0) + 2;
}

/** About the characters that a template puts around a turn. */
const TURN_CHARS = 20;

const BROKEN_OFF = 'Your reply above was broken off: the connection to the model failed.';

/** A part of a user turn. */
interface Piece {
  kind: 'request' | 'summary' | 'other';
  text: string;
}

const labelled = (text: string): Piece => ({ kind: 'other', text });

/** Entries never change, and every prompt shows all of them, so their text is cached. */
const known = new WeakMap<TranscriptEntry, Piece>();

function pieceOf(entry: TranscriptEntry, before: TranscriptEntry | undefined): Piece | undefined {
  const kept = known.get(entry);
  if (kept) return kept;
  const piece = entry.shortened ? summaryOf(entry) : render(entry, before);
  // Only the end of a request is rendered differently after another entry.
  if (piece && entry.record.type !== 'assistant') known.set(entry, piece);
  return piece;
}

/** A request alone is the whole turn; beside other things it gets a label, in its place. */
function join(pieces: readonly Piece[]): string {
  let text = '';
  let last: Piece['kind'] | undefined;
  for (const piece of pieces) {
    const isList = piece.kind === 'summary' && last === 'summary';
    const heading = piece.kind === 'summary' && !isList ? `${EARLIER}\n` : '';
    const label = piece.kind === 'request' && pieces.length > 1 ? 'Request: ' : '';
    text += `${text === '' ? '' : isList ? '\n' : '\n\n'}${heading}${label}${piece.text}`;
    last = piece.kind;
  }
  return text;
}

function render(
  { record, limit }: TranscriptEntry,
  before: TranscriptEntry | undefined,
): Piece | undefined {
  switch (record.type) {
    case 'user':
      return { kind: 'request', text: record.content.trim() };
    case 'tool': {
      const content = limit === undefined ? record.content : clip(record.content, limit);
      const name = clipToolName(record.name);
      return labelled(`Result of ${name}:\n${withoutLabels(content)}`);
    }
    case 'command': {
      const command = clipLine(record.command, COMMAND_CHARS);
      return labelled(`The user ran: ${command}\n${withoutLabels(record.content)}`);
    }
    case 'workspace':
      return labelled(`The workspace ${withoutLabels(record.content)}`);
    case 'assistant':
      if (record.reason === 'answer') {
        // It is the reply before it, if that is shown as a turn.
        if (before?.record.type === 'model' && !before.shortened) return undefined;
        return labelled(`You answered: ${withoutLabels(record.content)}`);
      }
      if (record.reason === 'interrupted') return labelled('The user interrupted you here.');
      return labelled(withoutLabels(record.content));
    case 'notice':
      return labelled(withoutLabels(record.content, 1));
    case 'note':
      return labelled(`From the agent that you help: ${withoutLabels(record.content)}`);
    case 'model':
      return undefined; // a turn of its own
  }
}

/**
 * What a compaction leaves of an entry, as a line: models would copy a shortened call in a turn. A
 * reply is left out, since its call or answer has its own line.
 */
function summaryOf({ record, limit }: TranscriptEntry): Piece | undefined {
  const line = (text: string): Piece => ({ kind: 'summary', text: `- ${text}` });
  switch (record.type) {
    case 'user':
      return line(`the user asked: ${clipLine(record.content, SHORT_TEXT_CHARS)}`);
    case 'tool': {
      const args = clipLine(JSON.stringify(record.args), SHORT_RESULT_CHARS);
      const call = `you called ${clipToolName(record.name)} ${args}`;
      if (limit === undefined)
        return line(`${call}: ${clipLine(record.content, SHORT_RESULT_CHARS)}`);
      return line(`${call}:\n${withoutLabels(clip(record.content, limit))}`);
    }
    case 'command': {
      const command = clipLine(record.command, SHORT_TEXT_CHARS);
      return line(`the user ran: ${command}: ${clipLine(record.content, SHORT_RESULT_CHARS)}`);
    }
    case 'assistant':
      return line(`you answered: ${clipLine(record.content, SHORT_TEXT_CHARS)}`);
    case 'workspace':
      return line(`the workspace ${clipLine(record.content, SHORT_TEXT_CHARS)}`);
    case 'note':
      return line(clipLine(record.content, SHORT_TEXT_CHARS));
    case 'model':
    case 'notice':
      return undefined;
  }
}

const LABEL =
  /^(?=(?:Result of \S{1,60}|The user ran|Request|Memory|Rules|Tools|Workspace|Earlier in this session|From the agent that you help|Not usable|You answered|User|Assistant|System):|The workspace changed |The user interrupted you )/gm;

/**
 * Indents lines of foreign text that look like our labels, so that a file cannot speak as the user.
 * Special tokens are broken where the prompt is sent.
 * @param from where foreign text may start
 */
function withoutLabels(text: string, from = 0): string {
  return text.replace(LABEL, (_label, at: number) => (at < from ? '' : '  '));
}
