/**
 * Component 4, context reduction: the conversation as turns, a pure function of the session's state.
 * Until a compaction, later records only add to it and never change it.
 */
import type { Turn } from '../model/model.ts';
import type { TranscriptEntry } from '../records.ts';
import { isCheck, labelled, pieceOf, type Piece } from './entry-text.ts';

const EARLIER = 'Earlier in this session:';
/** Between two replies in a row, as old logs may have them: turns must alternate. */
const CONTINUE = 'Continue.';

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
    const content = pieces.length > 0 ? join(pieces) : CONTINUE;
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
    const piece = pieceOf(entry, entries[isCheck(entries[at - 1]) ? at - 2 : at - 1]);
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

const BROKEN_OFF = 'Your reply above was broken off: the connection to the model failed.';

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
