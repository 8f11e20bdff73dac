/** Line editing on its own screen, without a program around it. */
import { PassThrough } from 'node:stream';
import xterm from '@xterm/headless';
import { onTestFinished } from 'vitest';
import type { Aids } from '../../src/terminal/editor/aids.ts';
import { openLineInput } from '../../src/terminal/input/input.ts';
import type { LineInput } from '../../src/terminal/input/line-input.ts';
import { takeHeld } from './held.ts';
import { settle } from './settle.ts';

export interface TypingOptions {
  columns?: number;
  rows?: number;
  isDumb?: boolean;
  rewraps?: boolean;
}

export interface Typing {
  lines: LineInput;
  /** Presses these keys and waits until they are handled. */
  type(keys: string | Buffer): Promise<void>;
  /** The rows that a person sees, the cursor as `█`, without trailing spaces. */
  screen(): string;
  resize(columns: number, rows: number): Promise<void>;
  /** All that came out, with its escape sequences. */
  raw(): string;
  /** Writes something that is not part of the editor. */
  print(text: string): void;
  /** What keys asked for that is not editing. */
  asked: string[];
}

/** A keyboard and a screen. */
export function openTyping({
  columns = 40,
  rows = 12,
  isDumb = false,
  rewraps = false,
}: TypingOptions = {}): Typing {
  const input = new PassThrough();
  const output = Object.assign(new PassThrough(), { columns, rows });
  const screen = new xterm.Terminal({
    cols: columns,
    rows,
    convertEol: true,
    reflowCursorLine: rewraps,
    allowProposedApi: true,
  });
  const asked: string[] = [];
  const lines = openLineInput({
    input,
    output,
    isTerminal: true,
    isDumb,
    rewraps,
    onInterrupt: () => void asked.push('interrupt'),
    onEscape: () => void asked.push('escape'),
    onOpenThought: () => void asked.push('thought'),
    onTyped: () => undefined,
    suspend: () => void asked.push('suspend'),
  });
  onTestFinished(() => {
    lines.close();
    screen.dispose();
  });
  let raw = '';
  const show = async () => {
    await settle(5);
    const shown = takeHeld(output);
    raw += shown.toString();
    await new Promise<void>((resolve) => screen.write(shown, resolve));
  };
  return {
    lines,
    async type(keys) {
      input.write(keys);
      await show();
    },
    screen: () => rowsOf(screen).join('\n').trimEnd(),
    raw: () => raw,
    async resize(toColumns, toRows) {
      await show();
      screen.resize(toColumns, toRows);
      Object.assign(output, { columns: toColumns, rows: toRows });
      output.emit('resize');
      await show();
    },
    print: (text) => output.write(text),
    asked,
  };
}

function rowsOf({ buffer: { active } }: InstanceType<typeof xterm.Terminal>): string[] {
  return Array.from({ length: active.length }, (_, row) => {
    const text = active.getLine(row)?.translateToString(true) ?? '';
    if (row !== active.baseY + active.cursorY) return text;
    const cells = Array.from({ length: active.cursorX }, (_cell, column) =>
      active.getLine(row)?.getCell(column),
    );
    const before = cells.map((cell) => (cell?.getWidth() === 0 ? '' : cell?.getChars() || ' '));
    return `${before.join('')}█${text.slice(before.join('').length)}`;
  });
}

/** What is in each folder. */
const NAMES: Readonly<Record<string, readonly string[]>> = {
  '': ['src/', '.git/', 'README.md', 'to do.txt', 'odd\nname'],
  'src/': ['a.ts', 'b c.ts'],
};

/** Aids with this history and these files. */
export function aidsWith(entries: string[] = [], files: string[] = []): Aids {
  return {
    history: {
      entries,
      add: (entry) => void entries.push(entry),
    },
    completions: {
      commands: [
        { name: '/compact', completes: undefined },
        { name: '/context', completes: undefined },
        { name: '/model', completes: 'models' },
        { name: '/resume', completes: 'sessions' },
        { name: '/think', completes: ['off', 'on', 'low'] },
      ],
      sessions: () => [
        { id: '20260402-144025-2dd0aa', request: 'fix the \u001b[2Jbug' },
        { id: '20260401-144025-2dd0aa', request: 'say hello' },
      ],
      models: () => Promise.resolve(['small:1b', 'large:30b']),
      files: () => Promise.resolve(files),
      namesIn: (folder) => Promise.resolve(NAMES[folder] ?? []),
    },
    editor: undefined,
  };
}
