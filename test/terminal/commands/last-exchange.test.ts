import { stripVTControlCharacters } from 'node:util';
import { Chalk } from 'chalk';
import { describe, expect, it } from 'vitest';
import { renderLastExchange } from '../../../src/terminal/commands/last-exchange.ts';
import { answer, compaction, model, stateOf, tool, user } from '../../support/session.ts';

const where = { columns: 60, canRedraw: true, chalk: new Chalk({ level: 1 }) };
/** What is shown, without the codes that dim it. */
const shown = async (state: Parameters<typeof renderLastExchange>[0], how = where) =>
  stripVTControlCharacters(await renderLastExchange(state, how));

describe('the end of a resumed session', () => {
  it('is its last request and the answer, in one dim colour, without marks of Markdown', async () => {
    const calls = [model('<tool>'), tool('read_file', { path: 'a' }, 'secret')];
    const state = stateOf(
      user('one'),
      answer('first'),
      user('two'),
      ...calls,
      answer('**Bold** \u001b[2J\n\n```js\nlet a = 1;\n```'),
    );
    expect(await shown(state)).toBe('> two\nBold \\x1b[2J\n\n```js\nlet a = 1;\n```');
    for (const row of (await renderLastExchange(state, where)).split('\n')) {
      if (row !== '') expect(row).toBe(where.chalk.dim(stripVTControlCharacters(row)));
    }
  });

  it('is the text as it was written where nothing can be redrawn', async () => {
    const state = stateOf(user('one'), answer('**Bold** \u001b[2J'));
    const pipe = { columns: undefined, canRedraw: false, chalk: new Chalk({ level: 0 }) };
    expect(await renderLastExchange(state, pipe)).toBe('> one\n**Bold** \\x1b[2J');
  });

  it('is about a screen: the beginning and the end of what is long', async () => {
    const lines = (what: string) =>
      Array.from({ length: 1_000 }, (_, index) => `${what} ${index}`).join('\n');
    const rows = (await shown(stateOf(user(lines('please')), answer(lines('done'))))).split('\n');
    expect(rows).toHaveLength(16);
    expect(rows.slice(0, 4)).toEqual(['> please 0', 'please 1', '… 997 more rows …', 'please 999']);
    expect(rows[4]).toBe('done 0');
    expect(rows.at(-1)).toBe('done 999');
    for (const text of ['word '.repeat(20_000), 'x'.repeat(5_000)]) {
      const wide = await shown(stateOf(user(text), answer(text)));
      expect(wide.split('\n').every((row) => row.length <= 60)).toBe(true);
    }
  });

  it('is also there after a compaction, and says where there was no answer', async () => {
    const state = stateOf(user('one'), answer('yes'), compaction(0, 0));
    expect(await shown(state)).toBe('> one\nyes');
    expect(await shown(stateOf(user('one')))).toBe('> one\nThere was no answer yet.');
  });

  it('is nothing after a reset', async () => {
    expect(await shown(stateOf(user('one'), answer('yes'), { type: 'reset' }))).toBe('');
  });
});
