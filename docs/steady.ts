/** A session's log as it would be with a steady clock: the same session gives the same bytes. */
import { charsOf } from '../src/model/model.ts';
import { CacheStats } from '../src/prompt/cache-stats.ts';
import { allTurns, promptOf } from '../src/prompt/prompt.ts';
import type { SessionRecord } from '../src/records.ts';
import { Fold } from '../src/session/session.ts';
import { recordOf } from './excerpts.ts';

/** The session as it is shown, whenever it was. */
export const STEADY_ID = '20260401-144025-2dd0aa';
const START = Date.parse('2026-04-01T14:40:25.000Z');
/** How long a tool takes, and the person who is asked about it. */
const TOOL_MS = 40;
const PERSON_MS = 1_500;
/** What Node's test runner tells of time. */
const DURATION = /(duration_ms:? )[\d.]+/g;

/** The same log, as if each step took as long as the server says, or as it usually does. */
export function withSteadyClock(log: string): string {
  const [header = '', ...lines] = log.trimEnd().split('\n');
  let now = START;
  const moment = () => new Date(now).toISOString();
  const steady = lines.map((line) => {
    const record = recordOf(line);
    const began = { began_at: moment() };
    now += msOf(record);
    const timed = { ...record, created_at: moment() };
    if (record.type === 'tool') return { ...timed, ...began, elapsed_ms: TOOL_MS };
    return record.type === 'model' ? { ...timed, ...began } : timed;
  });
  const begin = { ...(JSON.parse(header) as object), id: STEADY_ID, created_at: new Date(START) };
  return [begin, ...steady].map((each) => `${JSON.stringify(each)}\n`).join('');
}

/**
 * The same log, as if the workspace had been `folder`, and its test runner had needed no time. The
 * characters of each prompt are counted again, as the program counts them.
 */
export function withSteadyTexts(log: string, workspace: string, folder: string): string {
  const [header = '', ...lines] = log
    .replaceAll(workspace, folder)
    .replaceAll(DURATION, '$11.5')
    .trimEnd()
    .split('\n');
  const fold = new Fold();
  const stats = new CacheStats();
  const counted = lines.map((line) => {
    let record = recordOf(line);
    const { state } = fold;
    if (record.type === 'model' && state.epoch) {
      const { record: epoch, memory } = state.epoch;
      const turns = allTurns(promptOf({ ...epoch, memory }, state));
      const usage = { prompt_chars: charsOf(turns), shared_chars: stats.sent(turns) };
      stats.replied(record.content, {});
      record = { ...record, usage: { ...record.usage, ...usage } };
    }
    fold.add(record);
    return JSON.stringify(record);
  });
  return [header, ...counted].map((line) => `${line}\n`).join('');
}

/** What a terminal showed of a session, as if it had this name, and each request took as long. */
export function withSteadyScreen(shown: string): string {
  return shown
    .replaceAll(/\b\d{8}-\d{6}-[\da-f]{6}\b/g, STEADY_ID)
    .replaceAll(/(?<= of the window · )\d\.\d s/g, '1.5 s');
}

function msOf(record: SessionRecord): number {
  if (record.type === 'tool') return TOOL_MS + (record.decision === 'allowed' ? PERSON_MS : 0);
  if (record.type !== 'model') return 0;
  return (record.usage.prompt_ms ?? 0) + (record.usage.output_ms ?? 0);
}
