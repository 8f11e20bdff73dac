/**
 * Draws docs/architecture.svg from the imports in src: each room is a box, above all that it uses.
 * An arrow means that values are imported; one that follows from others is left out.
 */
import { readSources } from '../test/support/sources.ts';

/** What stands in the box of a room, and where it is from left to right. */
interface Box {
  title: string;
  words: string;
  /** Its middle, in pixels. */
  x: number;
}

const BOXES: Readonly<Record<string, Box>> = {
  index: { title: 'index.ts', words: 'the library', x: 100 },
  cli: { title: 'cli', words: 'the program', x: 440 },
  agent: { title: 'agent', words: 'the loop', x: 200 },
  export: { title: 'export', words: 'a session as a page', x: 600 },
  delegation: { title: '6 delegation', words: 'a read-only child', x: 285 },
  prompt: { title: '2 prompt', words: 'turns, cache epochs', x: 480 },
  tools: { title: '3 tools', words: 'seven tools, one gate', x: 300 },
  session: { title: '5 session', words: 'log and memory', x: 545 },
  undo: { title: 'undo', words: 'edits taken back', x: 96 },
  workspace: { title: '1 workspace', words: 'live repo context', x: 380 },
  context: { title: '4 context', words: 'clip and compact', x: 400 },
  model: { title: 'model', words: 'Ollama, OpenAI routes', x: 350 },
  terminal: { title: 'terminal', words: 'what a person sees', x: 700 },
  reply: { title: 'reply', words: 'raw text → call', x: 96 },
  records: { title: 'records', words: 'lines of the log', x: 550 },
  util: { title: 'util', words: 'files, locks, errors', x: 350 },
};

const WIDTH = 800;
const BOX = { width: 164, height: 50 };
const ROW_HEIGHT = 88;
const MARGIN = 12;
const FONT = "ui-sans-serif, system-ui, 'Segoe UI', 'DejaVu Sans', sans-serif";
const STYLE = `
svg { --box: #f6f8fa; --component: #ddf4ff; --line: #57606a; --text: #1f2328; background: #ffffff }
@media (prefers-color-scheme: dark) {
  svg { --box: #21262d; --component: #0c2d6b; --line: #8b949e; --text: #e6edf3; background: #0d1117 }
}
rect { fill: var(--box); stroke: var(--line) }
.component { fill: var(--component) }
text { fill: var(--text); text-anchor: middle; font: 13px ${FONT} }
.title { font-weight: bold; font-size: 15px }
.arrow { fill: none; stroke: var(--line); stroke-width: 1.3 }
marker path { fill: var(--line) }
`;

/** The picture, as the sources are now. @throws Error if a room has no box, or a box no room */
export function drawArchitecture(): string {
  const uses = readUses();
  const homeless = [...uses.keys()].filter((room) => !(room in BOXES));
  const empty = Object.keys(BOXES).filter((room) => !uses.has(room));
  if (homeless.length + empty.length > 0) {
    throw new Error(`rooms and boxes differ: ${[...homeless, ...empty].join(', ')}`);
  }
  const floors = new Map(Object.keys(BOXES).map((room) => [room, floorOf(room, uses)]));
  const top = Math.max(...floors.values());
  const yOf = (room: string) => MARGIN + (top - (floors.get(room) ?? 0)) * ROW_HEIGHT;
  const height = MARGIN * 2 + top * ROW_HEIGHT + BOX.height;
  const arrows = Object.keys(BOXES).flatMap((room) =>
    neededUses(room, uses).map((used) => drawArrow([room, yOf(room)], [used, yOf(used)])),
  );
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" width="${WIDTH}" height="${height}" role="img">`,
    '<title>The rooms of src: each stands above those whose values it imports</title>',
    `<style>${STYLE}</style>`,
    '<defs><marker id="tip" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" orient="auto"><path d="M0 0 8 4 0 8z"/></marker></defs>',
    ...arrows,
    ...Object.entries(BOXES).map(([room, box]) => drawBox(box, yOf(room))),
    '</svg>\n',
  ].join('\n');
}

/** The rooms whose values each room imports. */
function readUses(): Map<string, Set<string>> {
  const uses = new Map<string, Set<string>>();
  for (const { file, imports } of readSources()) {
    const room = roomOf(file);
    const used = uses.get(room) ?? new Set<string>();
    for (const { target, isPackage, typeOnly } of imports) {
      const other = roomOf(target);
      if (!isPackage && !typeOnly && other !== room && other !== '..') used.add(other);
    }
    uses.set(room, used);
  }
  return uses;
}

/** A folder of src, or a file beside the folders. */
function roomOf(file: string): string {
  return file.split('/')[0]?.replace(/\.ts$/, '') ?? file;
}

/** How many rooms lie below a room, one on the other: it stands above all that it uses. */
function floorOf(room: string, uses: ReadonlyMap<string, ReadonlySet<string>>): number {
  return Math.max(0, ...[...(uses.get(room) ?? [])].map((used) => floorOf(used, uses) + 1));
}

/** What a room uses, without what it reaches through another as well. */
function neededUses(room: string, uses: ReadonlyMap<string, ReadonlySet<string>>): string[] {
  const used = [...(uses.get(room) ?? [])];
  const reaches = (from: string, to: string): boolean =>
    [...(uses.get(from) ?? [])].some((each) => each === to || reaches(each, to));
  return used.filter((each) => !used.some((other) => other !== each && reaches(other, each)));
}

function drawBox({ title, words, x }: Box, y: number): string {
  const kind = /^\d/.test(title) ? ' class="component"' : '';
  const left = x - BOX.width / 2;
  return [
    `<rect${kind} x="${left}" y="${y}" width="${BOX.width}" height="${BOX.height}" rx="6"/>`,
    `<text class="title" x="${x}" y="${y + 21}">${title}</text>`,
    `<text x="${x}" y="${y + 39}">${words}</text>`,
  ].join('');
}

function drawArrow([from, fromY]: [string, number], [to, toY]: [string, number]): string {
  const [a, b] = [BOXES[from]?.x ?? 0, BOXES[to]?.x ?? 0];
  const y = fromY + BOX.height;
  // It leaves and arrives a little to the side where it comes from, so that arrows stay apart.
  const lean = Math.max(-60, Math.min(60, (b - a) / 4));
  const bend = Math.min(40, (toY - y) / 2);
  return `<path class="arrow" marker-end="url(#tip)" d="M${a + lean} ${y}C${a + lean} ${y + bend} ${b - lean} ${toY - bend} ${b - lean} ${toY}"/>`;
}
