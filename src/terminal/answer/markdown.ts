/** Markdown as rows of a terminal: marked parses it, this decides what each part looks like. */
import { Lexer, Tokenizer, type MarkedToken, type Token, type Tokens } from 'marked';
import { escapeAnswer, escapeLine } from '../text/escape.ts';
import { highlight } from './highlight.ts';
import { inlineSpans } from './inline.ts';
import { unpainted, wrapSpans, type Paint, type Row, type Span } from '../text/spans.ts';
import { tableRows } from './table.ts';
import type { Theme } from './theme.ts';

/** Words need at least this much room; the terminal wraps what is wider. */
const MIN_COLUMNS = 10;
const MAX_RULE = 40;

/**
 * Leaves out what would hide text (HTML, link definitions) or change the text above it (headings made
 * by a line below).
 */
class PlainTokenizer extends Tokenizer {
  override html(): undefined {}
  override tag(): undefined {}
  override def(): undefined {}
  override lheading(): undefined {}
  /** A single tilde is more often the home folder than a mark. */
  override del(...[text, ...rest]: Parameters<Tokenizer['del']>): Tokens.Del | undefined {
    return text.startsWith('~~') ? super.del(text, ...rest) : undefined;
  }
}

/** The blocks of a Markdown text. Their `raw` joined is the text; each newline in it is shown. */
export function readMarkdown(text: string): MarkedToken[] {
  try {
    const options = { gfm: true, breaks: true, tokenizer: new PlainTokenizer() };
    return new Lexer(options).lex(text) as MarkedToken[];
  } catch {
    // For instance a thousand nested quotations. The person can read them as text.
    return [{ type: 'html', raw: text, text, pre: false, block: true }];
  }
}

/**
 * The rows of one block. Words are wrapped to `columns`; lines of code are not.
 * @param indent what comes before each row, in columns
 */
export function blockRows(block: Token, columns: number, theme: Theme, indent = 0): Row[] {
  const token = block as MarkedToken;
  const room = Math.max(MIN_COLUMNS, columns);
  switch (token.type) {
    case 'space':
      return [];
    case 'heading': {
      const paint = theme.headings[token.depth - 1];
      const mark = span(`${'#'.repeat(token.depth)} `, theme.faint);
      const marks = theme.keepsMarks || !paint ? [mark] : [];
      const text = inlineSpans(token.tokens, theme, paint ?? theme.strong);
      return wrapSpans([...marks, ...text], room, indent);
    }
    case 'code':
      return codeRows(token, theme);
    case 'list':
      return listRows(token, room, theme, indent);
    case 'blockquote':
      return indented(
        blocksRows(token.tokens, room - 2, theme, indent + 2),
        span('│ ', theme.faint),
      );
    case 'table':
      return tableRows(token, room, theme, indent);
    case 'hr':
      return [[span('─'.repeat(Math.min(MAX_RULE, room)), theme.faint)]];
    case 'paragraph':
    case 'text':
      return wrapSpans(inlineSpans(token.tokens ?? [token], theme), room, indent);
    default:
      return token.raw.split('\n').map((line) => [span(escapeAnswer(line))]);
  }
}

/** The rows of blocks in a list or a quotation; empty rows between them are kept. */
function blocksRows(
  tokens: readonly Token[],
  columns: number,
  theme: Theme,
  indent: number,
): Row[] {
  return tokens.flatMap((token, index) => {
    const isBetween = index > 0 && index < tokens.length - 1;
    return token.type === 'space' && isBetween ? [[]] : blockRows(token, columns, theme, indent);
  });
}

/** Flush left and between the marks of Markdown, so that the code can be copied. */
function codeRows({ raw, lang = '', text, codeBlockStyle }: Tokens.Code, theme: Theme): Row[] {
  const [language = ''] = lang.split(/\s/, 1);
  const isClosed = /\n *(`{3,}|~{3,})\s*$/.test(raw);
  // More lines may follow empty ones at the end; marked counts one too many.
  const code = text.replace(isClosed ? /\n$/ : /\n+$/, '');
  const rows = code === '' ? [] : highlight(code, language.toLowerCase(), theme);
  if (codeBlockStyle === 'indented') return indented(rows, span('    '));
  const fence = (info: string): Row => [span(`\`\`\`${escapeLine(info)}`, theme.faint)];
  return [fence(language), ...rows, ...(isClosed ? [fence('')] : [])];
}

function listRows(
  { items, ordered, start }: Tokens.List,
  columns: number,
  theme: Theme,
  indent: number,
): Row[] {
  return items.flatMap(({ tokens }, index) => {
    const [first] = tokens as MarkedToken[];
    const box = first?.type === 'checkbox' ? first.raw : '';
    const marker = `${ordered ? `${(start || 0) + index}.` : '-'} ${box}`;
    const content = box === '' ? tokens : tokens.slice(1);
    const { length } = marker;
    const rows = blocksRows(content, columns - length, theme, indent + length);
    return indented(rows, span(marker), span(' '.repeat(length)));
  });
}

/** The rows after a mark each; the mark is shown even without rows. */
function indented(rows: readonly Row[], first: Span, others: Span = first): Row[] {
  return (rows.length > 0 ? rows : [[]]).map((row, index) => [
    index === 0 ? first : others,
    ...row,
  ]);
}

function span(text: string, paint: Paint = unpainted): Span {
  return { text, paint };
}
