/** The places of a reply where something opens: a construct in our tags, or in another format. */
import type { Dialect } from './formats/dialect.ts';
import { DIALECTS } from './formats/dialects.ts';
import { DISGUISE, readDisguised } from './formats/disguised.ts';
import { readFinal } from './formats/final.ts';
import { isLoneTag, LONE_TAG, opensCall, readLoneTag, readTag, TAG } from './formats/tags.ts';
import { REPLY_MARK } from './reasoning.ts';
import type { Construct, ToolShapes } from './reply.ts';

/**
 * Everything that opens something, each in a group of its own: the mark of the reply proper, our own
 * tags, each of the dialects, and last what may be prose.
 */
const sourceOf = (tags: string, dialects: readonly Dialect[]) =>
  [
    `(${REPLY_MARK})`,
    // After a letter it is a type, as in Array<Tool>.
    `(?<!\\w)<(${tags})`,
    ...dialects.map(({ opening }) => `(${opening})`),
    `(${LONE_TAG}|${DISGUISE})`,
  ].join('|');
const sourcesWith = (dialects: readonly Dialect[]) => ({
  all: sourceOf(`final(?=[\\s>/]|$)|${TAG}`, dialects),
  withoutTags: sourceOf('(?!)', dialects),
});
const WITH_DIALECTS = sourcesWith(DIALECTS);
const WITHOUT_DIALECTS = sourcesWith([]);

/** Each opening of a dialect has one of these in it. */
const SIGN = /[|`[({=]|tool|function|action|<<<|\+\+\+|\*\*\*|<code/i;

/**
 * Whether a text may open a call in a dialect. To compile the openings of all takes 3 ms, which plain
 * words without code save.
 */
export function mayHaveDialect(text: string): boolean {
  return SIGN.test(text);
}

/** Finds the openings of a text, in order. */
export class Openings {
  readonly #raw: string;
  readonly #tools: ToolShapes;
  readonly #all: RegExp;
  readonly #others: RegExp;

  constructor(raw: string, tools: ToolShapes) {
    this.#raw = raw;
    this.#tools = tools;
    const { all, withoutTags } = mayHaveDialect(raw) ? WITH_DIALECTS : WITHOUT_DIALECTS;
    this.#all = new RegExp(all, 'gi');
    this.#others = new RegExp(withoutTags, 'iy');
  }

  /** The first one from `from` on. */
  next(from: number): RegExpExecArray | null {
    this.#all.lastIndex = from;
    for (let match = this.#all.exec(this.#raw); match; match = this.#all.exec(this.#raw)) {
      const { index, 2: tag } = match;
      const isCall =
        tag === undefined || /^final$/i.test(tag) || opensCall(this.#raw, index, tag, this.#tools);
      const found = isCall ? match : this.#otherAt(index);
      const lone = found?.at(-1);
      if (found && (!lone?.startsWith('<') || isLoneTag(lone, this.#tools))) return found;
      this.#all.lastIndex = index + 1;
    }
    return null;
  }

  /** Another opening at the place of a tag that opens no call. */
  #otherAt(index: number): RegExpExecArray | null {
    this.#others.lastIndex = index;
    return this.#others.exec(this.#raw);
  }
}

/** Reads the construct at an opening, or returns the place up to which it is only prose. */
export function readConstruct(
  raw: string,
  match: RegExpExecArray,
  tools: ToolShapes,
  inDialects: boolean,
): Construct | number {
  const [tag, ...dialects] = match.slice(2);
  const lone = dialects.pop();
  const at = match.index;
  if (tag !== undefined) {
    return tag.toLowerCase() === 'final' ? readFinal(raw, at) : readTag(raw, at, tag, tools);
  }
  if (!inDialects) return at + 1;
  if (lone !== undefined) {
    return readLoneTag(raw, at, tools) ?? readDisguised(raw, at, tools) ?? at + 1;
  }
  const dialect = DIALECTS[dialects.findIndex((group) => group !== undefined)];
  // The backticks of a fence stay together: fences are counted.
  const isFence = match[0].startsWith('```');
  return dialect?.read(raw, at + match[0].length, tools) ?? at + (isFence ? 3 : 1);
}
