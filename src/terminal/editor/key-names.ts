/** Names the keys that a terminal sends as sequences: the old forms, xterm's and those of kitty. */
import { characterOf } from '../text/code-point.ts';
import type { Key } from './keys.ts';

const CONTROLS: Readonly<Record<string, string>> = {
  '\r': 'enter',
  '\t': 'tab',
  '\u001b': 'escape',
  '\u007f': 'backspace',
  '\b': 'backspace',
};

/** The key that sends a control character: `enter`, `ctrl-a`. */
export function controlName(character: string): string {
  const letter = String.fromCharCode(character.charCodeAt(0) + 64).toLowerCase();
  return CONTROLS[character] ?? `ctrl-${letter}`;
}

/** By the last letter, or the number before a `~`; xterm, rxvt and the consoles differ. */
const SEQUENCE_NAMES: Readonly<Record<string, string>> = {
  A: 'up',
  B: 'down',
  C: 'right',
  D: 'left',
  H: 'home',
  F: 'end',
  '1~': 'home',
  '7~': 'home',
  '4~': 'end',
  '8~': 'end',
  '3~': 'delete',
  OA: 'up',
  OB: 'down',
  OC: 'right',
  OD: 'left',
  OH: 'home',
  OF: 'end',
  Oc: 'ctrl-right',
  Od: 'ctrl-left',
};

/** What kitty sends for keys that have no character: Enter of the keypad and its arrows. */
const KEYPAD: Readonly<Record<number, string>> = {
  57414: 'enter',
  57417: 'left',
  57418: 'right',
  57419: 'up',
  57420: 'down',
  57423: 'home',
  57424: 'end',
  57426: 'delete',
};
/** The characters of the keypad, in the order of kitty's numbers. */
const KEYPAD_TEXT = { from: 57399, characters: '0123456789./*-+\r=' };
/** All other keys that kitty numbers: F13, a modifier alone, a key for the volume. */
const PRIVATE = { from: 57344, to: 63743 };

/** The bits of a modifier, less one; 64 and 128 are Caps Lock and Num Lock. */
const [SHIFT, ALT, CTRL] = [1, 2, 4];
const OTHERS = 8 + 16 + 32;
/** As an event, a key that was released. */
const RELEASED = '3';

/**
 * `ESC [ 99 : 67 : 99 ; 5 : 1 ; 99 u` of kitty: the key, with Shift, at its place in a Latin layout;
 * modifiers, event and text.
 */
const KITTY = /\[(\d+)(?::(\d*))?(?::(\d*))?(?:;(\d*)(?::(\d))?(?:;([\d:]*))?)?u$/;
/** `ESC [ 27 ; 2 ; 13 ~` of xterm, with modifyOtherKeys. */
const XTERM = /\[27;(\d+);(\d+)~$/;
/** What terminals report about themselves, the mouse and the focus: no key, and nobody has asked. */
const REPORT = /\[[<=>?][^]*$|\[[\d;:]*[IMOnRcty]$/;

/** The key of a sequence, named '' if it is not known; undefined for what is no key that was pressed. */
export function keyOf(sequence: string): Key | undefined {
  const kitty = KITTY.exec(sequence);
  if (kitty) {
    const [, code, shifted, latin, modifiers, event, typed = ''] = kitty;
    if (event === RELEASED) return undefined;
    const bits = bitsOf(modifiers);
    const text = (typed || shifted || '').split(':').map(textOf).join('');
    return keyOfCode(Number((bits & CTRL && latin) || code), bits, text);
  }
  const xterm = XTERM.exec(sequence);
  if (xterm) return keyOfCode(Number(xterm[2]), bitsOf(xterm[1]), '');
  if (REPORT.test(sequence)) return undefined;
  return nameOf(sequence);
}

/** The character of a code point in digits; nothing where there is none. */
function textOf(code: string): string {
  return characterOf(Number(code)) ?? '';
}

function bitsOf(modifiers: string | undefined): number {
  return Number(modifiers || 1) - 1;
}

/**
 * A key by its code point, as it would have arrived without such a form: Ctrl-C is a control
 * character, Shift-A is text.
 * @param text what it types, if that is known
 */
function keyOfCode(code: number, bits: number, text: string): Key | undefined {
  const plain = KEYPAD[code];
  if (plain !== undefined) return press(withModifiers(plain, bits));
  const keypad = KEYPAD_TEXT.characters[code - KEYPAD_TEXT.from];
  if (keypad === undefined && code >= PRIVATE.from && code <= PRIVATE.to) return undefined;
  const character = keypad ?? characterOf(code);
  if (character === undefined || bits & OTHERS) return press('');
  if (character < ' ' || character === '\u007f') {
    return press(withModifiers(controlName(character), bits));
  }
  const alt = bits & ALT ? 'alt-' : '';
  if (bits & CTRL) {
    const control = String.fromCharCode(code & 31);
    return press(/[@-~]/.test(character) ? alt + controlName(control) : '');
  }
  if (alt) return press(alt + character.toLowerCase());
  return { type: 'text', text: text || (bits & SHIFT ? character.toUpperCase() : character) };
}

function press(name: string): Key {
  return { type: 'press', name };
}

/** Only Enter is another key with Shift. */
function withModifiers(name: string, bits: number): string {
  if (bits & CTRL) return `ctrl-${name}`;
  if (bits & ALT) return `alt-${name}`;
  return name === 'enter' && bits & SHIFT ? 'shift-enter' : name;
}

function nameOf(sequence: string): Key | undefined {
  const [, alt, kind = '', number = '', modifiers, event, end = ''] =
    // eslint-disable-next-line no-control-regex
    /^\u001b(\u001b?)([[O])(\d*)(?:;(\d+)(?::(\d))?)?(\D)$/.exec(sequence) ?? [];
  if (event === RELEASED) return undefined;
  const name = SEQUENCE_NAMES[end === '~' ? `${number}~` : `${kind === 'O' ? 'O' : ''}${end}`];
  if (name === undefined) return press('');
  return press(withModifiers(name, bitsOf(modifiers) | (alt ? ALT : 0)));
}
