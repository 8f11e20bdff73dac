/** Draws what a terminal shows as an SVG picture. */
import type { IBufferCell, Terminal } from '@xterm/headless';

/** The size of one character, and the margin around the text, in pixels. */
const CELL = { width: 8.4, height: 18 };
const MARGIN = 16;
const FONT = "ui-monospace, 'SF Mono', Menlo, Consolas, 'DejaVu Sans Mono', monospace";
const BACKGROUND = '#1e2127';
const FOREGROUND = '#d7dae0';
/** The sixteen colours by number. */
const PALETTE =
  '#3f4451 #e06c75 #8cc265 #d5b06b #4aa5f0 #c162de #42b3c2 #d7dae0 #7f848e #ff7b86 #a5e075 #f0c674 #6bbcff #d98df5 #56d1e0 #ffffff'.split(
    ' ',
  );

interface Run {
  column: number;
  columns: number;
  text: string;
  style: string;
}

/** Draws the rows from the first, scrolled back to the beginning, to the last that is not empty. */
export function drawTerminal(terminal: Terminal, title: string): string {
  const rows = rowsOf(terminal);
  const width = Math.ceil(terminal.cols * CELL.width + 2 * MARGIN);
  const height = rows.length * CELL.height + 2 * MARGIN;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img">`,
    `<title>${escapeXml(title)}</title>`,
    `<rect width="100%" height="100%" rx="8" fill="${BACKGROUND}"/>`,
    `<g font-family="${FONT}" font-size="14" fill="${FOREGROUND}" xml:space="preserve">`,
    ...rows.flatMap((runs, row) => runs.map((run) => drawRun(run, row))),
    '</g>',
    '</svg>\n',
  ].join('\n');
}

function rowsOf({ buffer: { active }, cols }: Terminal): Run[][] {
  const rows: Run[][] = [];
  for (let y = 0; y < active.length; y++) {
    const line = active.getLine(y);
    const runs: Run[] = [];
    for (let column = 0; column < cols; column++) {
      const cell = line?.getCell(column);
      if (!cell || cell.getWidth() === 0) continue;
      const style = styleOf(cell);
      const last = runs.at(-1);
      const text = cell.getChars() || ' ';
      if (last?.style === style && last.column + last.columns === column) {
        last.text += text;
        last.columns += cell.getWidth();
      } else runs.push({ column, columns: cell.getWidth(), text, style });
    }
    rows.push(runs.filter(({ text }) => text.trim() !== ''));
  }
  return rows.slice(0, rows.findLastIndex((runs) => runs.length > 0) + 1);
}

function styleOf(cell: IBufferCell): string {
  const rgb = (colour: number) => `#${colour.toString(16).padStart(6, '0')}`;
  const colour = cell.isFgPalette()
    ? PALETTE[cell.getFgColor()]
    : cell.isFgRGB()
      ? rgb(cell.getFgColor())
      : undefined;
  return [
    ...(colour === undefined ? [] : [`fill="${colour}"`]),
    ...(cell.isBold() ? ['font-weight="bold"'] : []),
    ...(cell.isItalic() ? ['font-style="italic"'] : []),
    ...(cell.isUnderline() ? ['text-decoration="underline"'] : []),
    ...(cell.isDim() ? ['opacity="0.6"'] : []),
  ].join(' ');
}

/** Each run keeps its columns, whatever the font. */
function drawRun({ column, columns, text, style }: Run, row: number): string {
  const x = (MARGIN + column * CELL.width).toFixed(1);
  const y = MARGIN + row * CELL.height + 14;
  const length = (columns * CELL.width).toFixed(1);
  return `<text x="${x}" y="${y}" textLength="${length}" lengthAdjust="spacingAndGlyphs" ${style}>${escapeXml(text)}</text>`;
}

function escapeXml(text: string): string {
  return text.replace(/[<>&"]/g, (character) => `&#${character.codePointAt(0)};`);
}
