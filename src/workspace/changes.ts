/** What changed in the workspace since the model was last told. */
import { fitDocs, isInstructions } from './doc-room.ts';
import type { ProjectDoc } from './docs.ts';
import { indent, nameOf, rows } from './render.ts';
import type { Snapshot } from './snapshot.ts';

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

function titleOf(doc: ProjectDoc): string {
  return `${isInstructions(doc) ? 'instructions file' : 'project doc'} ${nameOf(doc)}`;
}
