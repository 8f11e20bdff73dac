/** Texts from the session, as they were but for their middle where they are long. */
import { clip } from '../../context/clip.ts';
import { counted } from '../../util/counted.ts';
import { markup, type Html } from './html.ts';

/** A text to show. */
export interface Text {
  text: string;
  /** What it is: with a name it is folded, unless it is short; without one it is always shown. */
  name?: string;
  isOpen?: boolean;
}

/** A text of one line that is no longer is not folded. */
const SHORT_CHARS = 200;

/** @param most the most characters of it: the log has the rest */
export function renderText({ text, name, isOpen = false }: Text, most: number): Html {
  // A newline at the start of `pre` is not part of its text.
  if (name === undefined) return markup`<pre class="words">\n${clip(text, most)}</pre>`;
  const shown = markup`<pre>\n${clip(text, most)}</pre>`;
  const end = text.trimEnd();
  if (text.length <= SHORT_CHARS && !end.includes('\n')) {
    return markup`<div class="text"><span>${name}</span>${shown}</div>`;
  }
  const summary = markup`<summary>${name}, ${counted(end.split('\n').length, 'line')}</summary>`;
  if (isOpen) return markup`<details open>${summary}${shown}</details>`;
  return markup`<details>${summary}${shown}</details>`;
}
