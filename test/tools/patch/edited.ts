/** What an edit makes of a file. */
import { findMatch } from '../../../src/tools/patch/locate.ts';

/** The file's text after old_text was replaced; or the kind of refusal. */
export function edited(content: string, oldText: string, newText: string): string {
  const bytes = Buffer.from(content);
  const found = findMatch(bytes, { oldText, newText });
  if (found.type !== 'match') return found.type;
  const [before, after] = [bytes.subarray(0, found.from), bytes.subarray(found.to)];
  return `${before.toString()}${found.newText}${after.toString()}`;
}
