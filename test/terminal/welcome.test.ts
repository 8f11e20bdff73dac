import * as fc from 'fast-check';
import stringWidth from 'string-width';
import { expect, it } from 'vitest';
import { renderWelcome, type Welcome } from '../../src/terminal/welcome.ts';
import { often } from '../support/stress.ts';

const welcome: Welcome = {
  workspace: '/home/ada/projects/engine',
  model: 'qwen3.5:4b',
  window: 'up to 16384 tokens',
  branch: 'main',
  approval: 'ask',
  session: '20260401-144025-2dd0aa',
};
const widths = [40, 80, 200];

it("draws an animal, the name and the session's settings", () => {
  expect(renderWelcome(welcome, 60)).toMatchInlineSnapshot(`
    "+==========================================================+
    |                         /\\___/\\                          |
    |                        (  o o  )                         |
    |                        (  =^=  )                         |
    |                         (______)~~                       |
    |                    MINI CODING AGENT                     |
    +----------------------------------------------------------+
    | WORKSPACE  /home/ada/projects/engine                     |
    | MODEL      qwen3.5:4b                                    |
    | WINDOW     up to 16384 tokens                            |
    | BRANCH     main                                          |
    | APPROVAL   ask                                           |
    | SESSION    20260401-144025-2dd0aa                        |
    +==========================================================+"
  `);
});

it.each(widths)('makes all rows equally wide, and none wider than %i columns', (columns) => {
  const signs = [
    '漢',
    '字',
    'é',
    '👨‍👩‍👧',
    '🇩🇪',
    '🇩',
    '\u0301',
    '\u001b[31m',
    '\t',
    '\n',
    '\ud800',
    '\u200b',
  ];
  const unit = fc.constantFrom('a', 'b', '/', ' ', ...signs);
  const value = fc.string({ unit, maxLength: 100, size: 'max' });
  const welcomes = fc.record({
    workspace: value,
    model: value,
    window: value,
    branch: value,
    approval: value,
    session: value,
  });
  fc.assert(
    fc.property(welcomes, (any) => {
      const rows = renderWelcome(any, columns).split('\n');
      const [first = ''] = rows;
      expect(rows).toHaveLength(14);
      expect(new Set(rows.map((row) => stringWidth(row)))).toEqual(new Set([first.length]));
      expect(first.length).toBeLessThanOrEqual(columns);
    }),
    { numRuns: often(15, 60) },
  );
});

it.each(widths)('shortens long values in the middle at %i columns', (columns) => {
  const workspace = `/begin/${'漢字/'.repeat(100)}end`;
  const box = renderWelcome({ ...welcome, workspace }, columns);
  expect(box).toMatch(/\| WORKSPACE {2}\/begin\/.*….*end *\|/);
  expect(box).toContain(welcome.session);
});

it('shows values in full where they fit', () => {
  const box = renderWelcome(welcome, 80);
  for (const value of Object.values(welcome)) expect(box).toContain(` ${value} `);
});

it('escapes values', () => {
  const box = renderWelcome({ ...welcome, branch: '\u001b[2J\nforged' }, 80);
  expect(box).toContain('\\x1b[2J\\nforged');
});

it.each([39, 24, 20, 1])('leaves out the box at %i columns, and fits', (columns) => {
  const rows = renderWelcome(welcome, columns).split('\n');
  expect(rows).toHaveLength(7);
  expect(Math.max(...rows.map((row) => stringWidth(row)))).toBeLessThanOrEqual(columns);
  if (columns >= 24) expect(rows).toContain('MODEL      qwen3.5:4b');
});
