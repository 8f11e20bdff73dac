/** Calls whose arguments are literals of a language: Python's, or Gemma's own. */
import { matchAt } from '../match-at.ts';
import { malformed, type Construct, type ToolShapes } from '../reply.ts';

/** Gemma 4: `call:read_file{path:<|"|>a<|"|>,start:1}`. */
export function readGemma(raw: string, at: number, tools: ToolShapes): Construct | undefined {
  const open = matchAt(raw, at, '\\s*call:\\s*(\\w+)\\s*\\{');
  if (!open) return undefined;
  const name = open.groups[0] ?? '';
  const shape = tools.get(name);
  const args: Record<string, unknown> = {};
  let end = open.end;
  for (;;) {
    const close = matchAt(raw, end, '\\s*\\}');
    if (close) return { reply: { type: 'call', name, args, ignored: '' }, end: close.end };
    const pair = matchAt(
      raw,
      end,
      '[\\s,]*(\\w+)\\s*:\\s*(?:<\\|"\\|>([^]*?)<\\|"\\|>|([^,{}<>|"]+))(?=\\s*[,}])',
    );
    const [key = '', text, word = ''] = pair?.groups ?? [];
    // An unknown argument may be the rest of a text without its quotes.
    if (!pair || (shape && !shape.argNames.includes(key))) {
      return {
        reply: malformed('the arguments of the call are incomplete', name),
        end: raw.length,
      };
    }
    args[key] = text ?? word.trim();
    end = pair.end;
  }
}

const ESCAPES: Record<string, string> = { n: '\n', t: '\t', r: '\r', '\n': '' };

/** A call in Python with literal values: `read_file(path="a", start=1)`. */
export function readPython(raw: string, at: number): Construct | undefined {
  const open = matchAt(
    raw,
    at,
    '\\s*\\[?\\s*(?:print\\()?(?:\\w+\\.(?!call\\())?(\\w+)(?:\\.call)?\\(',
  );
  if (!open) return undefined;
  const name = open.groups[0] ?? '';
  const args: Record<string, unknown> = {};
  let end = open.end;
  for (;;) {
    const close = matchAt(raw, end, '[\\s,]*\\)+(?=\\s*(?:[\\],;]|<[|/]|```|$))');
    if (close) return { reply: { type: 'call', name, args, ignored: '' }, end: close.end };
    const pair = matchAt(
      raw,
      end,
      `[\\s,]*(\\w+)\\s*=\\s*(?:"""([^]*?)"""|"([^"\\\\\\n]*(?:\\\\[^][^"\\\\\\n]*)*)"|'([^'\\\\\\n]*(?:\\\\[^][^'\\\\\\n]*)*)'|(-?\\d+))(?=\\s*[,)])`,
    );
    if (!pair) {
      return {
        reply: malformed('the arguments of the call are incomplete', name),
        end: raw.length,
      };
    }
    const [key = '', triple, double, single, number] = pair.groups;
    const text = triple ?? double ?? single;
    args[key] = text === undefined ? Number(number) : unescaped(text);
    end = pair.end;
  }
}

/** A backslash before any other character stands for itself, as in Python. */
function unescaped(text: string): string {
  return text.replace(/\\(?:u([\da-f]{4})|x([\da-f]{2})|([^]))/gi, (escape, u, x, letter) => {
    if (letter === undefined) return String.fromCharCode(Number.parseInt(u ?? x, 16));
    return /[\\'"]/.test(letter) ? letter : (ESCAPES[letter] ?? escape);
  });
}
