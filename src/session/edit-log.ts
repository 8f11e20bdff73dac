/** What the agent's tools did to files, request by request, and where undo stands: a fold. */
import type { FileEdit, SessionRecord } from '../records.ts';

/** The edits of one request, in their order. */
export interface RequestEdits {
  request: string;
  edits: FileEdit[];
  /** A command ran in the request: what that changed is not among the edits. */
  ranShell: boolean;
}

export interface ChangeHistory {
  /** The requests whose edits stand, oldest first. */
  done: RequestEdits[];
  /** Those that were undone, the last one at the end. */
  undone: RequestEdits[];
  /** The request that goes on, or the last one. */
  current: RequestEdits;
}

export function emptyHistory(): ChangeHistory {
  return { done: [], undone: [], current: requestEdits('') };
}

function requestEdits(request: string): RequestEdits {
  return { request, edits: [], ranShell: false };
}

/** Brings `history` up to date with one more record. */
export function followChange(history: ChangeHistory, record: SessionRecord): void {
  switch (record.type) {
    case 'user':
      history.current = requestEdits(record.content);
      break;
    case 'tool':
      history.current.ranShell ||= record.name === 'run_shell';
      break;
    case 'change': {
      const { current, done } = history;
      const { path, before, after } = record;
      if (done.at(-1) !== current) done.push(current);
      current.edits.push({ path, before, after });
      history.undone = [];
      break;
    }
    case 'undo': {
      const last = history.done.pop();
      if (last) history.undone.push({ ...last, edits: record.edits });
      break;
    }
    case 'redo': {
      const last = history.undone.pop();
      if (last) history.done.push(last);
      break;
    }
  }
}
