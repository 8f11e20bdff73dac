/** What a session opens with: a box, or only its rows in a narrow terminal. */
import { columnsIn } from './text/columns.ts';
import { escapeLine } from './text/escape.ts';
import { shortenMiddle } from './text/shorten.ts';

/** What the box tells about the session. */
export interface Welcome {
  workspace: string;
  model: string;
  /** The server and what to know of it, if it is another machine. */
  server?: { url: string; note: string } | undefined;
  /** The context window. */
  window: string;
  branch: string;
  approval: string;
  session: string;
}

type Field = [label: string, value: string];

const ANIMAL = ['   /\\___/\\   ', '  (  o o  )  ', '  (  =^=  )  ', '   (______)~~'];
const NAME = 'MINI CODING AGENT';
const LABEL_WIDTH = 11;
/** With fewer columns, a box would leave too little room for its content. */
const MIN_BOX = 40;
const MAX_BOX = 84;

/** Draws the box, every row of equal width; no row is wider than the terminal. */
export function renderWelcome(welcome: Welcome, columns = MAX_BOX): string {
  const { server } = welcome;
  const fields: Field[] = [
    ['WORKSPACE', welcome.workspace],
    ['MODEL', welcome.model],
    ...(server ? [['SERVER', server.url] satisfies Field, ['', server.note] satisfies Field] : []),
    ['WINDOW', welcome.window],
    ['BRANCH', welcome.branch],
    ['APPROVAL', welcome.approval],
    ['SESSION', welcome.session],
  ];
  const width = Math.min(MAX_BOX, columns);
  const inner = width < MIN_BOX ? width : width - 4;
  const rows = fields.map(([label, value]) => row(label, value, inner));
  return width < MIN_BOX
    ? [NAME, ...rows].map((text) => shortenMiddle(text, width)).join('\n')
    : box(rows, width);
}

function row(label: string, value: string, columns: number): string {
  const room = Math.max(1, columns - LABEL_WIDTH);
  return label.padEnd(LABEL_WIDTH) + shortenMiddle(escapeLine(value), room);
}

function box(rows: readonly string[], width: number): string {
  const inner = width - 4;
  const framed = (text: string) => `| ${text}${' '.repeat(inner - columnsIn(text))} |`;
  const centred = (text: string) => framed(' '.repeat((inner - columnsIn(text)) >> 1) + text);
  const edge = `+${'='.repeat(width - 2)}+`;
  return [
    edge,
    ...ANIMAL.map(centred),
    centred(NAME),
    `+${'-'.repeat(width - 2)}+`,
    ...rows.map(framed),
    edge,
  ].join('\n');
}
