import { Chalk } from 'chalk';
import { describe, expect, it } from 'vitest';
import { Picker, type Choice } from '../../../src/terminal/editor/picker.ts';
import { openTyping } from '../../support/typing.ts';

const [UP, DOWN] = ['\u001b[A', '\u001b[B'];
const HINT = '  type to filter · ↑ ↓ move · Enter picks · Esc cancels';

const choice = (text: string): Choice => ({ value: `id of ${text}`, text, rows: () => [text] });
const FRUIT = ['apple pie', 'banana', 'cherry pie', 'date'].map(choice);

/** A question whose answer is picked. */
function pickFrom(choices = FRUIT, { columns = 70, rows = 12, at = 0 } = {}) {
  const typing = openTyping({ columns, rows });
  const picker = new Picker(choices, { at, chalk: new Chalk({ level: 0 }) });
  const answer = typing.lines.read('? ', undefined, { picker });
  return { ...typing, answer };
}

describe('a list to pick from', () => {
  it('is shown below the prompt, and Enter takes the marked choice', async () => {
    const { type, screen, answer } = pickFrom(FRUIT, { at: 1 });
    await type('');
    expect(screen()).toBe(`? █\n  apple pie\n> banana\n  cherry pie\n  date\n${HINT}`);
    await type(`${DOWN}${DOWN}${DOWN}${UP}`);
    expect(screen()).toContain('> cherry pie');
    await type('\r');
    expect(screen()).toBe('? id of cherry pie\n█');
    expect(await answer).toBe('id of cherry pie');
  });

  it('has what contains every word that was typed, and all again without', async () => {
    const { type, screen } = pickFrom(FRUIT, { at: 3 });
    await type('PIE ch');
    expect(screen()).toBe(`? PIE ch█\n> cherry pie\n${HINT}`);
    await type('x');
    expect(screen()).toBe(`? PIE chx█\n  no match · ${HINT.trim()}`);
    await type('\u0015');
    expect(screen()).toContain('  apple pie\n  banana\n  cherry pie\n> date\n');
  });

  it('answers with what was typed where nothing matches', async () => {
    const { type, answer } = pickFrom();
    await type('zebra\r');
    expect(await answer).toBe('zebra');
  });

  it('takes a number as the choice of that number', async () => {
    const many = Array.from({ length: 30 }, (_, index) => choice(`has ${30 - index}`));
    const { type, screen, answer } = pickFrom(many);
    await type('3');
    expect(screen()).toContain('? 3█\n> has 28\n  has 30\n  has 23\n');
    await type('\r');
    expect(await answer).toBe('id of has 28');
  });

  it.each([
    [40, 12],
    [20, 6],
    [200, 50],
  ])('fits %i columns and %i rows, the marked choice always in sight', async (columns, rows) => {
    const many = Array.from({ length: 100 }, (_, index) =>
      choice(`${index} ${'wide '.repeat(50)}`),
    );
    const { type, screen } = pickFrom(many, { columns, rows });
    for (let presses = 0; presses < 50; presses += 10) {
      const shown = screen().split('\n');
      if (presses > 0)
        expect(shown.filter((row) => row.startsWith(`> ${presses} `))).toHaveLength(1);
      expect(Math.max(...shown.map((row) => row.length))).toBeLessThanOrEqual(columns);
      expect(shown.length).toBeLessThanOrEqual(Math.min(rows, 18));
      await type(DOWN.repeat(10));
    }
    expect(screen()).toMatch(/\d+ more · type/);
  });

  it('is laid out again when the window is resized', async () => {
    const { type, screen, resize } = pickFrom([choice('x'.repeat(70))]);
    await type('');
    await resize(30, 12);
    expect(screen()).toMatch(/\? █\n> x{26}…\n {2}type [^\n]*$/);
    expect(screen()).not.toContain('x'.repeat(27)); // no row of before
    await resize(80, 12);
    expect(screen()).toMatch(/\? █\n> x{70}\n {2}type [^\n]*$/);
  });
});
