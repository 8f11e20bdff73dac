/** The workspace as text: the prompt's section, and what changed since the model was last told. */
import { clip, oneLine } from '../context/clip.ts';
import { fitDocs, isInstructions, isOwn } from './doc-room.ts';
import type { ProjectDoc } from './docs.ts';
import type { Snapshot } from './snapshot.ts';

const STATUS_CHARS = 1_500;

/** In one line, for small models: whose word it is, and which one counts where they differ. */
const FOLLOW = '- instructions from the user for your work here; the last ones count most:';

/**
 * The section `Workspace:` of the prompt.
 * @param room characters of all instructions together
 */
export function renderWorkspace(snapshot: Snapshot, room: number): string {
  const { instructions, others } = fitDocs(snapshot.docs, room);
  return [
    'Workspace:',
    ...rows(snapshot).map(([name, text]) => `- ${name}:${text}`),
    '- project_docs:' + (others.length > 0 ? '' : ' none'),
    ...others.map(docRow),
    ...(instructions.length > 0 ? [FOLLOW, ...instructions.map(docRow)] : []),
  ].join('\n');
}

/** What is different in `after`, or undefined if nothing is. @param room as in `renderWorkspace` */
export function renderChanges(before: Snapshot, after: Snapshot, room: number): string | undefined {
  const known = new Map(rows(before));
  const old = new Map(before.docs.map((doc) => [titleOf(doc), doc.text]));
  const told = shownTexts(before, room);
  const shown = shownTexts(after, room);
  // What only gives way to another doc has not changed, and nothing has where the model is not shown it.
  const hasChanged = (doc: ProjectDoc) =>
    old.get(titleOf(doc)) !== doc.text && told.get(titleOf(doc)) !== shown.get(titleOf(doc));
  const changes = [
    ...rows(after)
      .filter(([name, text]) => known.get(name) !== text)
      .map(([name, text]) => `- ${name}:${text}`),
    ...after.docs
      .filter(hasChanged)
      .map((doc) => `- ${titleOf(doc)} is now:\n${indent(shown.get(titleOf(doc)) ?? '')}`),
    ...[...old.keys()].filter((title) => !shown.has(title)).map((title) => `- ${title} is gone`),
  ];
  return changes.length > 0
    ? `changed since you were last told:\n${changes.join('\n')}`
    : undefined;
}

/** The text of each doc as there is room for it, by title. */
function shownTexts({ docs }: Snapshot, room: number): ReadonlyMap<string, string> {
  const { instructions, others } = fitDocs(docs, room);
  return new Map([...instructions, ...others].map((doc) => [titleOf(doc), doc.text]));
}

function docRow(doc: ProjectDoc): string {
  return `  - ${nameOf(doc)}\n${indent(doc.text)}`;
}

function titleOf(doc: ProjectDoc): string {
  return `${isInstructions(doc) ? 'instructions file' : 'project doc'} ${nameOf(doc)}`;
}

/** The person's own lie anywhere, where no tool would find them. */
function nameOf(doc: ProjectDoc): string {
  return isOwn(doc) ? 'AGENTS.md of the user' : oneLine(doc.path);
}

function rows(snapshot: Snapshot): [string, string][] {
  const { cwd, root, branch, defaultBranch, status, recentCommits } = snapshot;
  return [
    ['cwd', ` ${oneLine(cwd)}`],
    ['repo_root', ` ${oneLine(root)}`],
    ['branch', ` ${oneLine(branch)}`],
    ['default_branch', ` ${oneLine(defaultBranch)}`],
    ['status', block(clip(status, STATUS_CHARS))],
    ['recent_commits', block(recentCommits.map(oneLine).join('\n') || 'none')],
  ];
}

/** One line comes after its name; several come below it, indented. */
function block(text: string): string {
  return text.includes('\n') ? `\n${indent(text)}` : ` ${text}`;
}

/** Text from outside is indented, so that no line of it can pass for a heading of the prompt. */
function indent(text: string): string {
  return text.replace(/\r\n?|[\u2028\u2029]/g, '\n').replace(/^/gm, '    ');
}
