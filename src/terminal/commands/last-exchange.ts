/** The last request of a resumed session and its answer, dimmed: a reminder, about a screen long. */
import type { ChalkInstance } from 'chalk';
import type { SessionState } from '../../session/state.ts';
import { counted } from '../../util/counted.ts';
import { escapeAnswer } from '../text/escape.ts';
import { shortenEnd } from '../text/shorten.ts';
import { textOf, wrapText } from '../text/spans.ts';
import type { CommandContext } from './command.ts';

/** What a screen of 24 rows has room for, besides the prompt and what led here. */
const MAX_ROWS = 16;
const REQUEST_ROWS = 4;
/** More of a text than this fits no screen. */
const MAX_CHARS = 20_000;

/** The rows; empty where the conversation has no request, such as after a reset. */
export async function renderLastExchange(
  { entries }: Readonly<SessionState>,
  { columns, canRedraw, chalk }: Pick<CommandContext, 'columns' | 'canRedraw' | 'chalk'>,
): Promise<string> {
  const at = entries.findLastIndex(({ record }) => record.type === 'user');
  const request = entries[at]?.record.content;
  if (request === undefined) return '';
  const answer = entries.slice(at).findLast(({ record }) => record.type === 'assistant');
  const width = columns ?? Infinity;
  const asked = cut(plainRows(`> ${request.slice(0, MAX_CHARS).trim()}`, width), REQUEST_ROWS);
  const text = answer?.record.content.slice(0, MAX_CHARS) ?? 'There was no answer yet.';
  const answered = canRedraw ? await markdownRows(text, width, chalk) : plainRows(text, width);
  const rows = [...asked, ...cut(answered, MAX_ROWS - asked.length)];
  // A word that is wider than the terminal is a row, too.
  return rows.map((row) => chalk.dim(shortenEnd(row, width))).join('\n');
}

function plainRows(text: string, columns: number): string[] {
  return escapeAnswer(text)
    .split('\n')
    .flatMap((line) => wrapText(line, columns));
}

/** As the answer was shown, but in one colour. */
async function markdownRows(
  text: string,
  columns: number,
  chalk: ChalkInstance,
): Promise<string[]> {
  const { blockRows, readMarkdown } = await import('../answer/markdown.ts');
  const { themeOf } = await import('../answer/theme.ts');
  const blocks = readMarkdown(text.replace(/\r\n?/g, '\n').trim());
  return blocks.flatMap((block) =>
    block.type === 'space' ? [''] : blockRows(block, columns, themeOf(chalk)).map(textOf),
  );
}

/** The beginning and the end; what is between them is counted. */
function cut(rows: readonly string[], most: number): readonly string[] {
  if (rows.length <= most) return rows;
  const tail = (most - 1) >> 1;
  const head = most - 1 - tail;
  const left = rows.length - head - tail;
  return [...rows.slice(0, head), `… ${counted(left, 'more row')} …`, ...rows.slice(-tail)];
}
