/** The workspace as text: the prompt's section, and what changed since the model was last told. */
import { clip, oneLine } from '../context/clip.ts';
import type { Snapshot } from './snapshot.ts';

const STATUS_CHARS = 1_500;

/** The section `Workspace:` of the prompt. */
export function renderWorkspace(snapshot: Snapshot): string {
  return [
    'Workspace:',
    ...rows(snapshot).map(([name, text]) => `- ${name}:${text}`),
    '- project_docs:' + (snapshot.docs.length > 0 ? '' : ' none'),
    ...snapshot.docs.map((doc) => `  - ${oneLine(doc.path)}\n${indent(doc.text)}`),
  ].join('\n');
}

/** What is different in `after`, or undefined if nothing is. */
export function renderChanges(before: Snapshot, after: Snapshot): string | undefined {
  const known = new Map(rows(before));
  const knownDocs = new Map(before.docs.map((doc) => [doc.path, doc.text]));
  const changes = [
    ...rows(after)
      .filter(([name, text]) => known.get(name) !== text)
      .map(([name, text]) => `- ${name}:${text}`),
    ...after.docs
      .filter((doc) => knownDocs.get(doc.path) !== doc.text)
      .map((doc) => `- project doc ${oneLine(doc.path)} is now:\n${indent(doc.text)}`),
    ...before.docs
      .filter((doc) => !after.docs.some(({ path }) => path === doc.path))
      .map((doc) => `- project doc ${oneLine(doc.path)} is gone`),
  ];
  return changes.length > 0
    ? `changed since you were last told:\n${changes.join('\n')}`
    : undefined;
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
