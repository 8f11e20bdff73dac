/** `/context`: how the window is filled, and how much of each prompt the server could reuse. */
import type { ContextReport } from '../../agent/events.ts';

const [MIN_BAR, MAX_BAR] = [5, 20];
/** What a row has besides its bar. */
const ROW_COLUMNS = 28;

/** In lines that are still to be wrapped; the bars fit so many columns, or there are none. */
export function renderContext(
  { numCtx, numPredict, tokens, reuse }: ContextReport,
  columns = Infinity,
): string {
  const used = tokens.prefix + tokens.memory + tokens.transcript + tokens.tail;
  const rows: [string, number][] = [
    ...Object.entries(tokens),
    ['reply', numPredict],
    ['free', Math.max(0, numCtx - used - numPredict)],
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
  return `  ${name.padEnd(11)}${bar} ${percent(share).padStart(5)} ${String(tokens).padStart(8)}`;
}

function reuseLines({
  calls,
  sentChars,
  sharedChars,
  last,
  breaks,
}: ContextReport['reuse']): string[] {
  if (!last) return [`Reuse: ${calls === 0 ? 'no model call yet' : 'only one model call yet'}`];
  const broken = Object.entries(breaks).map(([section, times]) => `${section} ${times}×`);
  return [
    `Reuse: ${percent(sharedChars / sentChars)} of the prompts of ${calls} calls repeated the one ` +
      `before; of the last, ${percent(last.sharedChars / last.sentChars)}, all but ` +
      `${last.cutFromEnd} characters of the one before it`,
    ...(broken.length > 0 ? [`  broken in: ${broken.join(', ')}`] : []),
  ];
}

function speedLines({ prefillSpeed, outputSpeed }: ContextReport['reuse']): string[] {
  const speeds = [
    ...(prefillSpeed === undefined ? [] : [`prefill ${Math.round(prefillSpeed)}`]),
    ...(outputSpeed === undefined ? [] : [`generation ${Math.round(outputSpeed)}`]),
  ];
  return speeds.length > 0 ? [`Speed: ${speeds.join(', ')} tokens a second`] : [];
}

function percent(share: number): string {
  return `${Math.round(share * 100)}%`;
}
