/** What a whole session came to, with its delegates: a fold over the records. */
import type { SessionRecord, ToolRecord } from '../../records.ts';
import type { LogSummary } from '../../session/read-log.ts';
import type { LogReader } from '../logs.ts';
import { costOf } from './call-cost.ts';
import { msBetween } from './numbers.ts';
import { delegateOf, walk, walkDelegate, type Place } from './walk.ts';

/** From here on, texts are cut shorter: so a page of 750 calls has less than 3 MB. */
const MANY_CHARS = 1_500_000;
/** The characters of an answer that are looked for in a reply. */
const SOUGHT_CHARS = 200;
const MOST_CHARS = { usual: 20_000, many: 1_200 };

/** The counts of a session, and its times in milliseconds. */
export class Totals {
  requests = 0;
  /** The first request. */
  task = '';
  calls = 0;
  /** Tokens that were sent; of some, nothing tells whether they were cached. */
  sent = 0;
  cached = 0;
  evaluated = 0;
  generated = 0;
  /** Characters of all texts. */
  chars = 0;
  /** Some of these numbers are guesses by length. */
  isGuess = false;
  /** The model's calls of tools, those that failed, and those that were not allowed. */
  tools = 0;
  failed = 0;
  denied = 0;
  delegates = 0;
  compactions = 0;
  resumes = 0;
  failures = 0;
  /** The tokens of the longest call, with its reply. */
  longest = 1;
  readonly ms = { evaluating: 0, generating: 0, waiting: 0, tools: 0, deciding: 0 };
  /** The model calls whose raw reply contains the answer, as `Place` numbers them. */
  readonly answers = new Set<string>();

  /** The most characters that the page has of one text: less where there are many. */
  get textChars(): number {
    return this.chars < MANY_CHARS ? MOST_CHARS.usual : MOST_CHARS.many;
  }

  /** Counts a record. */
  add(record: SessionRecord, place: Place): void {
    if ('content' in record) this.chars += record.content.length;
    switch (record.type) {
      case 'user':
        if (place.isDelegate) break;
        this.requests++;
        this.task ||= record.content;
        break;
      case 'model':
        this.#addCall(record, place);
        break;
      case 'assistant':
        if (isWithin(record, place.reply)) this.answers.add(place.call);
        break;
      case 'tool':
        this.#addTool(record);
        break;
      case 'compaction':
        this.compactions++;
        break;
      case 'resume':
        this.resumes++;
        break;
      case 'failure':
        this.failures++;
        break;
    }
  }

  #addCall(record: SessionRecord & { type: 'model' }, place: Place): void {
    const { usage, began_at, created_at } = record;
    const cost = costOf(usage, place);
    const { sent, cached = 0, generated = 0 } = cost;
    const { prompt_ms = 0, output_ms = 0 } = usage;
    this.calls++;
    this.chars += record.thought?.length ?? 0;
    this.sent += sent;
    this.cached += cached;
    if (cost.cached !== undefined) this.evaluated += sent - cached;
    if (!cost.isCounted || (cost.cached !== undefined && !cost.isCachedCounted))
      this.isGuess = true;
    this.generated += generated;
    this.longest = Math.max(this.longest, sent + generated);
    this.ms.evaluating += prompt_ms;
    this.ms.generating += output_ms;
    const all = msBetween(began_at, created_at) ?? 0;
    this.ms.waiting += Math.max(0, all - prompt_ms - output_ms);
  }

  #addTool(record: ToolRecord): void {
    const { ok, decision, child, elapsed_ms = 0, began_at, created_at } = record;
    const isModels = !record.check && !record.attached;
    if (isModels) this.tools++;
    if (isModels && !ok) this.failed++;
    if (decision === 'denied' || decision === 'denied_by_policy') this.denied++;
    if (child !== undefined) this.delegates++;
    // The time of a delegate is that of its own calls.
    if (child === undefined) this.ms.tools += elapsed_ms;
    const isAsked = decision !== undefined && !decision.endsWith('_by_policy');
    const all = msBetween(began_at, created_at) ?? 0;
    if (isAsked) this.ms.deciding += Math.max(0, all - elapsed_ms);
  }
}

function isWithin(ending: SessionRecord & { type: 'assistant' }, reply: string): boolean {
  const answer = ending.content.trim();
  if (ending.reason !== 'answer' || answer === '') return false;
  // A log may hold any two texts: a search for all of a long one could take hours.
  const at = reply.indexOf(answer.slice(0, SOUGHT_CHARS));
  return at >= 0 && reply.startsWith(answer, at);
}

/** Goes through a session once to count what is in it. @throws Error with a `code` */
export function count(read: LogReader, id: string): { totals: Totals; summary: LogSummary } {
  const totals = new Totals();
  const seen = new Set<string>();
  const see = (record: SessionRecord, place: Place) => {
    totals.add(record, place);
    const child = delegateOf(record, place);
    if (child !== undefined) walkDelegate(read, child, place, see, seen);
  };
  return { totals, summary: walk(read, id, undefined, see) };
}
