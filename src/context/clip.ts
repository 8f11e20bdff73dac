/** Component 4, context reduction: shortens long texts, and says how much was left out. */

/**
 * Keeps at most `limit` characters of `text`: its start and its end, where failures are reported, and
 * between them a note with the number of characters left out. The note counts towards the limit.
 */
export function clip(text: string, limit: number): string {
  if (text.length <= limit) return text;
  const room = Math.max(0, limit - note(text.length).length);
  const start = head(text, Math.ceil(room / 2));
  const tail = wholeCharacters(text.slice(text.length - Math.floor(room / 2)));
  return `${start}${note(text.length - start.length - tail.length)}${tail}`;
}

function note(leftOut: number): string {
  return `\n...[${leftOut} characters left out]...\n`;
}

/** At most the first `limit` characters, without half a surrogate pair at the end. */
export function head(text: string, limit: number): string {
  return wholeCharacters(text.slice(0, limit));
}

/** The text in one line: a name may contain newlines and must not forge a line of its own. */
export function oneLine(name: string): string {
  return name.replace(/[\r\n\u2028\u2029]+/g, ' ');
}

/** One line of at most `limit` characters: whitespace collapsed, the end cut off. */
export function clipLine(text: string, limit: number): string {
  // The text may be a megabyte: look only at what can matter.
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

/** The text without half a surrogate pair at either end, where it was cut. */
export function wholeCharacters(text: string): string {
  return text.replace(/^[\udc00-\udfff]|[\ud800-\udbff]$/g, '');
}
