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
  [
    'Enter with a modifier, as kitty and xterm send it',
    '\u001b[13;2u\u001b[27;2;13~\u001b[13;5u\u001b[27;3;13~\u001b[13u',
    'shift-enter shift-enter ctrl-enter alt-enter enter',
  ],
  [
    'Ctrl-C, Ctrl-D, Esc and others in their kitty and xterm forms',
    '\u001b[99;5u\u001b[100;5:1u\u001b[27u\u001b[27;5;99~\u001b[27;1:1u\u001b[127u\u001b[9u\u001b[98;3u',
    'ctrl-c ctrl-d escape ctrl-c escape backspace tab alt-b',
  ],
  [
    'Ctrl-C with Num Lock, on a keyboard that is not Latin, and with Shift',
    '\u001b[99;133u\u001b[1089::99;5u\u001b[99:67;6u',
    'ctrl-c ctrl-c ctrl-c',
  ],
  [
    'kitty arrows with an event, and the keypad',
    '\u001b[1;1:1A\u001b[57414u\u001b[57419u',
    'up enter up',
  ],
])('reads %s', (_, bytes, names) => {
  expect(keysOf(bytes)).toEqual(names.split(' '));
});

it('reads text in its kitty form', () => {
  expect(keysOf('\u001b[97u\u001b[97;2u\u001b[49:33;2u\u001b[228;1;228u\u001b[57400u')).toEqual([
    'text:aA!ä1',
  ]);
});

it('takes no key from what was released, from a modifier alone, or from half a character', () => {
  expect(keysOf('\u001b[99;5:3u\u001b[1;1:3A\u001b[57441;2u')).toEqual([]);
  expect(keysOf('\u001b[56320u\u001b[1114112u\u001b[97;1;55296u')).toEqual(['', '', 'text:a']);
});

describe('what a terminal answers without being asked', () => {
  const [bell, end] = ['\u0007', '\u001b\\'];

  it.each([
    ['a colour', `\u001b]11;rgb:1e1e/1e1e/2e2e${end}`],
    ['a colour that ends with a bell', `\u001b]10;rgb:ffff/ffff/ffff${bell}`],
    ['its name', `\u001bP>|tmux 3.4${end}`],
    ['what it can', `\u001bP1+r544e=787465726d${end}`],
    ['about pictures', `\u001b_Gi=31;OK${end}`],
    ['its kind, keyboard and cursor', '\u001b[?62;22c\u001b[>0;276;0c\u001b[?1u\u001b[12;40R'],
    ['the mouse and the focus', '\u001b[<0;10;10M\u001b[<0;10;10m\u001b[I\u001b[O'],
    ['its size and colours', '\u001b[8;24;80t\u001b[?997;1n\u001b[?2026;2$y'],
  ])('%s is no key', (_, answer) => {
    expect(keysOf(`a${answer}b\r`)).toEqual(['text:ab', 'enter']);
  });

  it('that breaks off does not swallow the key that follows', () => {
    expect(keysOf('\u001b]11;rgb:1e1e\u0003')).toEqual(['ctrl-c']);
    expect(keysOf('\u001b]11;rgb:1e1e\u001b[A')).toEqual(['up']);
  });

  it('that never ends is given up after a while; Alt with its first key is that key', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    onTestFinished(() => void vi.useRealTimers());
    const keys: Key[] = [];
    const reader = new KeyReader((more) => keys.push(...more));
    const later = async (bytes: string) => {
      reader.write(Buffer.from(bytes));
      vi.advanceTimersByTime(1_000);
      await new Promise((resolve) => setImmediate(resolve));
    };
    await later('\u001b]11;rgb:1e1e');
    await later('typed');
    await later('\u001b]');
    expect(written(keys)).toEqual(['text:typed', 'alt-]']);
  });
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
    '\u001b[13;2u',
    '\u001b]11;rgb:1e/2e/3e\u001b\\',
    '\u001bP>|name\u001b\\',
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
