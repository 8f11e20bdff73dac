import fs from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { callTable } from '../bench/call-table.ts';
import { drawArchitecture } from '../docs/architecture.ts';
import { makePages } from '../docs/book.ts';
import { recordsIn } from '../docs/excerpts.ts';
import { withSteadyClock, withSteadyTexts } from '../docs/steady.ts';

const ROOT = path.resolve(import.meta.dirname, '..');
const read = (file: string) => fs.readFileSync(path.join(ROOT, file), 'utf8');

describe('what `npm run record` makes', () => {
  it('is in the chapters and the example as the code and the sessions are now', async () => {
    const pages = await makePages();
    expect(pages.size).toBe(7);
    for (const [file, text] of pages) {
      expect(fs.readFileSync(file, 'utf8'), `${file}: npm run record:book`).toBe(text);
    }
  });

  it('is in each chapter: at most 120 lines, with a session, and forty lines of code or so', async () => {
    const pages = await makePages();
    const chapters = [...pages].filter(([file]) => !file.endsWith('EXAMPLE.md'));
    for (const [file, text] of chapters) {
      expect(text.split('\n').length - 1, file).toBeLessThanOrEqual(120);
      expect(text, file).toMatch(/^<!-- session: /m);
      const code = [...text.matchAll(/^```ts\n([^]*?)^```$/gm)].map(([, block = '']) => block);
      const lines = code.join('').split('\n').length - 1;
      expect(lines, file).toBeGreaterThan(20);
      expect(lines, file).toBeLessThanOrEqual(45);
      // No code is shown but from a block that is kept up to date.
      expect(text.match(/^<!-- code: /gm), file).toHaveLength(code.length);
    }
  });

  it('is a picture of the imports as they are now', () => {
    expect(read('docs/architecture.svg'), 'npm run record:book').toBe(drawArchitecture());
  });

  it('is the same recording of the demo when it is made of itself', () => {
    const demo = read('src/cli/demo.jsonl');
    expect(withSteadyClock(withSteadyTexts(demo, '/no/such', '/no/such'))).toBe(demo);
  });

  it('counts what a call sent by section, and the whole of it', () => {
    const table = callTable(recordsIn(read('src/cli/demo.jsonl')));
    const rows = table.split('\n').slice(1);
    expect(rows.length).toBe(12);
    for (const row of rows) {
      const cells = row
        .trim()
        .split(/ +/)
        .map((cell) => Number(cell.replaceAll(',', '')));
      const [
        ,
        rules = 0,
        workspace = 0,
        examples = 0,
        memory = 0,
        turns = 0,
        sent,
        seen = 0,
        fresh = 0,
      ] = cells;
      expect(rules + workspace + examples + memory + turns).toBe(sent);
      expect(seen + fresh).toBe(sent);
    }
  });
});
