/** What stands above the time line: what the page may do, how it looks, and what the session came to. */
import { clipLine } from '../../context/clip.ts';
import type { LogSummary } from '../../session/read-log.ts';
import { counted } from '../../util/counted.ts';
import { renderLegend } from './call-view.ts';
import { Html, markup } from './html.ts';
import { number, time } from './numbers.ts';
import { policy, STYLE } from './style.ts';
import type { Totals } from './totals.ts';

const TITLE_CHARS = 80;
const ABOUT_CHARS = 400;

/** The page from its beginning up to the items of the time line. */
export function renderHead(
  id: string,
  totals: Totals,
  { header, corrupt, torn }: LogSummary,
): Html {
  const task = clipLine(totals.task, TITLE_CHARS);
  const damage = corrupt + Number(torn);
  const { created_at = '', model = '', workspace_root = '' } = header ?? {};
  const about = [`Session ${id}`, created_at, model && `model ${model}`, workspace_root];
  return markup`<!doctype html>
<html lang="en"><head><meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${new Html(policy())}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${task === '' ? '' : `${task} · `}session ${id}</title>
<style>${new Html(STYLE)}</style></head>
<body><main><h1>${task === '' ? `Session ${id}` : task}</h1>
<p class="about">${about
    .filter(Boolean)
    .map((each) => clipLine(each, ABOUT_CHARS))
    .join(' · ')}</p>
${damage > 0 ? markup`<p>${counted(damage, 'line')} of the log cannot be read and ${damage === 1 ? 'is' : 'are'} left out.</p>` : ''}
<h2>Totals</h2>
${renderTotals(totals)}
<h2>Time line</h2>
<p class="about">Each model call has a bar: above, what was sent by section, and what came back; below, what of it the server still had in its cache, and what it had to evaluate: in an epoch, only what came since the reply before, such as a result. All bars have one scale.</p>
${renderLegend()}`;
}

/** The counts and the times of a session; what there was none of is left out. */
function renderTotals(totals: Totals): Html {
  const { calls, sent, cached, evaluated, generated, tools, failed, denied, ms } = totals;
  const about = totals.isGuess ? 'about ' : '';
  const unknown = sent - cached - evaluated;
  return markup`<dl>${[
    entry('Requests', totals.requests),
    entry('Model calls', calls),
    entry('Tokens sent', sent, `${about}${number(sent)}`),
    entry('from the cache', cached, `${about}${number(cached)}`, share(cached, sent)),
    entry('evaluated', evaluated, `${about}${number(evaluated)}`, share(evaluated, sent)),
    entry('cached or not: unknown', unknown, `${about}${number(unknown)}`),
    entry('Tokens generated', generated),
    entry('Tool calls', tools),
    entry('that failed', failed),
    entry('that were not allowed', denied),
    entry('Delegates', totals.delegates),
    entry('Compactions', totals.compactions),
    entry('Resumes', totals.resumes),
    entry('Model calls that failed', totals.failures),
    entry('Evaluating', ms.evaluating, time(ms.evaluating)),
    entry('Generating', ms.generating, time(ms.generating)),
    entry('Waiting for the server', ms.waiting, time(ms.waiting)),
    entry('Tools', ms.tools, time(ms.tools)),
    entry('Your decisions', ms.deciding, time(ms.deciding)),
  ]}</dl>`;
}

function entry(name: string, value: number, shown = number(value), remark = ''): Html {
  if (value <= 0) return markup``;
  return markup`<div><dt>${name}</dt><dd>${shown}<small>${remark}</small></dd></div>`;
}

function share(part: number, whole: number): string {
  return ` (${Math.round((100 * part) / whole)}%)`;
}
