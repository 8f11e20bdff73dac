/** The keys that edit: each moves the cursor or changes the text, and needs nothing else. */
import type { TextBuffer } from './buffer.ts';
import {
  characterAfter,
  characterBefore,
  lineEnd,
  lineEndOrNext,
  lineStart,
  whitespaceBefore,
  wordAfter,
  wordBefore,
} from './places.ts';

type Edit = (buffer: TextBuffer) => void;

/** What each key that edits does, by its name; all others are the editor's. */
export const EDITS: ReadonlyMap<string, Edit> = new Map<string, Edit>([
  ...moves(characterBefore, 'left', 'ctrl-b'),
  ...moves(characterAfter, 'right', 'ctrl-f'),
  ...moves(wordBefore, 'alt-b', 'ctrl-left', 'alt-left'),
  ...moves(wordAfter, 'alt-f', 'ctrl-right', 'alt-right'),
  ...moves(lineStart, 'home', 'ctrl-a'),
  ...moves(lineEnd, 'end', 'ctrl-e'),
  ['backspace', (buffer) => buffer.erase(characterBefore)],
  ['delete', (buffer) => buffer.erase(characterAfter)],
  ['ctrl-d', (buffer) => buffer.erase(characterAfter)],
  ['ctrl-w', (buffer) => buffer.kill(whitespaceBefore)],
  ['alt-backspace', (buffer) => buffer.kill(wordBefore)],
  ['ctrl-backspace', (buffer) => buffer.kill(wordBefore)],
  ['alt-d', (buffer) => buffer.kill(wordAfter)],
  ['ctrl-u', (buffer) => buffer.kill(lineStart)],
  ['ctrl-k', (buffer) => buffer.kill(lineEndOrNext)],
  ['ctrl-y', (buffer) => buffer.yank()],
  newLine('ctrl-j'),
  ...['shift-enter', 'alt-enter', 'ctrl-enter'].map(newLine),
]);

function moves(place: Parameters<TextBuffer['move']>[0], ...names: string[]): [string, Edit][] {
  return names.map((name) => [name, (buffer) => buffer.move(place)]);
}

function newLine(name: string): [string, Edit] {
  return [name, (buffer) => buffer.insert('\n')];
}
