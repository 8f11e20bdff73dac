/** Puts what was measured into the pages, between its marks. */
import fs from 'node:fs';
import path from 'node:path';
import { format, resolveConfig } from 'prettier';

const ROOT = path.resolve(import.meta.dirname, '..');

/** The pages that show what was measured. Both show the block `programs`. */
export const PAGES = ['README.md', 'docs/performance.md'].map((name) => path.join(ROOT, name));

const BLOCK = /(?<=<!-- bench: ([a-z]+) -->\n\n)[^]*?(?=\n\n<!-- end of bench -->)/g;

/** The blocks of a page, by their names. */
export const blocksIn = (page: string): ReadonlyMap<string, string> =>
  new Map([...page.matchAll(BLOCK)].map(([text, name = '']) => [name, text]));

/** The page with these blocks in place of its own; one that is not among them stays. */
export const withBlocks = (page: string, blocks: ReadonlyMap<string, string>): string =>
  page.replace(BLOCK, (text, name: string) => blocks.get(name) ?? text);

/** Writes the blocks into all pages, formatted as the other lines there. */
export async function writePages(blocks: ReadonlyMap<string, string>): Promise<void> {
  for (const file of PAGES) {
    const text = withBlocks(fs.readFileSync(file, 'utf8'), blocks);
    fs.writeFileSync(file, await format(text, { ...(await resolveConfig(file)), filepath: file }));
  }
}
