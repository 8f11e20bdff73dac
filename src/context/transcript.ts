/** The transcript in words: each record is rendered once, and never changes after that. */
import type { SessionState, TranscriptEntry } from '../session/session.ts';
import { clip, clipLine } from './clip.ts';

/** Each argument of a call; what a file was given is on the disk. */
const ARG_CHARS = 400;
/** Of a tool that is none: the model may have named anything. */
const NAME_CHARS = 60;
const REPLY_CHARS = 4_000;

/** What a compaction leaves of an older entry. */
const SHORT_RESULT_CHARS = 180;
const SHORT_TEXT_CHARS = 220;

export class Transcript {
  readonly #rendered = new WeakMap<TranscriptEntry, string>();

  /** The entries that the state shows, oldest first, the mark of what was left out before them. */
  entries({ entries, dropped }: Pick<SessionState, 'entries' | 'dropped'>): string[] {
    const mark = dropped > 0 ? [`[notice] ${dropped} earlier entries were left out here.`] : [];
    return [...mark, ...entries.map((entry) => this.render(entry))];
  }

  render(entry: TranscriptEntry): string {
    const known = this.#rendered.get(entry);
    if (known !== undefined) return known;
    const text = renderEntry(entry);
    this.#rendered.set(entry, text);
    return text;
  }
}

function renderEntry({ record, shortened }: TranscriptEntry): string {
  const limit = (whole: number) => (shortened ? SHORT_TEXT_CHARS : whole);
  switch (record.type) {
    case 'user':
      return `[user] ${withoutHeadings(clip(record.content, limit(Number.POSITIVE_INFINITY)))}`;
    case 'model':
    case 'assistant':
      return `[assistant] ${withoutHeadings(clip(record.content, limit(REPLY_CHARS)))}`;
    case 'tool': {
      const argChars = shortened ? SHORT_RESULT_CHARS : ARG_CHARS;
      const args = Object.entries(record.args).map(([name, value]) => [
        name,
        clipValue(value, argChars),
      ]);
      const call = `[tool:${clipLine(record.name, NAME_CHARS)}] ${JSON.stringify(Object.fromEntries(args))}`;
      const content = shortened ? clip(record.content, SHORT_RESULT_CHARS) : record.content;
      return `${call}\n${withoutHeadings(content)}`;
    }
    case 'command': {
      const content = shortened ? clip(record.content, SHORT_RESULT_CHARS) : record.content;
      return `[user ran] ${clipLine(record.command, ARG_CHARS)}\n${withoutHeadings(content)}`;
    }
    case 'notice':
    case 'workspace':
      return `[${record.type}] ${withoutHeadings(clip(record.content, limit(REPLY_CHARS)))}`;
  }
}

function clipValue(value: unknown, limit: number): unknown {
  if (typeof value === 'string') return clip(value, limit);
  const json = JSON.stringify(value) ?? '';
  return json.length > limit ? clip(json, limit) : value;
}

const HEADING =
  /^(?=(?:Rules|Tools|Examples|Workspace|Memory|Transcript|Current user request):|\[(?:user|user ran|assistant|notice|workspace|tool:\w+)\])/gm;

/**
 * Sets in the lines of foreign text that look like a heading of the prompt or an entry of the
 * transcript: a file must not be able to speak as the user.
 */
function withoutHeadings(text: string): string {
  return text.replace(HEADING, '  ');
}
