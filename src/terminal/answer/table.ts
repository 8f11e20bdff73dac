/** A Markdown table in a terminal. */
import type { Tokens } from 'marked';
import { inlineSpans } from './inline.ts';
import { unpainted, widthOf, wrapSpans, type Row, type Span } from '../text/spans.ts';
import type { Theme } from './theme.ts';

const GAP = 2;

/** The rows of a table in columns, or if it is too wide, each cell on a row after its heading. */
export function tableRows(
  { header, rows, align }: Tokens.Table,
  columns: number,
  theme: Theme,
  indent: number,
) {
  const head = header.map(({ tokens }) => inlineSpans(tokens, theme, theme.strong));
  const body = rows.map((row) => row.map(({ tokens }) => inlineSpans(tokens, theme)));
  const widths = head.map((cell, index) =>
    Math.max(...[cell, ...body.map((row) => row[index] ?? [])].map(widthOf)),
  );
  const total = widths.reduce((sum, width) => sum + width, GAP * (widths.length - 1));
  if (total > columns && body.length > 0) return cellByCell(head, body, columns, indent);
  const line = (cells: readonly Row[]): Row =>
    cells.flatMap((cell, index) => [
      ...(index > 0 ? [spaces(GAP)] : []),
      ...padded(cell, widths[index] ?? 0, align[index] ?? 'left'),
    ]);
  const rule = { text: widths.map((width) => '─'.repeat(width)).join('  '), paint: theme.faint };
  return [line(head), [rule], ...body.map(line)];
}

function padded(cell: Row, width: number, align: 'left' | 'center' | 'right'): Span[] {
  const room = width - widthOf(cell);
  const before = align === 'left' ? 0 : align === 'right' ? room : room >> 1;
  return [spaces(before), ...cell, spaces(room - before)];
}

function cellByCell(
  head: readonly Row[],
  body: readonly Row[][],
  columns: number,
  indent: number,
): Row[] {
  return body.flatMap((row, index) => [
    ...(index > 0 ? [[]] : []),
    ...row.flatMap((cell, column) =>
      wrapSpans([...(head[column] ?? []), { ...spaces(0), text: ': ' }, ...cell], columns, indent),
    ),
  ]);
}

function spaces(count: number): Span {
  return { text: ' '.repeat(count), paint: unpainted };
}
