/** Component 4, context reduction: how one entry of the conversation reads, whole or shortened. */
import type { ToolRecord, TranscriptEntry } from '../records.ts';
import { clip, clipLine, clipToolName } from './clip.ts';

/** The most characters of a command that the person ran. */
const COMMAND_CHARS = 400;
/** The most characters that a compaction leaves of an older entry: of a result, and of other text. */
const SHORT_RESULT_CHARS = 180;
const SHORT_TEXT_CHARS = 220;

/** A part of a user turn. */
export interface Piece {
  kind: 'request' | 'summary' | 'other';
  text: string;
}

/** What a model is told below a result that did not fit whole. */
const SHORTENED = '(shortened to fit the context window: ask for the rest in smaller parts)';

/** The label of a file that the request names. */
const ATTACHED = 'The user attached this file:';

/** Text that has its own label, if it needs one. */
export const labelled = (text: string): Piece => ({ kind: 'other', text });

/** Entries never change, and every prompt shows all of them, so their text is cached. */
const known = new WeakMap<TranscriptEntry, Piece>();

/**
 * The text of an entry in the conversation; undefined if it has none of its own.
 * @param before the entry before it, where that is not a check
 */
export function pieceOf(
  entry: TranscriptEntry,
  before: TranscriptEntry | undefined,
): Piece | undefined {
  const kept = known.get(entry);
  if (kept) return kept;
  const piece = entry.shortened ? summaryOf(entry) : render(entry, before);
  // Only the end of a request is rendered differently after another entry.
  if (piece && entry.record.type !== 'assistant') known.set(entry, piece);
  return piece;
}

function render(
  { record, limit }: TranscriptEntry,
  before: TranscriptEntry | undefined,
): Piece | undefined {
  switch (record.type) {
    case 'user':
      return { kind: 'request', text: record.content.trim() };
    case 'heard':
      return labelled(`The user adds: ${record.content.trim()}`);
    case 'tool': {
      const content = limit === undefined ? record.content : clip(record.content, limit);
      const remark = content === record.content ? '' : `\n${SHORTENED}`;
      const shown = `\n${withoutLabels(content)}${remark}`;
      if (record.check) return labelled(checkText(record, shown));
      if (record.attached) return labelled(`${ATTACHED}${shown}`);
      const name = clipToolName(record.name);
      return labelled(`Result of ${name}:${shown}`);
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
    case 'heard':
      return line(`the user added: ${clipLine(record.content, SHORT_TEXT_CHARS)}`);
    case 'tool': {
      const content =
        limit === undefined
          ? ` ${clipLine(record.content, SHORT_RESULT_CHARS)}`
          : `\n${withoutLabels(clip(record.content, limit))}\n${SHORTENED}`;
      if (record.check) return line(checkText(record, `:${content}`));
      if (record.attached) return line(`the user attached:${content}`);
      const args = clipLine(JSON.stringify(record.args), SHORT_RESULT_CHARS);
      return line(`you called ${clipToolName(record.name)} ${args}:${content}`);
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

/** Whether an entry is a check: it comes between a reply and the end of its request. */
export function isCheck(entry: TranscriptEntry | undefined): boolean {
  return entry?.record.type === 'tool' && entry.record.check === true;
}

/** What a check came to. @param found what it printed, of which a check that passed needs nothing */
function checkText({ ok, args }: ToolRecord, found: string): string {
  const command = clipLine(String(args['command']), COMMAND_CHARS);
  return ok ? `The check passed: ${command}` : `The check failed: ${command}${found}`;
}

const LABEL =
  /^(?=(?:Result of \S{1,60}|The check failed|The check passed|The user ran|The user adds|The user attached this file|Request|Memory|Rules|Tools|Workspace|Earlier in this session|From the agent that you help|Not usable|You answered|User|Assistant|System):|The workspace changed |The user interrupted you )/gm;

/**
 * Indents lines of foreign text that look like our labels, so that a file cannot speak as the user.
 * Special tokens are broken where the prompt is sent.
 * @param from where foreign text may start
 */
function withoutLabels(text: string, from = 0): string {
  return text.replace(LABEL, (_label, at: number) => (at < from ? '' : '  '));
}
