/**
 * Shows an answer while it is being made: of a reply that is not yet complete, the part that is
 * surely meant for the person. Reasoning, tool calls and tags never pass.
 */
export class AnswerStream {
  #raw = '';
  #shown = 0;

  /** Takes the next piece of the raw reply and returns what can be shown because of it. */
  push(piece: string): string {
    this.#raw += piece;
    const visible = visibleAnswer(this.#raw);
    const fresh = visible.slice(this.#shown);
    this.#shown = Math.max(this.#shown, visible.length);
    return fresh;
  }
}

function visibleAnswer(raw: string): string {
  const text = raw
    .replace(/^\s*<(think(?:ing)?|reason(?:ing)?)>[\s\S]*?(<\/\1>|$)/i, '')
    .trimStart();
  const final = /^<final\b[^>]*>\s*/i.exec(text);
  // In a tagged answer only its own closing tag ends it; plain text may yet turn into a call.
  const body = final ? text.slice(final[0].length) : text;
  const end = final ? /<\/final|<[/final]{0,6}$/i : /[<{[]|```/;
  const stop = end.exec(body)?.index ?? body.length;
  return body.slice(0, stop).trimEnd();
}
