/** Component 4, context reduction: a long text is cut in its middle, and the cut says its size. */

/**
 * Keeps at most `limit` characters of `text`: its head and its tail, where the beginning and the
 * failure at the end stand, with a mark that counts what was left out. The mark is within the limit.
 */
export function clip(text: string, limit: number): string {
  if (text.length <= limit) return text;
  const room = Math.max(0, limit - mark(text.length).length);
  const start = head(text, Math.ceil(room / 2));
  const tail = wholeCharacters(text.slice(text.length - Math.floor(room / 2)));
  return `${start}${mark(text.length - start.length - tail.length)}${tail}`;
}

function mark(leftOut: number): string {
  return `\n...[${leftOut} characters left out]...\n`;
}

/** At most the first `limit` characters, none of them cut in half. */
export function head(text: string, limit: number): string {
  return wholeCharacters(text.slice(0, limit));
}

/** A name may hold a newline, and must not be able to forge a line of its own with it. */
export function oneLine(name: string): string {
  return name.replace(/[\r\n\u2028\u2029]+/g, ' ');
}

/** One line of at most `limit` characters, white space folded, its end cut. */
export function clipLine(text: string, limit: number): string {
  // Look no further than could matter: the text may be a megabyte.
  const line = text
    .slice(0, limit * 4)
    .replace(/\s+/g, ' ')
    .trim();
  if (line.length <= limit && text.length <= limit * 4) return line;
  return `${wholeCharacters(line.slice(0, limit - 1))}…`;
}

/** Characters of the name of a tool: a model may have named anything. */
const TOOL_NAME_CHARS = 60;

/** The name of a tool, which need not exist, in one short line. */
export function clipToolName(name: string): string {
  return clipLine(name, TOOL_NAME_CHARS);
}

/** Without the half of a surrogate pair that a cut left at either end. */
export function wholeCharacters(text: string): string {
  return text.replace(/^[\udc00-\udfff]|[\ud800-\udbff]$/g, '');
}
