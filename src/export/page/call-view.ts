/** A model call as a bar and in words: what was sent by section, and what of it was new to the server. */
import type { Usage } from '../../model/model.ts';
import { SECTIONS, type CallCost } from './call-cost.ts';
import { markup, type Html } from './html.ts';
import { number, time } from './numbers.ts';

/** The kinds of what a bar shows, as the style colours them, with the words of the legend. */
const KINDS = {
  system: 'system',
  examples: 'examples',
  memory: 'memory',
  turns: 'turns',
  generated: 'generated',
  cached: 'from the cache',
  evaluated: 'evaluated',
} as const;

const WIDTH = 1_000;

/** @param longest the tokens of the call whose bar is as wide as the page */
export function renderBar(cost: CallCost, longest: number): Html {
  const { sent, sections, cached, generated = 0 } = cost;
  const scale = WIDTH / longest;
  const reply: [string, number] = ['generated', generated];
  const parts: [string, number][] = sections
    ? SECTIONS.map((name) => [name, sections[name]])
    : [['unknown', sent]];
  const known: [string, number][] =
    cached === undefined
      ? [['unknown', sent]]
      : [
          ['cached', cached],
          ['evaluated', sent - cached],
        ];
  return markup`<svg viewBox="0 0 ${WIDTH} 20" preserveAspectRatio="none" aria-hidden="true">${[
    ...row([...parts, reply], { y: 0, height: 11, scale }),
    ...row([...known, reply], { y: 13, height: 7, scale }),
  ]}</svg>`;
}

/** A call in words: what was sent, what of it was new, and what came. */
export function costInWords(cost: CallCost, { prompt_ms, output_ms }: Usage): string {
  const { sent, sections, cached, generated } = cost;
  const within = (ms: number | undefined) => (ms === undefined ? '' : ` in ${time(ms)}`);
  const parts = sections && SECTIONS.map((name) => `${name} ${number(sections[name])}`).join(', ');
  const about = cost.isCachedCounted ? '' : 'about ';
  return [
    `${cost.isCounted ? '' : 'about '}${number(sent)} tokens sent${parts ? ` (${parts})` : ''}`,
    cached === undefined
      ? `how much was cached is not recorded${prompt_ms === undefined ? '' : `, read${within(prompt_ms)}`}`
      : `${about}${number(cached)} from the cache, ${number(sent - cached)} evaluated${within(prompt_ms)}`,
    ...(generated === undefined ? [] : [`${number(generated)} generated${within(output_ms)}`]),
  ].join(' · ');
}

/** What the colours mean. */
export function renderLegend(): Html {
  const entries = Object.entries(KINDS).map(
    ([kind, words]) =>
      markup`<li><svg viewBox="0 0 1 1" aria-hidden="true"><rect class="${kind}" width="1" height="1"/></svg> ${words}</li>`,
  );
  return markup`<ul class="legend">${entries}</ul>`;
}

function row(
  parts: readonly [kind: string, tokens: number][],
  { y, height, scale }: { y: number; height: number; scale: number },
): Html[] {
  let x = 0;
  return parts.flatMap(([kind, tokens]) => {
    const width = tokens * scale;
    const at = x;
    x += width;
    if (tokens === 0) return [];
    return [
      markup`<rect class="${kind}" x="${at.toFixed(1)}" y="${y}" width="${width.toFixed(1)}" height="${height}"/>`,
    ];
  });
}
