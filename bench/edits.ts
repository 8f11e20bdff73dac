/**
 * `npm run bench:edits`: how the edits of the corpus come out. Each is run for real on a temporary
 * file; beside it, what the original's rule makes of it. Exits with 1 where an edit is applied
 * wrongly, or where fewer of the certain ones are applied than the goal says.
 */
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { patchFile } from '../src/tools/patch-file.ts';
import { ToolError } from '../src/tools/tool-error.ts';
import type { CorpusEdit, SourceFile } from '../test/fixtures/edits/corpus-edit.ts';
import { corpusOf } from '../test/fixtures/edits/index.ts';
import { type EditOutcome, outcomeOf } from '../test/fixtures/edits/outcome.ts';
import { sourceFiles } from '../test/fixtures/edits/source-files.ts';
import { toolContext } from '../test/support/workspace.ts';
import { runTool } from '../test/support/run-tool.ts';
import { readFlags } from './flags.ts';

readFlags({});
const edits = corpusOf(2);

/** So many of those that are certain must be applied. */
const GOAL = 0.95;

interface Result {
  edit: CorpusEdit;
  ours: EditOutcome;
  original: EditOutcome;
}

type Side = 'ours' | 'original';

const results: Result[] = [];
for (const file of sourceFiles) results.push(...(await resultsIn(file)));
const certain = results.filter(({ edit }) => edit.verdict === 'certain');
const wrong = results.filter(({ ours }) => ours === 'applied wrongly');

print('', ['of', 'ours', 'original']);
for (const outcome of ['applied rightly', 'refused', 'applied wrongly'] as const) {
  row(`certain: ${outcome}`, certain, outcome);
}
row('all: applied wrongly', results, 'applied wrongly');

table('by kind of file', ({ file }) => file.kind);
table('by kind of perturbation', ({ kind }) => kind);

const applied = certain.filter(({ ours }) => ours === 'applied rightly').length;
if (wrong.length > 0 || applied < GOAL * certain.length) process.exitCode = 1;

/** The file is written anew for each edit. */
async function resultsIn(file: SourceFile): Promise<Result[]> {
  const root = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), 'mca-bench-')));
  try {
    const found: Result[] = [];
    for (const edit of edits.filter((one) => one.file === file)) {
      const before = file.encode(file.text);
      const ours = outcomeOf(edit, await patched(edit, root, before));
      found.push({ edit, ours, original: outcomeOf(edit, byOriginalRule(edit, before)) });
    }
    return found;
  } finally {
    fs.rmSync(root, { recursive: true, force: true });
  }
}

/** The bytes of the file after the call; undefined where it is refused. */
async function patched(
  { file, oldText, newText }: CorpusEdit,
  root: string,
  before: Buffer,
): Promise<Buffer | undefined> {
  const real = path.join(root, file.name);
  fs.writeFileSync(real, before);
  try {
    const args = { path: file.name, old_text: oldText, new_text: newText };
    await runTool(patchFile, toolContext(root), args);
  } catch (error) {
    if (error instanceof ToolError) return undefined;
    throw error;
  }
  return fs.readFileSync(real);
}

/**
 * The original's rule: the file is read as text, in which every line end becomes LF; old_text must be
 * in it once to the letter; the text is written back with LF.
 */
function byOriginalRule({ oldText, newText }: CorpusEdit, before: Buffer): Buffer | undefined {
  const text = before.toString('utf8').replace(/\r\n?/g, '\n');
  if (text.split(oldText).length !== 2) return undefined;
  return Buffer.from(
    text.replace(oldText, () => newText),
    'utf8',
  );
}

/** For each kind: the certain ones that are applied, and all that are applied wrongly. */
function table(title: string, kindOf: (edit: CorpusEdit) => string): void {
  console.log();
  print(title, ['certain', 'ours', 'original', 'wrong of', 'ours', 'original']);
  for (const kind of new Set(edits.map(kindOf))) {
    const few = results.filter(({ edit }) => kindOf(edit) === kind);
    const sure = few.filter(({ edit }) => edit.verdict === 'certain');
    const count = (list: Result[], outcome: EditOutcome) =>
      (['ours', 'original'] as const).map((side) => countIn(list, side, outcome));
    print(`  ${kind}`, [
      sure.length,
      ...count(sure, 'applied rightly'),
      few.length,
      ...count(few, 'applied wrongly'),
    ]);
  }
}

function row(name: string, list: readonly Result[], outcome: EditOutcome): void {
  print(name, [list.length, countIn(list, 'ours', outcome), countIn(list, 'original', outcome)]);
}

function countIn(list: readonly Result[], side: Side, outcome: EditOutcome): number {
  return list.filter((result) => result[side] === outcome).length;
}

function print(name: string, cells: (string | number)[]): void {
  console.log(name.padEnd(62) + cells.map((cell) => String(cell).padStart(9)).join(''));
}
