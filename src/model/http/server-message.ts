/** What a server says in an error, in readable words: Ollama sends a string, others anything. */

/** The fields that hold the words, the most telling first. */
const FIELDS = ['error', 'message', 'msg', 'detail', 'details', 'errors', 'description', 'title'];
/** How deep, and how many parts of one list, are looked at. */
const MOST = { levels: 8, parts: 4 };
const MAX_CHARS = 300;
/** More of a page, or of JSON, is not looked at. */
const PAGE_CHARS = 8_000;
const JSON_CHARS = 64 * 1024;

/**
 * The words in an error's text, in one line of at most 300 characters without a full stop; empty if
 * there are none.
 * @param body `{"error": …}` in any shape, which may hold another such object as a string; a page;
 *   or plain text
 */
export function serverMessage(body: string): string {
  const words = wordsIn(body, 0).replace(/\s+/g, ' ').trim();
  return words.slice(0, MAX_CHARS).replace(/[\ud800-\udbff]$|[\s.]+$/, '');
}

function wordsIn(value: unknown, level: number): string {
  if (level > MOST.levels || value === null || value === undefined) return '';
  if (typeof value === 'string') return wordsOfText(value, level);
  if (typeof value !== 'object') return String(value);
  if (Array.isArray(value))
    return joined(
      value.map((part) => [part]),
      level,
    );
  const fields = new Map<string, unknown>(Object.entries(value));
  for (const field of FIELDS) {
    const words = wordsIn(fields.get(field), level + 1);
    if (words !== '') return words;
  }
  return joined(
    [...fields].map(([name, part]) => [part, `${name}: `]),
    level,
  );
}

function joined(parts: [part: unknown, before?: string][], level: number): string {
  return parts
    .slice(0, MOST.parts)
    .map(([part, before = '']) => [before, wordsIn(part, level + 1)])
    .filter(([, words]) => words !== '')
    .map((both) => both.join(''))
    .join('; ');
}

function wordsOfText(text: string, level: number): string {
  const start = text.trimStart().charAt(0);
  if (start === '<') return wordsOfPage(text);
  const isJson = ['{', '[', '"'].includes(start) || text.trim() === 'null';
  if (!isJson || text.length > JSON_CHARS) return text;
  try {
    return wordsIn(JSON.parse(text), level + 1);
  } catch {
    return text;
  }
}

/** A page without its tags; its title says most. */
function wordsOfPage(page: string): string {
  const title = /<title[^>]{0,100}>([^<]{1,300})</i.exec(page)?.[1]?.trim();
  return (
    title || page.slice(0, PAGE_CHARS).replace(/<(script|style)\b[^]*?<\/\1>|<[^>]{0,1000}>/gi, ' ')
  );
}
