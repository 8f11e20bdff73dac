/** Events that are one line on the screen. */
import type { AgentEvent, AttachedFile } from '../../agent/events.ts';
import { counted } from '../../util/counted.ts';
import { escapeLine } from '../text/escape.ts';

/** What is shown as one line and nothing else. */
export type Note = AgentEvent & {
  type: 'busy' | 'notice' | 'malformed' | 'heard' | 'attached' | 'compacted';
};

/** Whether the person should notice it: something does not go as it should. */
export function isWarning({ type }: Note): boolean {
  return type === 'busy' || type === 'notice' || type === 'malformed';
}

/** The line, escaped. */
export function noteLine(note: Note): string {
  switch (note.type) {
    case 'busy':
      return `! the server is busy; retrying in ${note.waitMs / 1000} s`;
    case 'notice':
      return `! ${escapeLine(note.text)}`;
    case 'malformed':
      return `! ${escapeLine(note.problem)}; retrying`;
    case 'heard':
      return `• heard: ${escapeLine(note.text)}`;
    case 'attached':
      return `• ${attachedLine(note.files)}`;
    case 'compacted':
      return `• compacted: older entries shortened by ${note.saved} characters to fit the window`;
  }
}

/** `attached a.ts (3 lines); by name: docs (folder)`. */
function attachedLine(files: readonly AttachedFile[]): string {
  const named = files.filter(({ lines }) => lines === undefined);
  const given = files.flatMap(({ path, lines }) =>
    lines === undefined ? [] : [`${escapeLine(path)} (${counted(lines, 'line')})`],
  );
  const names = named.map(({ path, why = '' }) => `${escapeLine(path)} (${escapeLine(why)})`);
  return [
    ...(given.length > 0 ? [`attached ${given.join(', ')}`] : []),
    ...(names.length > 0 ? [`by name: ${names.join(', ')}`] : []),
  ].join('; ');
}
