/** The edits of the agent's tools, request by request, and which were undone: a fold over the records. */
import type { FileEdit, SessionRecord } from '../records.ts';
import { traitsOf } from '../records/traits.ts';

/** The edits of one request, in their order. */
export interface RequestEdits {
  request: string;
  edits: FileEdit[];
  /** A command ran in the request; its changes are not among the edits. */
  ranShell: boolean;
}

/** The edits of a session. */
export interface EditLog {
  /** The requests whose edits are in the files, oldest first. */
  done: RequestEdits[];
  /** The requests that were undone, in that order. */
  undone: RequestEdits[];
  /** The request that is being answered, or the last one. */
  current: RequestEdits;
}

/** The edits of a session without records. */
export function emptyEditLog(): EditLog {
  return { done: [], undone: [], current: requestEdits('') };
}

function requestEdits(request: string): RequestEdits {
  return { request, edits: [], ranShell: false };
}

/** Brings `log` up to date with one more record. */
export function followEdit(log: EditLog, record: SessionRecord): void {
  switch (record.type) {
    case 'user':
      log.current = requestEdits(record.content);
      break;
    case 'tool':
      log.current.ranShell ||= traitsOf(record).command !== undefined;
      break;
    case 'change': {
      const { current, done } = log;
      const { path, before, after } = record;
      if (done.at(-1) !== current) done.push(current);
      current.edits.push({ path, before, after });
      log.undone = [];
      break;
    }
    case 'undo': {
      const last = log.done.pop();
      if (last) log.undone.push({ ...last, edits: record.edits });
      break;
    }
    case 'redo': {
      const last = log.undone.pop();
      if (last) log.done.push(last);
      break;
    }
  }
}
