/** Characters that look alike or cannot be seen, and how they are carried over into new text. */

/** Families of characters: the plain form, and all that may stand for it. */
const FAMILIES: readonly (readonly [plain: string, others: string])[] = [
  ["'", '\u2018\u2019\u201a\u201b'],
  ['"', '\u201c\u201d\u201e\u201f'],
  ['-', '\u2010\u2011\u2012\u2013\u2014\u2015\u2212'],
  [
    ' ',
    '\u00a0\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u202f\u205f\u3000',
  ],
  ['...', '\u2026'],
  ['', '\u00ad\u200b\u200c\u200d\u200e\u200f\u2060\ufeff'],
];

const PLAIN = new Map(
  FAMILIES.flatMap(([plain, others]) => [...others].map((other) => [other, plain] as const)),
);

/** The plain form of a character: itself for most, nothing for one that cannot be seen. */
export function plainCharacter(character: string): string {
  return PLAIN.get(character) ?? character;
}

/**
 * A text whose lines begin with plain spaces and tabs where they begin with others, or with what
 * cannot be seen.
 * @param such the only characters that are made plain; without it, all are
 */
export function plainStarts(text: string, such?: ReadonlySet<string>): string {
  const plain = (each: string) => (such && !such.has(each) ? each : plainCharacter(each));
  return text.replace(STARTS, (start) => [...start].map(plain).join(''));
}

/** The characters with which lines of a text begin before the first that can be seen. */
export function startsOf(text: string): Set<string> {
  return new Set(text.match(STARTS)?.flatMap((start) => [...start]));
}

/** Whether a text has nothing that can be seen. */
export function isInvisible(text: string): boolean {
  return plainStarts(text).trim() === '';
}

const STARTS = new RegExp(
  `^[ \\t${[...PLAIN].flatMap(([other, plain]) => (plain.trim() === '' ? [other] : [])).join('')}]+`,
  'gmu',
);

const SPECIAL = new RegExp(`[${[...PLAIN.keys()].join('')}]`, 'u');
/** The straight quotes, and those that typography has for each. */
export const QUOTES: Record<string, readonly [opening: string, closing: string]> = {
  "'": ['\u2018', '\u2019'],
  '"': ['\u201c', '\u201d'],
};

/** For each piece of old_text, everything that the file has in its place. */
export type Spellings = ReadonlyMap<string, ReadonlySet<string>>;

/**
 * Writes a part of new_text in the file's characters.
 * @param before the character before the part, which tells an opening quote from a closing one
 * @returns undefined when it is not certain which characters are meant
 */
export function respelled(part: string, before: string, known: Spellings): string | undefined {
  // Dots that are one character elsewhere may be one here.
  if (part.includes('...') && [...(known.get('...') ?? [])].some((is) => is !== '...'))
    return undefined;
  let result = '';
  let previous = before;
  for (const character of charactersOf(part)) {
    const written = spelled(character, previous, known);
    if (written === undefined) return undefined;
    result += written;
    previous = character;
  }
  return result;
}

/** The characters of a text, each with its marks. */
export function* charactersOf(text: string): Generator<string, void, void> {
  for (const [character] of text.matchAll(/\P{M}\p{M}{1,30}|./gsu)) yield character;
}

function spelled(character: string, previous: string, known: Spellings): string | undefined {
  const seen = known.get(character);
  const [only] = seen ?? [];
  if (SPECIAL.test(character)) {
    if (seen) return seen.size === 1 ? only : undefined;
    // Not in old_text: if the file has others of its sort plain, it may have this one, too. Quotes
    // come in pairs.
    if (!isPlainInFile(character, known)) return character;
    return sortOf(character) === '"' ? plainCharacter(character) : undefined;
  }
  if (character in QUOTES) return spelledQuote(character, previous, known);
  if (character === '-' && seen && [...seen].some((each) => each !== '-')) return undefined;
  // A space may stand for a special one in one place only.
  if (character === ' ' || !seen) return normalizedLike(character, known);
  return seen.size === 1 ? only : undefined;
}

function isPlainInFile(character: string, known: Spellings): boolean {
  const sort = sortOf(character);
  const others = [...known].filter(([other]) => SPECIAL.test(other) && sortOf(other) === sort);
  return (
    others.length > 0 &&
    others.every(([other, seen]) => [...seen].every((is) => is === plainCharacter(other)))
  );
}

/** The plain form of a special character; one and the same for all quotes. */
function sortOf(character: string): string {
  const plain = plainCharacter(character);
  return plain in QUOTES ? '"' : plain;
}

/** A straight quote, where the file may have typographic ones. */
function spelledQuote(quote: string, previous: string, known: Spellings): string | undefined {
  const seen = known.get(quote);
  const [only] = seen ?? [];
  const others = [...known].filter(([other]) => other in QUOTES);
  const isTypographic = others.some(([other, is]) => [...is].some((each) => each !== other));
  if (!isTypographic) return quote;
  if (!seen) return undefined;
  if ([...seen].every((each) => QUOTES[quote]?.includes(each))) return wantedQuote(quote, previous);
  return seen.size === 1 ? only : undefined;
}

/** The typographic quote for a straight one, which opens a quotation or closes it. */
export function wantedQuote(quote: string, previous: string): string {
  const [opening, closing] = QUOTES[quote] ?? [quote, quote];
  return previous === '' || /[\s([{<\u2014-]/u.test(previous) ? opening : closing;
}

/** A letter with marks in the form, composed or not, that the file has for others of its kind. */
function normalizedLike(character: string, known: Spellings): string {
  if (character.normalize('NFC') === character.normalize('NFD')) return character;
  const forms = ['NFC', 'NFD'] as const;
  const form = forms.find((each) =>
    [...known].some(([from, to]) => from !== from.normalize(each) && to.has(from.normalize(each))),
  );
  return form ? character.normalize(form) : character;
}
