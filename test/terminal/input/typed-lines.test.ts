/** Lines that are typed while there is no prompt: none is lost, or sent with another. */
import { describe, expect, it } from 'vitest';
import { aidsWith, openTyping } from '../../support/typing.ts';
import { never } from '../../support/workspace.ts';

const ENTER = '\r';

/** Asks, and keeps what is typed as an answer. */
async function keptAtQuestion() {
  const typing = openTyping();
  const answer = typing.lines.readFresh('Start it? ', never);
  await typing.type('');
  await typing.type(`fix it${ENTER}`);
  typing.lines.keep((await answer) ?? '');
  return typing;
}

describe('a line that is kept at a question', () => {
  it('does not answer the next question, but is at the next prompt', async () => {
    const { lines, type, screen } = await keptAtQuestion();
    const answer = lines.readFresh('Start it? ', never);
    await type('');
    expect(screen()).toBe('Start it? fix it\nStart it? █');
    await type(`y${ENTER}`);
    expect(await answer).toBe('y');
    const next = lines.read('> ');
    await type('!');
    expect(screen()).toBe('Start it? fix it\nStart it? y\n> fix it!█');
    await type(ENTER);
    expect(await next).toBe('fix it!');
  });

  it('is not sent: what is typed until the prompt comes is added below it', async () => {
    const { lines, type, screen } = await keptAtQuestion();
    await type(`then this${ENTER}and`);
    const next = lines.read('> ');
    await type('');
    expect(screen()).toBe('Start it? fix it\n> fix it\n... then this\n... and█');
    await type(ENTER);
    expect(await next).toBe('fix it\nthen this\nand');
  });

  it('comes below the initial text of the prompt', async () => {
    const { lines, type, screen } = await keptAtQuestion();
    void lines.read('> ', never, { initial: 'go' });
    await type('');
    expect(screen()).toBe('Start it? fix it\n> go\n... fix it█');
  });

  it('waits where a prompt goes away before it is shown', async () => {
    const { lines, type } = await keptAtQuestion();
    expect(await lines.read('> ', AbortSignal.abort())).toBeUndefined();
    const next = lines.read('> ');
    await type(ENTER);
    expect(await next).toBe('fix it');
  });

  it('is in the history of the prompt at once', async () => {
    const { lines, type } = openTyping();
    const aids = aidsWith([]);
    const line = lines.read('> ', never, { aids });
    await type('');
    await type(`go${ENTER}`);
    await line;
    lines.keep('fix it');
    expect(aids.history.entries).toEqual(['go', 'fix it']);
  });
});

describe('lines that were typed ahead', () => {
  const isText = (line: string) => !line.startsWith('/');

  it('can be taken before the next prompt, in their order, and are in the history', async () => {
    const { lines, type } = openTyping();
    const aids = aidsWith([]);
    const first = lines.read('> ', never, { aids });
    await type(`go${ENTER}one${ENTER}two${ENTER}rest`);
    await first;
    expect(lines.takeAhead(isText)).toEqual(['one', 'two']);
    expect(lines.takeAhead(isText)).toEqual([]);
    expect(aids.history.entries).toEqual(['go', 'one', 'two']);
    const next = lines.read('> ');
    await type(ENTER);
    expect(await next).toBe('rest');
  });

  it('stay from the first that is not wanted', async () => {
    const { lines, type } = openTyping();
    const first = lines.read('> ');
    await type(`go${ENTER}one${ENTER}/undo${ENTER}two${ENTER}`);
    await first;
    expect(lines.takeAhead(isText)).toEqual(['one']);
    expect([await lines.read('> '), await lines.read('> ')]).toEqual(['/undo', 'two']);
  });

  it('can be taken after a question that came first, but not what was typed at it', async () => {
    const { lines, type } = openTyping();
    const first = lines.read('> ');
    await type(`go${ENTER}early${ENTER}`);
    await first;
    const answer = lines.readFresh('Go on? ', never);
    await type('');
    await type(`a request${ENTER}late${ENTER}`);
    lines.keep((await answer) ?? '');
    expect(lines.takeAhead(isText)).toEqual(['early', 'late']);
    const next = lines.read('> ');
    await type(ENTER);
    expect(await next).toBe('a request');
  });
});

it('what is typed after a question does not continue a line that was sent before it', async () => {
  const { lines, type } = openTyping();
  const line = lines.read('> ');
  await type(`go${ENTER}early${ENTER}`);
  await line;
  const answer = lines.readFresh('Allow? ', never);
  await type('');
  await type(`n${ENTER}late${ENTER}`);
  expect(await answer).toBe('n');
  const next = lines.read('> ');
  await type(ENTER);
  expect(await next).toBe('early\nlate');
});
