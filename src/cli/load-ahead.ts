/** Loads the parts that the program starts without, before they are needed. */
import { loadMarkdownRows } from '../terminal/commands/last-exchange.ts';
import { loadDiff } from '../terminal/question/diff.ts';
import { loadMarkdown } from '../terminal/screen/live-answer.ts';
import { loadGlob } from '../tools/search/ignore-files.ts';
import { loadExeca } from '../util/load-execa.ts';

/** Milliseconds after the start: by then the prompt is there, or the request is under way. */
const LOAD_AFTER_MS = 1_000;

/**
 * Loads them a moment later. From then on the program needs no file of its own: a build or an update
 * may replace them while it runs.
 */
export function loadAhead(): void {
  setTimeout(() => void loadParts(), LOAD_AFTER_MS).unref();
}

/** One at a time: keys are heard in between. What cannot be loaded fails where it is used. */
async function loadParts(): Promise<void> {
  const parts = [loadExeca, loadMarkdown, loadMarkdownRows, loadDiff, loadGlob];
  for (const load of parts) await load().catch(() => undefined);
}
