/**
 * Streams an answer: of a reply that is not yet complete, it passes on what is certainly meant for
 * the person. Reasoning, tool calls and tags never pass.
 */
export class AnswerStream {
  #state: 'start' | 'thought' | 'final' | 'plain' | 'over' = 'start';
  /** What has come and was neither shown nor skipped yet. */
  #rest = '';
  #hasShown = false;

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
    const text = this.#rest.trimStart();
    const opening = /^<(final|think(?:ing)?|reason(?:ing)?)\b[^>]*>/i.exec(text);
    if (!opening && /^(<[a-z]{0,9}[^>]{0,20})?$/i.test(text)) return false;
    this.#rest = text.slice(opening?.[0].length ?? 0);
    const isFinal = opening?.[1]?.toLowerCase() === 'final';
    this.#state = isFinal ? 'final' : opening ? 'thought' : 'plain';
    return true;
  }

  #endThought(): boolean {
    const close = /<\/(think(?:ing)?|reason(?:ing)?)>/i.exec(this.#rest);
    if (close) this.#state = 'start';
    // Without a closing tag, only what may be its beginning is kept.
    this.#rest = close
      ? this.#rest.slice(close.index + close[0].length)
      : this.#rest.slice(-'</reasoning>'.length);
    return close !== null;
  }

  #show(ending: RegExp): string {
    const end = ending.exec(this.#rest);
    const certain = this.#rest.slice(0, end?.index);
    const shown = this.#hasShown ? certain.trimEnd() : certain.trim();
    this.#hasShown ||= shown !== '';
    if (end && !PARTIAL.test(end[0])) this.#state = 'over';
    this.#rest = this.#rest.slice(certain.trimEnd().length);
    return shown;
  }
}

/** Only its closing tag ends a tagged answer. */
const FINAL_END = /<\/final|<(\/(f(i(na?)?)?)?)?$/i;
/** Plain text may still turn into a call. */
const PLAIN_END = /[{[]|<.|```|>>>|<$|`{1,2}$|>{1,2}$/s;
/** What may or may not be an ending: it is checked again with the next piece. */
const PARTIAL = /^(<|<\/(f(i(na?)?)?)?|`{1,2}|>{1,2})$/i;
