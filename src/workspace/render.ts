/** The workspace as text: the section of the prompt. */
import { clip, oneLine } from '../context/clip.ts';
import { fitDocs, isOwn } from './doc-room.ts';
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

function docRow(doc: ProjectDoc): string {
  return `  - ${nameOf(doc)}\n${indent(doc.text)}`;
}

/** A doc's name. The person's own lie anywhere, where no tool would find them. */
export function nameOf(doc: ProjectDoc): string {
  return isOwn(doc) ? 'AGENTS.md of the user' : oneLine(doc.path);
}

/** What is known of the workspace besides its docs: names, and texts as they come after them. */
export function rows(snapshot: Snapshot): [string, string][] {
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
export function indent(text: string): string {
  return text.replace(/\r\n?|[\u2028\u2029]/g, '\n').replace(/^/gm, '    ');
}
