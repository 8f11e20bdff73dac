/** Code in the colours of its language. */
import { common, createLowlight } from 'lowlight';
import { escapeAnswer } from '../text/escape.ts';
import { unpainted, type Paint, type Row, type Span } from '../text/spans.ts';
import type { Theme } from './theme.ts';

/** Longer code stays plain: nobody reads it here, and some grammars are slow. */
const MAX_CHARS = 50_000;

const lowlight = createLowlight(common);
type Tree = ReturnType<typeof lowlight.highlight>;
type Node = Tree['children'][number];

/** The lines of a piece of code; without colours in an unknown language. */
export function highlight(code: string, language: string, theme: Theme): Row[] {
  const isKnown = code.length <= MAX_CHARS && lowlight.registered(language);
  if (theme.keepsMarks || !isKnown) return linesOf([{ text: code, paint: unpainted }]);
  return linesOf(
    lowlight.highlight(language, code).children.flatMap((node) => spansOf(node, unpainted)),
  );

  function spansOf(node: Node, paint: Paint): Span[] {
    if (node.type === 'text') return [{ text: node.value, paint }];
    if (node.type !== 'element') return [];
    const classes = node.properties['className'];
    const name = Array.isArray(classes) ? String(classes[0]).replace(/^hljs-/, '') : '';
    const inner = theme.syntax.get(name) ?? paint;
    return node.children.flatMap((child) => spansOf(child, inner));
  }
}

/** Splits spans into lines. */
function linesOf(spans: readonly Span[]): Row[] {
  const rows: Span[][] = [[]];
  for (const { text, paint } of spans) {
    for (const [index, line] of text.split('\n').entries()) {
      if (index > 0) rows.push([]);
      // A carriage return here is one that the reply spelled out.
      rows.at(-1)?.push({ text: escapeAnswer(line), paint });
    }
  }
  return rows;
}
