import { marksIn } from './reasoning.ts';

/**
 * Streams an answer: of a reply that is not yet complete, it passes on what is certainly meant for
 * the person. Reasoning, tool calls and tags never pass.
 */
export class AnswerStream {
  #state: 'start' | 'thought' | 'final' | 'plain' | 'over' = 'start';
  /** What has come and was neither shown nor skipped yet. */
  #rest = '';
  /** Whitespace that is shown once something follows. */
  #space = '';
  #hasShown = false;
  /** The name of the open thought. */
  #thought = '';

  /** Takes the next piece of the raw reply and returns what can be shown now. */
  push(piece: string): string {
    if (this.#state === 'over') return '';
    this.#rest += piece;
    while (this.#state === 'start' || this.#state === 'thought') {
      if (!(this.#state === 'start' ? this.#begin() : this.#endThought())) return '';
    }
    return this.#show(this.#state === 'final' ? FINAL_END : PLAIN_END);
  }

  /** The start of a reply shows what it is. Returns false while that is not certain. */
  #begin(): boolean {
    const text = (this.#rest = this.#rest.trimStart());
    if (UNFINISHED_TAG.test(text)) return false;
    const final = /^<final\b[^>]*>/i.exec(text)?.[0];
    const mark = final === undefined ? marksIn(text.slice(0, MARK_CHARS))[0] : undefined;
    const thought = mark?.at === 0 ? mark : undefined;
    this.#rest = text.slice(final?.length ?? thought?.end ?? 0);
    this.#thought = thought?.name ?? '';
    if (thought) this.#state = thought.kind === 'start' ? 'thought' : 'start';
    else this.#state = final === undefined ? 'plain' : 'final';
    return true;
  }

  /** Only the tag of its own name ends the thought here: another one may be inside it. */
  #endThought(): boolean {
    const close = marksIn(this.#rest).find(
      ({ kind, name }) => kind === 'end' && name === this.#thought,
    );
    if (close) this.#state = 'start';
    // Without a closing tag, only what may be its beginning is kept.
    this.#rest = this.#rest.slice(close?.end ?? -MARK_CHARS);
    return close !== undefined;
  }

  #show(ending: RegExp): string {
    const end = ending.exec(this.#rest);
    const certain = this.#rest.slice(0, end?.index);
    const text = certain.trimEnd();
    const shown = text && (this.#hasShown ? this.#space + text : text.trimStart());
    this.#space = text ? certain.slice(text.length) : this.#space + certain;
    this.#hasShown ||= shown !== '';
    // With more behind it, it cannot become another one.
    const isAtEnd = end !== null && end.index + end[0].length === this.#rest.length;
    if (end && !(isAtEnd && PARTIAL.test(end[0]))) this.#state = 'over';
    this.#rest = this.#rest.slice(certain.length);
    return shown;
  }
}

/** More characters than a tag of a thought has without attributes. */
const MARK_CHARS = 400;
const UNFINISHED_TAG = /^(?:<[^<>]{0,99}|\[[A-Z]{0,20}|◁[^▷]{0,40})?$/;
/** Only its closing tag ends a tagged answer. */
const FINAL_END = /<\/final|<(\/(f(i(na?)?)?)?)?$/i;
/** Plain text may still turn into a call. */
const PLAIN_END = /[{[◁]|<.|```|>>>|<$|`{1,2}$|>{1,2}$/s;
/** What may or may not be an ending: it is checked again with the next piece. */
const PARTIAL = /^(<|<\/(f(i(na?)?)?)?|`{1,2}|>{1,2})$/i;
