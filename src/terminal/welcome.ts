/** The box that a session opens with. */
import stringWidth from 'string-width';
import { escapeLine } from './escape.ts';

export interface Welcome {
  workspace: string;
  model: string;
  branch: string;
  approval: string;
  session: string;
}

const ANIMAL = ['   /\\___/\\   ', '  (  o o  )  ', '  (  =^=  )  ', '   (______)~~'];
const MIN_WIDTH = 40;
const MAX_WIDTH = 84;

/** Draws the box, every row of equal width, at most as wide as the terminal. */
export function renderWelcome(welcome: Welcome, columns = MAX_WIDTH): string {
  const width = Math.max(MIN_WIDTH, Math.min(MAX_WIDTH, columns));
  const inner = width - 4;
  const row = (text: string) => `| ${text}${' '.repeat(inner - stringWidth(text))} |`;
  const centred = (text: string) => row(' '.repeat((inner - stringWidth(text)) >> 1) + text);
  const field = (label: string, value: string) =>
    row(label.padEnd(11) + shortenMiddle(escapeLine(value), inner - 11));
  const edge = `+${'='.repeat(width - 2)}+`;
  return [
    edge,
    ...ANIMAL.map(centred),
    centred('MINI CODING AGENT'),
    `+${'-'.repeat(width - 2)}+`,
    field('WORKSPACE', welcome.workspace),
    field('MODEL', welcome.model),
    field('BRANCH', welcome.branch),
    field('APPROVAL', welcome.approval),
    field('SESSION', welcome.session),
    edge,
  ].join('\n');
}

/** At most `columns` wide, the middle left out, so that beginning and end can be read. */
function shortenMiddle(text: string, columns: number): string {
  if (stringWidth(text) <= columns) return text;
  const characters = [...new Intl.Segmenter().segment(text)].map(({ segment }) => segment);
  const half = (columns - 3) / 2;
  const head = takeColumns(characters, Math.ceil(half));
  const tail = takeColumns(characters.toReversed(), Math.floor(half)).toReversed();
  return [...head, '...', ...tail].join('');
}

function takeColumns(characters: readonly string[], columns: number): string[] {
  let used = 0;
  const end = characters.findIndex((character) => (used += stringWidth(character)) > columns);
  return characters.slice(0, end);
}
