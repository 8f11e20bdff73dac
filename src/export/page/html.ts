/** HTML whose text is escaped: only this file makes markup of strings. */
import { escapeForTerminal } from '../../terminal/text/escape.ts';

/** A piece of HTML. Any other value in a template is text. */
export class Html {
  readonly text: string;
  constructor(text: string) {
    this.text = text;
  }
}

/** What a template may hold: markup, several pieces of it, text or a number; undefined is nothing. */
type Part = Html | readonly Html[] | string | number | undefined;

/**
 * Markup with values in it: `` markup`<b>${name}</b>` ``. Text is escaped, as
 * content or as an attribute in double quotes; characters that hide or reorder text are shown as codes.
 */
export function markup(pieces: TemplateStringsArray, ...parts: Part[]): Html {
  const filled = parts.map((part, at) => {
    const isAttribute = pieces[at]?.endsWith('="') === true;
    return render(part, isAttribute ? /[&<>"]/g : /[&<>]/g) + (pieces[at + 1] ?? '');
  });
  return new Html((pieces[0] ?? '') + filled.join(''));
}

function render(part: Part, special: RegExp): string {
  if (part === undefined) return '';
  if (part instanceof Html) return part.text;
  if (typeof part === 'object') return part.map(({ text }) => text).join('');
  return escapeForTerminal(String(part)).replace(special, (sign) => `&#${sign.charCodeAt(0)};`);
}
