/** An opening tag with attributes, as models write it: `<tool name="read_file" path=a>`. */
import { matchAt } from '../match-at.ts';

/** A tag with its attributes, their values as written. */
export interface OpeningTag {
  tag: string;
  attributes: ReadonlyMap<string, string>;
  /** The attributes with their own quotes as entities: these could not be written otherwise. */
  escaped: ReadonlySet<string>;
  /** A word without a value that comes first: `<tool read_file path="a">`. */
  word: string | undefined;
  isClosed: boolean;
  end: number;
}

// A quote after a backslash is meant to be a part of the value.
const VALUE = `"([^"]*)(?<!\\\\)"|'([^']*)(?<!\\\\)'|([^\\s"'<>=\`]+?)(?=\\s|/?>)`;
const ATTRIBUTE = `\\s+([a-z_][\\w.:-]*)\\s*=\\s*(?:${VALUE})`;

/** Reads the tag at `at`; undefined if it is broken, or has an attribute twice. */
export function readOpeningTag(raw: string, at: number): OpeningTag | undefined {
  const open = matchAt(
    raw,
    at,
    '<([a-z_][\\w:.-]*)(?:\\s+([a-z_][\\w.-]*)(?=\\s+[a-z_]|\\s*/?>))?',
  );
  const [tag, word] = open?.groups ?? [];
  if (!open || tag === undefined) return undefined;
  const attributes = new Map<string, string>();
  const escaped = new Set<string>();
  let end = open.end;
  for (let next = matchAt(raw, end, ATTRIBUTE); next; next = matchAt(raw, end, ATTRIBUTE)) {
    const [name = '', inDouble, inSingle, bare = ''] = next.groups;
    const value = inDouble ?? inSingle ?? bare;
    const isEscaped =
      /&(?:quot|#34);/.test(inDouble ?? '') || /&(?:apos|#39);/.test(inSingle ?? '');
    if (isEscaped) escaped.add(name);
    if ((attributes.get(name) ?? value) !== value) return undefined;
    attributes.set(name, value);
    end = next.end;
  }
  const close = matchAt(raw, end, '\\s*(/?)>');
  if (!close) return undefined;
  return { tag, attributes, escaped, word, isClosed: close.groups[0] === '/', end: close.end };
}

const ENTITIES: Readonly<Record<string, string>> = {
  quot: '"',
  '#34': '"',
  apos: "'",
  '#39': "'",
  lt: '<',
  gt: '>',
  amp: '&',
};

/** Whether a text has entities of XML: they may be meant as they are. */
export function hasEntity(text: string): boolean {
  return /&(?:quot|apos|lt|gt|amp|#x?[\da-f]{1,6});/i.test(text);
}

/** The text with the entities of XML as the characters that they stand for. */
export function decoded(text: string): string {
  return text.replace(
    /&(quot|#34|apos|#39|lt|gt|amp);/g,
    (_, name: string) => ENTITIES[name] ?? '',
  );
}
