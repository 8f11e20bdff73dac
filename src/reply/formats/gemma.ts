/** Calls of Gemma: `call:read_file{path:<|"|>a<|"|>,start:1}`. */
import { matchAt } from '../match-at.ts';
import { argSpellings, nameKey, toolNamed } from '../names.ts';
import { isNewKey } from './python-literals.ts';
import { malformed, type Construct, type ToolShapes } from '../reply.ts';

/** The marks around a text: those of Gemma 4, of FunctionGemma, and plain quotes. */
const QUOTES = '<\\|"\\|>|<escape>|"';

/** Reads the call at `at`. Its values are texts, in quotes or without. */
export function readGemma(raw: string, at: number, tools: ToolShapes): Construct | undefined {
  const open = matchAt(raw, at, '\\s*call:\\s*([\\w.]{1,60})\\s*\\{');
  if (!open) return undefined;
  const name = open.groups[0] ?? '';
  const spellings = new Set(argSpellings(name, tools).map(nameKey));
  const problem = 'the arguments of the call are incomplete';
  const unclear = { reply: malformed(problem, toolNamed(name, tools) ?? name), end: raw.length };
  const args: Record<string, unknown> = {};
  let hasWords = false;
  for (let end = open.end; ;) {
    const close = matchAt(raw, end, '\\s*\\}');
    if (close) {
      if (holdsMoreText(raw, close.end)) return unclear;
      return { reply: { type: 'call', name, args, ignored: '' }, end: close.end };
    }
    const key = matchAt(raw, end, `[\\s,]*(?:${QUOTES})?(\\w{1,60})(?:${QUOTES})?\\s*:\\s*`);
    const value = key && readValue(raw, key.end);
    const arg = key?.groups[0] ?? '';
    if (!value || !isNewKey(args, arg)) return unclear;
    hasWords ||= value.isWord;
    // An unknown argument may be the rest of a text without its quotes.
    if (hasWords && !spellings.has(nameKey(arg))) return unclear;
    args[arg] = value.text;
    end = value.end;
  }
}

/** A text up to the quotes like its own before the next argument or the end, or a word. */
function readValue(raw: string, at: number) {
  const quote = matchAt(raw, at, `(${QUOTES})`);
  if (!quote) {
    const word = matchAt(raw, at, '([^,{}<>|"]+)(?=[,}])');
    return word && { text: (word.groups[0] ?? '').trim(), end: word.end, isWord: true };
  }
  const mark = quote.groups[0] ?? '';
  for (let from = quote.end; ;) {
    const close = raw.indexOf(mark, from);
    if (close === -1) return undefined;
    const end = close + mark.length;
    // A plain quote in a text could be its end as well.
    const text = raw.slice(quote.end, close);
    if (mark === '"' && text.includes('\\')) return undefined;
    if (matchAt(raw, end, '\\s*[,}]')) return { text, end, isWord: false };
    if (mark === '"') return undefined;
    from = end;
  }
}

/** Whether marks of a text follow before anything else opens: the call may not have ended here. */
function holdsMoreText(raw: string, at: number): boolean {
  const next = /<\|"\|>|<escape>|\b(?:call|response|declaration):\w/.exec(raw.slice(at))?.[0];
  return next !== undefined && next.startsWith('<');
}
