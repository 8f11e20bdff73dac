/** The inside of a line of Markdown: emphasis, code, links. */
import type { MarkedToken, Token, Tokens } from 'marked';
import { escapeAnswer, escapeLine } from '../text/escape.ts';
import { LINE_END, unpainted, type Paint, type Span } from '../text/spans.ts';
import { decodeEntities } from './entities.ts';
import type { Theme } from './theme.ts';

/** The tokens as spans. Their text is the model's: it is escaped here, before any colour. */
export function inlineSpans(
  tokens: readonly Token[],
  theme: Theme,
  paint: Paint = unpainted,
): Span[] {
  return tokens.flatMap((token) => spansOf(token as MarkedToken, theme, paint));
}

function spansOf(token: MarkedToken, theme: Theme, paint: Paint): Span[] {
  const plain = (text: string) => [{ text: escapeText(text.replaceAll('\t', ' ')), paint }];
  const within = (mark: string, inner: Paint, tokens: readonly Token[]) => {
    const both: Paint = (text) => paint(inner(text));
    const marks = theme.keepsMarks && mark !== '' ? [{ text: mark, paint }] : [];
    return [...marks, ...inlineSpans(tokens, theme, both), ...marks];
  };
  switch (token.type) {
    case 'strong':
      return within('**', theme.strong, token.tokens);
    case 'em':
      return within('*', theme.emphasis, token.tokens);
    case 'del':
      return within('~~', theme.deleted, token.tokens);
    case 'codespan': {
      const text = escapeLine(token.text, escapeAnswer);
      const code: Paint = (piece) => paint(theme.code(piece));
      return [theme.keepsMarks ? { text: `\`${text}\``, paint } : { text, paint: code }];
    }
    case 'link':
      return [...within('', theme.link, token.tokens), ...address(token, theme, paint)];
    case 'image':
      return [...plain(token.text), ...address(token, theme, paint)];
    case 'br':
      return [LINE_END];
    case 'escape':
      return [{ text: escapeLine(token.text), paint }];
    case 'text':
      // In its text, marked has decoded some entities already.
      return token.tokens ? inlineSpans(token.tokens, theme, paint) : plain(token.raw);
    default:
      return plain(token.raw);
  }
}

/** Decodes before it escapes: an entity, too, can be any character. */
function escapeText(text: string): string {
  return escapeLine(decodeEntities(text), escapeAnswer);
}

/** Where a link leads, unless its text says so already. */
function address(token: Tokens.Link | Tokens.Image, theme: Theme, paint: Paint): Span[] {
  const [href, text] = [decodeEntities(token.href), decodeEntities(token.text)];
  if (href === '' || href === text || href === `mailto:${text}`) return [];
  const faint: Paint = (piece) => paint(theme.faint(piece));
  return [{ text: escapeLine(` (${href})`), paint: faint }];
}
