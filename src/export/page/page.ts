/**
 * A session as one page for a browser, a pure function of its log: what each model call sent, what of
 * it the server had to evaluate, and what came of it. It loads nothing, runs nothing, and has each
 * text once.
 */
import { clipLine } from '../../context/clip.ts';
import type { SessionRecord } from '../../records.ts';
import type { LogReader } from '../logs.ts';
import { costOf } from './call-cost.ts';
import { costInWords, renderBar } from './call-view.ts';
import { renderHead } from './head.ts';
import { Html, markup } from './html.ts';
import { itemOf, type Item } from './items.ts';
import { msBetween, time } from './numbers.ts';
import { renderText } from './text.ts';
import { count, type Totals } from './totals.ts';
import { delegateOf, walk, walkDelegate, type Place } from './walk.ts';

/** The most characters of a word that a log has of its own. */
const WORD_CHARS = 80;

/**
 * Writes the page piece by piece: the log is read twice, first to count, and never held whole.
 * @throws Error with a `code` if the log cannot be read
 */
export function writePage(id: string, read: LogReader, write: (text: string) => void): void {
  const { totals, summary } = count(read, id);
  const put = (piece: Html) => write(`${piece.text}\n`);
  put(renderHead(id, totals, summary));
  new TimeLine(read, totals, put).write(id);
  put(markup`</main></body></html>`);
}

/** Writes the items of a session in order, those of a delegate within the call that started it. */
class TimeLine {
  readonly #read: LogReader;
  readonly #totals: Totals;
  readonly #put: (piece: Html) => void;
  readonly #shown = new Set<string>();
  #requests = 0;

  constructor(read: LogReader, totals: Totals, put: (piece: Html) => void) {
    this.#read = read;
    this.#totals = totals;
    this.#put = put;
  }

  write(id: string): void {
    this.#put(markup`<ol>`);
    walk(this.#read, id, undefined, (record, place) => this.#add(record, place));
    this.#put(markup`</ol>`);
  }

  #add(record: SessionRecord, place: Place): void {
    const item = this.#itemOf(record, place);
    if (!item) return;
    const { kind, title, level, body = [] } = item;
    const heading = headingOf(title, level, place.isDelegate);
    const below = body.map((part) =>
      part instanceof Html ? part : renderText(part, this.#totals.textChars),
    );
    this.#put(markup`<li class="${kind}">${heading}${momentOf(record, place)}${below}`);
    const child = delegateOf(record, place);
    if (child !== undefined) this.#addDelegate(child, place);
    this.#put(markup`</li>`);
  }

  #itemOf(record: SessionRecord, place: Place): Item | undefined {
    const { epoch, call, isDelegate } = place;
    const isInReply = this.#totals.answers.has(call);
    if (record.type === 'model') return this.#callItem(record, place, isInReply);
    if (record.type === 'user' && isDelegate) {
      return {
        ...itemOf(record, { request: 0, epoch, isInReply }),
        kind: 'person',
        title: markup`Task`,
      };
    }
    if (record.type === 'user') this.#requests++;
    return itemOf(record, { request: this.#requests, epoch, isInReply });
  }

  #callItem(
    { usage, thought, content, done_reason, constrained }: SessionRecord & { type: 'model' },
    place: Place,
    isAnswer: boolean,
  ): Item {
    const cost = costOf(usage, place);
    const remarks = [
      ...(constrained ? ['held to a JSON Schema'] : []),
      ...(done_reason === 'stop' ? [] : [`ended: ${clipLine(done_reason, WORD_CHARS)}`]),
    ];
    return {
      kind: 'call',
      level: 4,
      title: markup`Call ${place.call}`,
      body: [
        renderBar(cost, this.#totals.longest),
        markup`<p class="cost">${[costInWords(cost, usage), ...remarks].join(' · ')}</p>`,
        ...(thought === undefined ? [] : [{ name: 'Thought', text: thought }]),
        { name: 'Reply', text: content, isOpen: isAnswer },
      ],
    };
  }

  #addDelegate(child: string, place: Place): void {
    this.#put(markup`<details><summary>What the delegate did</summary><ol>`);
    const add = (record: SessionRecord, at: Place) => this.#add(record, at);
    const why = walkDelegate(this.#read, child, place, add, this.#shown);
    if (why !== undefined)
      this.#put(markup`<li>Its log ${clipLine(child, WORD_CHARS)} is not shown: ${why}.</li>`);
    this.#put(markup`</ol></details>`);
  }
}

function headingOf(title: Html, level: Item['level'], isDelegate: boolean): Html {
  if (level === undefined) return markup`<p class="title">${title}</p>`;
  const name = new Html(`h${isDelegate ? level + 2 : level}`);
  return markup`<${name}>${title}</${name}>`;
}

/** When it was, from the beginning. */
function momentOf({ created_at }: SessionRecord, { start }: Place): Html {
  const ms = msBetween(start, created_at);
  return ms === undefined ? markup`` : markup`<time datetime="${created_at}">+${time(ms)}</time>`;
}
