/** `/context`: what fills the window, and how much of each prompt the server could reuse. */
import type { ContextReport, LastCall } from '../../prompt/cache-stats.ts';

const [MIN_BAR, MAX_BAR] = [5, 20];
/** The columns of a row besides its bar. */
const ROW_COLUMNS = 30;

/** The report, in lines still to be wrapped. Bars fit into `columns`, or are left out. */
export function renderContext(
  { numCtx, numPredict, thought, tokens, reuse }: ContextReport,
  columns = Infinity,
): string {
  const used = Object.values(tokens).reduce((sum, count) => sum + count, 0);
  const rows: [string, number][] = [
    ...Object.entries(tokens),
    ...(thought > 0 ? [['thought', thought] satisfies [string, number]] : []),
    ['reply', numPredict],
    ['free', Math.max(0, numCtx - used - thought - numPredict)],
  ];
  const room = Math.min(MAX_BAR, columns - ROW_COLUMNS);
  const barWidth = room < MIN_BAR ? 0 : room;
  return [
    `Context window: ${numCtx} tokens`,
    ...rows.map(([name, count]) => row(name, count, numCtx, barWidth)),
    ...reuseLines(reuse),
    ...speedLines(reuse),
  ].join('\n');
}

function row(name: string, tokens: number, numCtx: number, barWidth: number): string {
  const share = tokens / numCtx;
  const bar = '█'.repeat(Math.round(share * barWidth)).padEnd(barWidth, '░');
  return `  ${name.padEnd(13)}${bar} ${percent(share).padStart(5)} ${String(tokens).padStart(8)}`;
}

function reuseLines(reuse: ContextReport['reuse']): string[] {
  const { calls, restarts, sentChars, sharedChars, last } = reuse;
  if (!last) return ['Prompt cache: no model call yet'];
  const rate = (shared: number, sent: number) => percent(sent === 0 ? 0 : shared / sent);
  const began = restarts > 0 ? `; restarted ${restarts}×` : '';
  const lastCall = rate(last.sharedChars, last.sentChars);
  return [
    ...(calls > 1
      ? [`Prompt cache: ${rate(sharedChars, sentChars)} reused (last call ${lastCall})${began}`]
      : ['Prompt cache: only one model call yet']),
    ...lastLine(last),
    ...averageLine(reuse),
  ];
}

/** By the server's own counts, where it reports them. */
function lastLine({ tokens, cachedTokens, newTokens, prefillMs }: LastCall): string[] {
  if (tokens === undefined) return [];
  const cached = cachedTokens === undefined ? '' : `, ${cachedTokens} cached`;
  const fresh = newTokens === undefined ? '' : `, ${newTokens} new`;
  const time = prefillMs === undefined ? '' : `, read in ${(prefillMs / 1000).toFixed(1)} s`;
  return [`Last call: ${tokens} tokens sent${cached}${fresh}${time}`];
}

/** Over all calls that the server timed; the average of one call is that call. */
function averageLine({ prefill: { calls, tokens, ms } }: ContextReport['reuse']): string[] {
  if (calls < 2) return [];
  const seconds = (ms / calls / 1000).toFixed(1);
  return [`Average call: ${Math.round(tokens / calls)} new tokens, read in ${seconds} s`];
}

function speedLines({ prefillSpeed, outputSpeed }: ContextReport['reuse']): string[] {
  const speeds = [
    ...(prefillSpeed === undefined ? [] : [`prefill ${Math.round(prefillSpeed)}`]),
    ...(outputSpeed === undefined ? [] : [`generation ${Math.round(outputSpeed)}`]),
  ];
  return speeds.length > 0 ? [`Speed: ${speeds.join(', ')} tokens/s`] : [];
}

function percent(share: number): string {
  return `${Math.round(share * 100)}%`;
}
