/** Markdown as rows of a terminal. marked reads it; what each part looks like is decided here. */
import { Lexer, Tokenizer, type MarkedToken, type Token, type Tokens } from 'marked';
import { escapeForTerminal, escapeLine } from '../text/escape.ts';
import { highlight } from './highlight.ts';
import { inlineSpans } from './inline.ts';
import { unpainted, wrapSpans, type Paint, type Row, type Span } from '../text/spans.ts';
import { tableRows } from './table.ts';
import type { Theme } from './theme.ts';

/** Less room makes no sense of words; the terminal wraps what is wider than it. */
const MIN_COLUMNS = 10;
const MAX_RULE = 40;

/**
 * Without what would hide text (HTML, definitions of links) or change what stands above it (the
 * heading made by a line below it).
 */
class PlainTokenizer extends Tokenizer {
  override html(): undefined {}
  override tag(): undefined {}
  override def(): undefined {}
  override lheading(): undefined {}
  /** A single tilde is the home folder more often than a mark. */
  override del(...[text, ...rest]: Parameters<Tokenizer['del']>): Tokens.Del | undefined {
    return text.startsWith('~~') ? super.del(text, ...rest) : undefined;
  }
}

/** The blocks of a Markdown text. Together their `raw` is the text; a newline in it is one to see. */
export function readMarkdown(text: string): MarkedToken[] {
  try {
    const options = { gfm: true, breaks: true, tokenizer: new PlainTokenizer() };
    return new Lexer(options).lex(text) as MarkedToken[];
  } catch {
    // A thousand quotations in each other, for instance. The person can read it as it is.
    return [{ type: 'html', raw: text, text, pre: false, block: true }];
  }
}

/** The rows of one block. Words are wrapped to the width; lines of code are left as they are. */
export function blockRows(block: Token, columns: number, theme: Theme): Row[] {
  const token = block as MarkedToken;
  const room = Math.max(MIN_COLUMNS, columns);
  switch (token.type) {
    case 'space':
      return [];
    case 'heading': {
      const marks = theme.keepsMarks ? [span(`${'#'.repeat(token.depth)} `)] : [];
      return wrapSpans([...marks, ...inlineSpans(token.tokens, theme, theme.heading)], room);
    }
    case 'code':
      return codeRows(token, theme);
    case 'list':
      return listRows(token, room, theme);
    case 'blockquote':
      return indented(blocksRows(token.tokens, room - 2, theme), span('│ ', theme.faint));
    case 'table':
      return tableRows(token, room, theme);
    case 'hr':
      return [[span('─'.repeat(Math.min(MAX_RULE, room)), theme.faint)]];
    case 'paragraph':
    case 'text':
      return wrapSpans(inlineSpans(token.tokens ?? [token], theme), room);
    default:
      return token.raw.split('\n').map((line) => [span(escapeForTerminal(line))]);
  }
}

/** The rows of blocks in a list or a quotation, with an empty one where there was one. */
function blocksRows(tokens: readonly Token[], columns: number, theme: Theme): Row[] {
  return tokens.flatMap((token, index) => {
    const isBetween = index > 0 && index < tokens.length - 1;
    return token.type === 'space' && isBetween ? [[]] : blockRows(token, columns, theme);
  });
}

/** Flush left and between the marks of Markdown, so that it can be copied. */
function codeRows({ raw, lang = '', text, codeBlockStyle }: Tokens.Code, theme: Theme): Row[] {
  const [language = ''] = lang.split(/\s/, 1);
  const isClosed = /\n *(`{3,}|~{3,})\s*$/.test(raw);
  // Empty lines at the end may yet be followed by others; marked counts one too many.
  const code = text.replace(isClosed ? /\n$/ : /\n+$/, '');
  const rows = code === '' ? [] : highlight(code, language.toLowerCase(), theme);
  if (codeBlockStyle === 'indented') return indented(rows, span('    '));
  const fence = (info: string): Row => [span(`\`\`\`${escapeLine(info)}`, theme.faint)];
  return [fence(language), ...rows, ...(isClosed ? [fence('')] : [])];
}

function listRows({ items, ordered, start }: Tokens.List, columns: number, theme: Theme): Row[] {
  return items.flatMap(({ tokens }, index) => {
    const [first] = tokens as MarkedToken[];
    const box = first?.type === 'checkbox' ? first.raw : '';
    const marker = `${ordered ? `${(start || 0) + index}.` : '-'} ${box}`;
    const content = box === '' ? tokens : tokens.slice(1);
    const rows = blocksRows(content, columns - marker.length, theme);
    return indented(rows, span(marker), span(' '.repeat(marker.length)));
  });
}

/** The rows behind a mark of their own; the mark stands there without any, too. */
function indented(rows: readonly Row[], first: Span, others: Span = first): Row[] {
  return (rows.length > 0 ? rows : [[]]).map((row, index) => [
    index === 0 ? first : others,
    ...row,
  ]);
}

function span(text: string, paint: Paint = unpainted): Span {
  return { text, paint };
}
