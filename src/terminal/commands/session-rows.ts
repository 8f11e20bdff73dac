/** Sessions in a list: which rows one takes, and what can be searched in it. */
import type { SessionFacts } from '../../session/summary.ts';
import type { SessionSummary } from '../../session/folder.ts';
import { counted } from '../../util/counted.ts';
import type { Choice } from '../editor/picker.ts';
import { escapeLine } from '../text/escape.ts';
import { shortenEnd, shortenLine } from '../text/shorten.ts';
import type { Conversation } from './command.ts';

/** How much of a first request is shown; a list in a terminal shows as much of that as fits. */
const REQUEST_COLUMNS = 200;
/** What comes before the request: the columns of the number. */
const INDENT = 5;

/** Sessions as rows, numbered in their order. What only a whole log tells is read where it is shown. */
export class SessionRows {
  readonly #conversation: Pick<Conversation, 'session' | 'store'>;
  readonly #facts = new Map<string, SessionFacts | undefined>();

  constructor(conversation: Pick<Conversation, 'session' | 'store'>) {
    this.#conversation = conversation;
  }

  /** The two rows of a session: its number and facts, and its first request as far as it fits. */
  rowsOf({ id, request, writtenAt }: SessionSummary, index: number, columns = Infinity): string[] {
    const { requests, model } = this.#factsOf(id) ?? {};
    const facts = [
      ageOf(writtenAt),
      ...(requests === undefined ? [] : [counted(requests, 'request')]),
      ...(model === undefined ? [] : [escapeLine(shortenLine(model, REQUEST_COLUMNS))]),
      id,
    ];
    const mark = id === this.#conversation.session.id ? ' (this one)' : '';
    const start = `${String(index + 1).padStart(INDENT - 2)}  `;
    const line = escapeLine(shortenLine(request, REQUEST_COLUMNS));
    return [
      `${start}${facts.join(' · ')}${mark}`,
      `${' '.repeat(INDENT)}${columns === Infinity ? line : shortenEnd(line, columns - INDENT)}`,
    ];
  }

  /** The sessions to pick from: their requests and ids can be searched. */
  choices(sessions: readonly SessionSummary[]): Choice[] {
    return sessions.map((session, index) => ({
      value: session.id,
      text: `${session.request} ${session.id}`,
      rows: (columns) => this.rowsOf(session, index, columns),
    }));
  }

  #factsOf(id: string): SessionFacts | undefined {
    if (!this.#facts.has(id)) this.#facts.set(id, this.#conversation.store.factsOf(id));
    return this.#facts.get(id);
  }
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
