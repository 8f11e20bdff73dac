/** Makes the picture of a session's page: docs/session-page.png. Needs Chromium, and its fonts. */
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { exportSession } from '../src/export/export.ts';
import type { SessionRecord } from '../src/records.ts';
import { parseRecord } from '../src/records/parse.ts';

const PICTURE = path.resolve(import.meta.dirname, 'session-page.png');
const SIZE = '800,1240';
const BROWSERS = ['chromium', 'chromium-browser', 'google-chrome'];
/** The session as it is shown, whenever it was. */
const ID = '20260401-144025-2dd0aa';
const START = Date.parse('2026-04-01T14:40:25.000Z');
/** How long a tool takes, and the person who is asked about it. */
const TOOL_MS = 40;
const PERSON_MS = 1_500;

/**
 * Draws the page of the only session in a workspace, with a steady clock. Without a browser, the
 * picture stays as it is.
 */
export function drawPage(workspace: string): void {
  const browser = BROWSERS.find(isThere);
  if (browser === undefined) {
    console.log(`${PICTURE} stays as it is: there is no ${BROWSERS.join(', ')}.`);
    return;
  }
  const sessions = path.join(workspace, '.mini-coding-agent/sessions');
  const [log = ''] = fs.readdirSync(sessions).filter((name) => name.endsWith('.jsonl'));
  const steady = path.join(workspace, `${ID}.jsonl`);
  const page = path.join(workspace, 'page.html');
  fs.writeFileSync(steady, withSteadyClock(fs.readFileSync(path.join(sessions, log), 'utf8')));
  exportSession({ id: ID, path: steady }, page, workspace);
  const flags = ['--headless', '--hide-scrollbars', `--window-size=${SIZE}`];
  const profile = `--user-data-dir=${path.join(workspace, 'profile')}`;
  const root = process.getuid?.() === 0 ? ['--no-sandbox'] : []; // it refuses root otherwise
  execFileSync(browser, [...flags, ...root, profile, `--screenshot=${PICTURE}`, `file://${page}`], {
    stdio: 'ignore',
  });
}

function isThere(browser: string): boolean {
  try {
    execFileSync(browser, ['--version'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

/** The same log, as if each step took as long as the server says, or as it usually does. */
function withSteadyClock(log: string): string {
  const [header = '', ...lines] = log.trimEnd().split('\n');
  let now = START;
  const moment = () => new Date(now).toISOString();
  const steady = lines.map((line) => {
    const record = parseRecord(line);
    if (typeof record === 'string') throw new Error(`not a record: ${line}`);
    const began = { began_at: moment() };
    now += msOf(record);
    const timed = { ...record, created_at: moment() };
    if (record.type === 'tool') return { ...timed, ...began, elapsed_ms: TOOL_MS };
    return record.type === 'model' ? { ...timed, ...began } : timed;
  });
  const begin = { ...(JSON.parse(header) as object), id: ID, created_at: new Date(START) };
  return [begin, ...steady].map((each) => `${JSON.stringify(each)}\n`).join('');
}

function msOf(record: SessionRecord): number {
  if (record.type === 'tool') return TOOL_MS + (record.decision === 'allowed' ? PERSON_MS : 0);
  if (record.type !== 'model') return 0;
  return (record.usage.prompt_ms ?? 0) + (record.usage.output_ms ?? 0);
}
