import fs from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { patchFile } from '../../src/tools/patch-file.ts';
import { ToolError } from '../../src/tools/tool-error.ts';
import type { ToolContext } from '../../src/tools/tool.ts';
import type { CorpusEdit } from '../fixtures/edits/corpus-edit.ts';
import { corpusOf } from '../fixtures/edits/index.ts';
import { outcomeOf } from '../fixtures/edits/outcome.ts';
import { sourceFiles } from '../fixtures/edits/source-files.ts';
import { everyNth, often } from '../support/stress.ts';
import { temporaryFolder, toolContext } from '../support/workspace.ts';

const edits = corpusOf(often(1, 8));

/** So many of those that are certain must be applied. */
const GOAL = 0.95;

/** What the call would write; undefined where it is refused. It writes nothing. */
function changed(edit: CorpusEdit, context: ToolContext): Buffer | undefined {
  const args = { path: edit.file.name, old_text: edit.oldText, new_text: edit.newText };
  try {
    return patchFile.prepare(args).check(context)?.after;
  } catch (error) {
    if (error instanceof ToolError) return undefined;
    throw error;
  }
}

/** An edit that went wrong, to be read in a failed test. */
const shown = ({ kind, oldText, newText }: CorpusEdit, after: Buffer | undefined) => ({
  kind,
  oldText,
  newText,
  after: after?.toString(),
});

describe.each(everyNth(2, sourceFiles))('edits of $kind', (file) => {
  it('are applied to the byte as a careful human would, or refused', () => {
    const all = edits.filter((edit) => edit.file === file);
    const bytes = file.encode(file.text);
    const root = temporaryFolder({ [file.name]: bytes });
    const context = toolContext(root);
    const results = all.map((edit) => ({ edit, after: changed(edit, context) }));

    const wrong = results.filter(({ edit, after }) => outcomeOf(edit, after) === 'applied wrongly');
    expect(wrong.slice(0, 3).map(({ edit, after }) => shown(edit, after))).toEqual([]);

    const certain = results.filter(({ edit }) => edit.verdict === 'certain');
    const missed = certain.filter(({ after }) => after === undefined);
    const kinds = new Set(missed.map(({ edit }) => edit.kind));
    expect(missed.length / certain.length, [...kinds].join('\n')).toBeLessThanOrEqual(1 - GOAL);
    expect(fs.readFileSync(path.join(root, file.name))).toEqual(bytes);
  });
});

it('has enough of both sorts, of many kinds of perturbations and files', () => {
  const count = (verdict: CorpusEdit['verdict']) =>
    edits.filter((edit) => edit.verdict === verdict).length;
  expect(count('certain')).toBeGreaterThan(1_250);
  expect(count('refuse')).toBeGreaterThan(400);
  expect(new Set(edits.map(({ kind }) => kind)).size).toBeGreaterThan(100);
  expect(new Set(edits.map(({ file }) => file.kind)).size).toBeGreaterThan(15);
});
