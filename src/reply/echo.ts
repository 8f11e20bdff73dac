/** Small models parrot: what only repeats the prompt is no answer, and its examples are no calls. */
import { argNamed } from './names.ts';
import type { Reply, ToolShapes } from './reply.ts';

/** Shorter lines may well be answers. */
const LEAST_WORDS = 4;

/** The words of a line: no list markers, tags, quotes, capitals, final stops or extra whitespace. */
function plain(line: string): string {
  return line
    .replace(/<\/?\w+>|[*`"']/g, '')
    .replace(/^[\s>#•+-]+|^\s*\d{1,3}[.)]\s/g, '')
    .replace(/\s+/g, ' ')
    .replace(/[ .:;!]+$/, '')
    .trim()
    .toLowerCase();
}

/** The parts of a prompt that a reply must not merely repeat. */
export interface EchoSource {
  /** Rules, examples and notices: none of their lines is an answer. */
  instructions: readonly string[];
  /** The request: one of its lines may be the answer, but not all of it. */
  request: string;
  /** What the user asked before, and what tools returned. */
  conversation: readonly string[];
}

/** Whether an answer only repeats instructions or the request. */
export function isEcho(
  answer: string,
  { instructions, request }: Pick<EchoSource, 'instructions' | 'request'>,
): boolean {
  const lines = linesOf(answer);
  if (!lines.some((line) => line.split(' ').length >= LEAST_WORDS)) return false;
  if (lines.join('\n') === linesOf(request).join('\n')) return true;
  const known = new Set(instructions.flatMap(linesOf));
  return lines.every((line) => known.has(line));
}

function linesOf(text: string): string[] {
  return text.split('\n').map(plain).filter(Boolean);
}

/** The arguments that say what a call is about, and whether `...` can be meant as their value. */
const SUBJECTS: ReadonlyMap<string, boolean> = new Map([
  ['path', false],
  ['command', false],
  ['task', false],
  ['pattern', true],
]);
/** What stands for a value: `<path>`, `path/to/file`. */
const STANDS_FOR = /^<\p{L}[\p{L} _-]*>$|^path\/to\//u;

/** Models count on: after sample-4, sample-5 is no more real. */
const withoutNumbers = (value: string) => value.replace(/\d+/g, '0');

const bareOf = (value: string) => value.trim().replace(/^(?:\.\/)+/, '');

/** Whether a value is one of an example, or only stands for one. */
function isSample(arg: string, value: string, examples: ReadonlySet<string>): boolean {
  const bare = bareOf(value);
  const hasDots = SUBJECTS.get(arg);
  if (hasDots === undefined) return arg === 'content' && bare === '...';
  const isOfExample = [...examples].some((each) => withoutNumbers(each) === withoutNumbers(bare));
  return isOfExample || (!hasDots && (bare === '...' || STANDS_FOR.test(bare)));
}

/**
 * The value of a call that is an example's own, unless the conversation has it, too.
 * @param examples what only examples are about
 */
export function exampleIn(
  { name, args }: Pick<Reply & { type: 'call' }, 'name' | 'args'>,
  tools: ToolShapes,
  examples: ReadonlySet<string>,
  echo: () => EchoSource,
): string | undefined {
  const shape = tools.get(name);
  for (const [spelled, value] of Object.entries(args)) {
    const arg = (shape && argNamed(spelled, shape)) ?? spelled;
    if (typeof value !== 'string' || !isSample(arg, value, examples)) continue;
    const bare = bareOf(value);
    const { request, conversation } = echo();
    if (![request, ...conversation].some((text) => text.includes(bare))) return bare;
  }
  return undefined;
}
