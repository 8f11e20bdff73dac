/** Finds a declaration in the source, with its comment, for a page that shows it. */
import fs from 'node:fs';
import path from 'node:path';

const ROOT = path.resolve(import.meta.dirname, '..');

/**
 * The lines of a declaration, as they stand.
 * @param file relative to the root of the repository
 * @param name of an export or another declaration of the file, or `Class.method`
 * @throws Error if there is no such declaration
 */
export function codeOf(file: string, name: string): string {
  const lines = fs.readFileSync(path.join(ROOT, file), 'utf8').split('\n');
  const [outer = '', method] = name.split('.');
  const first = indexFrom(
    lines,
    0,
    new RegExp(`^(?:export )?(?:async )?(?:function\\*?|const|class|interface|type) ${outer}\\b`),
  );
  const start =
    method === undefined
      ? first
      : indexFrom(lines, first, new RegExp(`^  (?:async |get |static )*\\*?${method}[(<]`));
  const indent = /^ */.exec(lines[start] ?? '')?.[0] ?? '';
  // Of a formatted declaration only the last line is at its own indentation, and closes it.
  const isWhole = lines[start]?.endsWith(';') === true;
  const end = isWhole
    ? start
    : indexFrom(lines, start + 1, new RegExp(`^${indent}[})\\]].*[};]$|^${indent}}$`));
  let top = start;
  while (/^ *(\/\*\*|\*|\/\/)/.test(lines[top - 1] ?? '')) top--;
  return lines.slice(top, end + 1).join('\n');
}

function indexFrom(lines: readonly string[], from: number, pattern: RegExp): number {
  const found = lines.findIndex((line, at) => at >= from && pattern.test(line));
  if (found === -1) throw new Error(`nothing matches ${pattern.source}`);
  return found;
}
