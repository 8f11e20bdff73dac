/** A fact after an edit: whether the file still parses. It neither stops nor takes back an edit. */
import { clipLine } from '../../context/clip.ts';
import { extensionOf } from '../file-kinds.ts';
import type { ToolOutcome } from '../outcome.ts';
import type { FileChange, ToolContext } from '../tool.ts';
import { isPlainJson, parseJson } from './json.ts';
import type { Parsed } from './parsed.ts';
import { parsePython } from './python.ts';

/** A larger file is data, and would take too long. */
const MAX_BYTES = 1024 * 1024;
/** Characters of what a parser says. */
const MESSAGE_CHARS = 200;

/** What an edit came to, with the fact where there is one. */
export async function withFact(
  change: FileChange,
  context: ToolContext,
  signal: AbortSignal,
): Promise<ToolOutcome> {
  const { text, summary } = change.outcome;
  const parsed = await parse(change, context, signal);
  if (!parsed) return { text, summary };
  const { language, before, after } = parsed;
  if (!after) return { text: `${text}\nIt parses as ${language}.`, summary };
  const line = after.line === undefined ? '' : `line ${after.line}`;
  const problem = [line, clipLine(after.message, MESSAGE_CHARS)].filter(Boolean).join(': ');
  // What was so before is no news to the person, and not due to the edit.
  if (before) {
    const fact = `It does not parse as ${language}, and did not before this edit: ${problem}`;
    return { text: `${text}\n${fact}`, summary };
  }
  const news = ['does not parse', line].filter(Boolean).join(', ');
  const result = [summary?.result, news].filter(Boolean).join(' · ');
  const fact = `It does not parse as ${language}: ${problem}`;
  return { text: `${text}\n${fact}`, summary: { ...summary, result } };
}

const PYTHON: ReadonlySet<string> = new Set(['py', 'pyi', 'pyw']);

/** Undefined where nothing was changed, no parser knows the file, or it failed. */
async function parse(
  { path: file, before = Buffer.alloc(0), after }: FileChange,
  context: ToolContext,
  signal: AbortSignal,
): Promise<Parsed | undefined> {
  const sources = { before, after };
  if (before.equals(after) || Math.max(before.length, after.length) > MAX_BYTES) return undefined;
  if (PYTHON.has(extensionOf(file))) return parsePython(sources, context, signal);
  return isPlainJson(file) ? parseJson(sources) : undefined;
}
