/** The transcript in words: each record is rendered once, and never changes after that. */
import type { SessionState } from '../session/session.ts';
import type { TranscriptRecord } from '../session/records.ts';
import { clip, clipLine } from './clip.ts';

/** Each argument of a call; what a file was given is on the disk. */
const ARG_CHARS = 400;
/** Of a tool that is none: the model may have named anything. */
const NAME_CHARS = 60;
const REPLY_CHARS = 4_000;
const REQUEST_CHARS = 12_000;

export class Transcript {
  readonly #rendered = new WeakMap<TranscriptRecord, string>();

  /** The entries that the state shows, oldest first, the mark of what was left out before them. */
  entries({ entries, dropped }: SessionState): string[] {
    const mark = dropped > 0 ? [`[notice] ${dropped} earlier entries were left out here.`] : [];
    return [...mark, ...entries.map((record) => this.#render(record))];
  }

  #render(record: TranscriptRecord): string {
    const known = this.#rendered.get(record);
    if (known !== undefined) return known;
    const text = renderEntry(record);
    this.#rendered.set(record, text);
    return text;
  }
}

function renderEntry(record: TranscriptRecord): string {
  switch (record.type) {
    case 'user':
      return `[user] ${withoutHeadings(clip(record.content, REQUEST_CHARS))}`;
    case 'model':
      return `[assistant] ${withoutHeadings(clip(record.content, REPLY_CHARS))}`;
    case 'assistant':
      return `[assistant] ${withoutHeadings(clip(record.content, REPLY_CHARS))}`;
    case 'tool': {
      const args = Object.entries(record.args).map(([name, value]) => [name, clipValue(value)]);
      const call = `[tool:${clipLine(record.name, NAME_CHARS)}] ${JSON.stringify(Object.fromEntries(args))}`;
      return `${call}\n${withoutHeadings(record.content)}`;
    }
    case 'notice':
    case 'workspace':
      return `[${record.type}] ${withoutHeadings(record.content)}`;
  }
}

function clipValue(value: unknown): unknown {
  if (typeof value === 'string') return clip(value, ARG_CHARS);
  const json = JSON.stringify(value) ?? '';
  return json.length > ARG_CHARS ? clip(json, ARG_CHARS) : value;
}

const HEADING =
  /^(?=(?:Rules|Tools|Examples|Workspace|Memory|Transcript|Current user request):|\[(?:user|assistant|notice|workspace|tool:\w+)\])/gm;

/**
 * Sets in the lines of foreign text that look like a heading of the prompt or an entry of the
 * transcript: a file must not be able to speak as the user.
 */
function withoutHeadings(text: string): string {
  return text.replace(HEADING, '  ');
}
