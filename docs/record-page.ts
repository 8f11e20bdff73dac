/** Makes the picture of a session's page: docs/session-page.png. Needs Chromium, and its fonts. */
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { exportSession } from '../src/export/export.ts';
import { onlySessionIn } from '../test/program/session-files.ts';
import { STEADY_ID, withSteadyClock } from './steady.ts';

const PICTURE = path.resolve(import.meta.dirname, 'session-page.png');
const SIZE = '800,1240';
const BROWSERS = ['chromium', 'chromium-browser', 'google-chrome'];

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
  const steady = path.join(workspace, `${STEADY_ID}.jsonl`);
  const page = path.join(workspace, 'page.html');
  fs.writeFileSync(steady, withSteadyClock(fs.readFileSync(onlySessionIn(workspace).path, 'utf8')));
  exportSession({ id: STEADY_ID, path: steady }, page, workspace);
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
