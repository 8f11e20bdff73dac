import * as fc from 'fast-check';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { KeyReader, type Key } from '../../../src/terminal/editor/keys.ts';

/** The keys that these pieces of bytes are read as, short of an Esc that is still waited for. */
function keysOf(...pieces: (string | Buffer)[]): string[] {
  const keys: Key[] = [];
  const reader = new KeyReader((more) => keys.push(...more));
  for (const piece of pieces) reader.write(Buffer.from(piece));
  reader.stop();
  return written(keys);
}

/** Keys in one text each; text that came in pieces is put together. */
function written(keys: readonly Key[]): string[] {
  return keys.reduce<string[]>((all, key) => {
    const last = all.at(-1);
    if (key.type === 'text' && last?.startsWith('text:')) all[all.length - 1] = last + key.text;
    else if (key.type === 'press') all.push(key.name);
    else all.push(`${key.type}:${key.text}`);
    return all;
  }, []);
}

it.each([
  [
    'enter, a newline, and both with Alt',
    '\r\n\u001b\r\u001b\n',
    'enter ctrl-j alt-enter alt-ctrl-j',
  ],
  ['Ctrl with a letter', '\u0001\u0003\u001a\u001f', 'ctrl-a ctrl-c ctrl-z ctrl-_'],
  [
    'backspace, both ways, and with Alt',
    '\u007f\b\u001b\u007f',
    'backspace backspace alt-backspace',
  ],
  ['arrows of both kinds', '\u001b[A\u001bOB\u001b[C\u001bOD', 'up down right left'],
  [
    'Home, End and Delete',
    '\u001b[H\u001bOF\u001b[1~\u001b[8~\u001b[3~',
    'home end home end delete',
  ],
  [
    'arrows with Ctrl',
    '\u001b[1;5C\u001b[1;5D\u001bOc\u001bOd',
    'ctrl-right ctrl-left ctrl-right ctrl-left',
  ],
  ['arrows with Alt', '\u001b[1;3C\u001b\u001b[D', 'alt-right alt-left'],
  ['Alt with a letter', '\u001bb\u001bF\u001bé', 'alt-b alt-f alt-é'],
  ['Esc before a control key', '\u001b\u0003', 'escape ctrl-c'],
])('reads %s', (_, bytes, names) => {
  expect(keysOf(bytes)).toEqual(names.split(' '));
});

it('skips unknown and broken sequences', () => {
  expect(keysOf('\u001b[[Aa')).toEqual(['', 'text:a']);
  expect(keysOf('\u001b[99;9Zb')).toEqual(['', 'text:b']);
  expect(keysOf('\u001b[12\u0003c')).toEqual(['ctrl-c', 'text:c']);
});

describe('a paste', () => {
  const [begin, end] = ['\u001b[200~', '\u001b[201~'];

  it('is one thing, whatever it contains, and what follows is typed', () => {
    const text = 'two\nlines\r\n\tand \u001b[A keys \u0003 \u001b';
    expect(keysOf(`a${begin}${text}${end}b`)).toEqual(['text:a', `paste:${text}`, 'text:b']);
  });

  it('that ends with the beginning of a sequence does not swallow its own end', () => {
    for (const last of ['\u001b', '\u001b[', '\u001b[20', '\u001bO']) {
      expect(keysOf(`${begin}x${last}${end}\r`)).toEqual([`paste:x${last}`, 'enter']);
    }
  });
});

it('reads the same keys however their bytes are split', () => {
  const part = fc.constantFrom(
    'a',
    'é漢😀',
    '\r',
    '\u001b[A',
    '\u001b[1;5C',
    '\u001bOc',
    '\u001bb',
    '\u0003',
    '\u007f',
    '\u001b[200~x\r\n\u001b[A\u001b\u001b[201~',
  );
  fc.assert(
    fc.property(fc.array(part), fc.array(fc.nat(20)), (parts, lengths) => {
      const bytes = Buffer.from(parts.join(''));
      const pieces: Buffer[] = [];
      let from = 0;
      for (const length of lengths) pieces.push(bytes.subarray(from, (from += length + 1)));
      expect(keysOf(...pieces, bytes.subarray(from))).toEqual(keysOf(bytes));
    }),
  );
});

describe('Esc', () => {
  it('is Esc when nothing follows for a while', async () => {
    const keys: Key[] = [];
    new KeyReader((more) => keys.push(...more)).write(Buffer.from('\u001b'));
    expect(keys).toEqual([]);
    await vi.waitFor(() => expect(written(keys)).toEqual(['escape']));
  });

  it('is not seen when the rest of a sequence arrives, even if it is read late', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    onTestFinished(() => void vi.useRealTimers());
    const keys: Key[] = [];
    const reader = new KeyReader((more) => keys.push(...more));
    reader.write(Buffer.from('\u001b'));
    vi.advanceTimersByTime(1_000); // the time is up, and what came meanwhile is read now
    reader.write(Buffer.from('['));
    vi.advanceTimersByTime(1_000);
    await new Promise((resolve) => setImmediate(resolve));
    reader.write(Buffer.from('A'));
    expect(written(keys)).toEqual(['up']);
  });
});
