import { once } from 'node:events';
import { PassThrough } from 'node:stream';
import { stripVTControlCharacters } from 'node:util';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { openLineInput } from '../../../src/terminal/input/input.ts';
import { ERASE_ROWS } from '../../../src/terminal/text/sequences.ts';
import { never } from '../../support/workspace.ts';

/** A line input between two streams, one of which we write to and the other one we read. */
function lineInput({ isTerminal = false } = {}) {
  const [input, output] = [new PassThrough(), new PassThrough()];
  const shown = { text: '' };
  output.setEncoding('utf8').on('data', (text: string) => void (shown.text += text));
  const interrupts = { count: 0 };
  const onInterrupt = () => void interrupts.count++;
  const keys = {
    onInterrupt,
    onEscape: () => undefined,
    onOpenThought: () => undefined,
    onTyped: () => undefined,
    suspend: () => undefined,
  };
  const lines = openLineInput({ input, output, isTerminal, isDumb: false, ...keys });
  onTestFinished(() => lines.close());
  return { input, output, lines, shown, interrupts };
}

describe('piped lines', () => {
  it('are read one by one in their order, and then nothing', async () => {
    const { input, lines } = lineInput();
    input.end('one\r\n\ntwo é\nlast without an end');
    const read: (string | undefined)[] = [];
    for (let count = 0; count < 6; count++) read.push(await lines.read('> ', never));
    expect(read).toEqual(['one', '', 'two é', 'last without an end', undefined, undefined]);
  });

  it('are none where the input ended before anybody read', async () => {
    const { input, lines } = lineInput();
    input.resume().end();
    await once(input, 'end');
    expect(await lines.readFresh('Allow? ', never)).toBeUndefined();
  });

  it('are shown after the prompt, escaped, so that the output is readable', async () => {
    const { input, lines, shown } = lineInput();
    input.end('hello \u001b[2J\n');
    await lines.read('> ');
    await lines.read('> ');
    await vi.waitFor(() => expect(shown.text).toBe('> hello \\x1b[2J\n> \n'));
  });

  it('that arrive in pieces are put together', async () => {
    const { input, lines } = lineInput();
    const first = lines.read('> ');
    for (const byte of Buffer.from('é漢😀\nnext\n')) input.write(Buffer.of(byte));
    expect(await first).toBe('é漢😀');
    expect(await lines.read('> ')).toBe('next');
  });

  it('answer a question in their turn', async () => {
    const { input, lines } = lineInput();
    input.end('request\ny\n');
    expect(await lines.read('> ')).toBe('request');
    expect(await lines.readFresh('Allow? ', never)).toBe('y');
    expect(await lines.readFresh('Allow? ', never)).toBeUndefined();
  });
});

it('stops waiting when it is aborted, and the next line goes to the next reader', async () => {
  const { input, lines } = lineInput();
  const controller = new AbortController();
  const first = lines.read('> ', controller.signal);
  controller.abort();
  expect(await first).toBeUndefined();
  expect(await lines.read('> ', AbortSignal.abort())).toBeUndefined();
  const next = lines.read('> ', never);
  input.write('late\n');
  expect(await next).toBe('late');
});

it('ends a waiting read when the input ends', async () => {
  const { input, lines } = lineInput();
  const waiting = lines.read('> ', never);
  input.end();
  expect(await waiting).toBeUndefined();
});

it('lets a message be written between piped lines as it is', async () => {
  const { input, output, lines, shown } = lineInput();
  const waiting = lines.read('> ');
  lines.interject(() => output.write('news\n'));
  input.write('hello\n');
  await waiting;
  await vi.waitFor(() => expect(shown.text).toBe('> news\nhello\n'));
});

describe('in a terminal', () => {
  it('what was typed before a question does not answer it', async () => {
    const { input, lines, shown } = lineInput({ isTerminal: true });
    const first = lines.read('> ');
    input.write('request\ry\rye');
    expect(await first).toBe('request');
    await vi.waitFor(() => expect(lines.hasText).toBe(true));

    const answer = lines.readFresh('Allow? ', never);
    await vi.waitFor(() => expect(shown.text).toContain('Allow? '));
    input.write('no\r');
    expect(await answer).toBe('no');
  });

  it('what nobody had read before a question does not answer it either', async () => {
    const { input, lines, shown } = lineInput({ isTerminal: true });
    input.write('y\ry');
    const answer = lines.readFresh('Allow? ', never);
    await vi.waitFor(() => expect(shown.text).toContain('Allow? '));
    input.write('es\r');
    expect(await answer).toBe('es');
  });

  it('the prompt is shown, and the text can be edited before it is sent', async () => {
    const { input, lines, shown } = lineInput({ isTerminal: true });
    const line = lines.read('> ');
    input.write('helo\u007f\u007fllo\r');
    expect(await line).toBe('hello');
    expect(shown.text).toContain('> ');
  });

  it('Ctrl-C is handed on, and does not end the input', async () => {
    const { input, lines, interrupts, shown } = lineInput({ isTerminal: true });
    const line = lines.read('> ');
    input.write('half\u0003');
    await vi.waitFor(() => expect(interrupts.count).toBe(1));
    expect(lines.hasText).toBe(true);
    lines.restart('a note');
    expect(lines.hasText).toBe(false);
    expect(shown.text).not.toContain('a note');
    lines.restart('a note');
    expect(shown.text).toContain('a note');
    input.write('whole\r');
    expect(await line).toBe('whole');
  });

  it('a message replaces the prompt, which is shown again below with what was typed', async () => {
    const { input, output, lines, shown } = lineInput({ isTerminal: true });
    const line = lines.read('> ');
    input.write('half');
    await vi.waitFor(() => expect(lines.hasText).toBe(true));
    lines.interject(() => output.write('news\n'));
    const [before = '', after = ''] = shown.text.split('news\n');
    expect(before.endsWith(`\r${ERASE_ROWS}`)).toBe(true);
    expect(stripVTControlCharacters(after)).toBe('> half');
    input.write('\r');
    expect(await line).toBe('half');
  });

  it('what is typed while nobody reads is shown after the next prompt, and nowhere else', async () => {
    const { input, lines, shown } = lineInput({ isTerminal: true });
    const first = lines.read('> ');
    input.write('first\rsecond\rthirdd\u007f');
    expect(await first).toBe('first');
    await vi.waitFor(() => expect(lines.hasText).toBe(true));
    expect(shown.text.split('\u001b[?2004h')[1]).toBe('> first\n');
    shown.text = '';
    expect(await lines.read('> ')).toBe('second');
    expect(shown.text).toBe('> second\n');
    shown.text = '';
    const third = lines.read('> ');
    expect(stripVTControlCharacters(shown.text)).toBe('> third');
    input.write('\r');
    expect(await third).toBe('third');
  });

  it.each([
    ['the one before was', ''],
    ['what was typed meanwhile is', 'y'.repeat(50)],
  ])('a prompt wipes no row above it, however long %s', async (_, typed) => {
    const { input, output, lines, shown } = lineInput({ isTerminal: true });
    Object.assign(output, { columns: 20 });
    const controller = new AbortController();
    const answer = lines.read(`Allow ${'x'.repeat(40)}? `, controller.signal);
    controller.abort();
    expect(await answer).toBeUndefined();
    input.write(typed);
    await vi.waitFor(() => expect(lines.hasText).toBe(typed !== ''));
    shown.text = '';
    void lines.read('> ');
    expect(shown.text).toContain(`> ${typed}`);
    expect(shown.text).not.toMatch(/\d+A/); // the cursor goes up
  });

  it('a message while nobody reads brings no prompt back', async () => {
    const { input, output, lines, shown } = lineInput({ isTerminal: true });
    const line = lines.read('> ');
    input.write('hello\r');
    await line;
    shown.text = '';
    lines.interject(() => output.write('news\n'));
    expect(shown.text).toBe('news\n');
  });
});
