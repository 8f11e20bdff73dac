/**
 * Writes what regular expressions have beyond ASCII as escapes, in built files: esbuild leaves it as it
 * is, and one such character doubles the memory of the whole file. Elsewhere esbuild escapes itself.
 */
import fs from 'node:fs';

for (const file of process.argv.slice(2)) {
  const source = fs.readFileSync(file, 'utf8');
  fs.writeFileSync(file, inAscii(source));
}

function inAscii(source: string): string {
  const [escaped] = /\\[^\0-\x7f]/.exec(source) ?? [];
  if (escaped !== undefined)
    throw new Error(`${escaped}: a backslash before it would escape the escape`);
  return source.replace(
    /[^\0-\x7f]/g,
    (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}
