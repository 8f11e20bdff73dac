/** Rows that are drawn in place, as a person sees them, in a real terminal of any size. */
import { PassThrough } from 'node:stream';
import xterm from '@xterm/headless';
import * as fc from 'fast-check';
import { expect, it, onTestFinished } from 'vitest';
import { LiveRows } from '../../../src/terminal/screen/live-rows.ts';
import { unpainted } from '../../../src/terminal/text/spans.ts';
import { takeHeld } from '../../support/held.ts';
import { often } from '../../support/stress.ts';

/** A terminal, the rows in it, and what a person sees, from the first line to the last. */
function terminal(columns: number, rows: number) {
  const output = Object.assign(new PassThrough(), { columns, rows });
  const options = { cols: columns, rows, scrollback: 1_000, convertEol: true };
  const screen = new xterm.Terminal({ ...options, allowProposedApi: true });
  onTestFinished(() => screen.dispose());
  const settle = () => new Promise<void>((resolve) => screen.write(takeHeld(output), resolve));
  return {
    output,
    live: new LiveRows(output),
    async seen(): Promise<string> {
      await settle();
      const { active } = screen.buffer;
      const all = Array.from({ length: active.length }, (_, row) =>
        active.getLine(row)?.translateToString(true),
      );
      return all.join('\n').trimEnd();
    },
    async resize(to: number) {
      await settle();
      screen.resize(to, rows);
      output.columns = to;
    },
  };
}

const picture = (texts: readonly string[], cursorColumn?: number) => ({
  rows: texts.map((text) => ({ text, paint: unpainted })),
  cursorColumn,
});

const texts = fc.array(fc.constantFrom('a row', 'longer, 漢字', '', '> x'), {
  minLength: 1,
  maxLength: 5,
});
const step = fc.oneof(
  fc.record({ draw: texts, cursorColumn: fc.constantFrom(undefined, 0, 2) }),
  fc.record({ print: fc.constantFrom('one\n', 'two words', ' and more', '\n', '漢字 ') }),
);

it('are below what was printed, and change nothing of it, wherever they are drawn', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 30 }), async (steps) => {
      const { output, live, seen } = terminal(60, 8);
      let printed = '';
      for (const each of steps) {
        if ('print' in each) {
          live.erase();
          output.write(each.print);
          printed += each.print;
          // A wide open row has no room for rows below it.
          if (printed.length - printed.lastIndexOf('\n') > 25) printed += '\n';
          else continue;
          output.write('\n');
        } else {
          const isOpen = printed !== '' && !printed.endsWith('\n');
          live.draw(picture(each.draw, each.cursorColumn), isOpen);
          const above = isOpen ? `${printed}\n` : printed;
          expect(await seen()).toBe(`${above}${each.draw.join('\n')}`.replace(/\s+$/, ''));
        }
      }
      live.erase();
      expect(await seen()).toBe(printed.trimEnd());
    }),
    { numRuns: often(30, 1_000) },
  );
});

/** This terminal moves its cursor by rows that are wrapped below it, too: some of the old ones stay. */
it.each([
  ['here', ''],
  ['below', 'an open row'],
])('%s erase nothing above when the window has become narrower', async (_, open) => {
  const { output, live, seen, resize } = terminal(60, 20);
  output.write(`above\n${open}`);
  const wide = 'x'.repeat(50);
  live.draw(picture([wide, wide, wide]), open !== '');
  await resize(30);
  live.draw(picture(['narrow']), open !== '');
  expect(await seen()).toMatch(new RegExp(`^above\n${open}[^]*\nnarrow$`));
});
