/** Gives the model the content of the files that a request names: that saves it a step. */
import type { Session } from '../session/session.ts';
import { attachmentOf } from '../tools/attachment.ts';
import type { ToolContext } from '../tools/tool.ts';
import type { AgentEvent, AttachedFile } from './events.ts';

/** The files of a request may take as much of the window as this many results. */
const MOST_RESULTS = 2;

/** What attachments work with. */
interface AttachmentsParts {
  session: Session;
  context: ToolContext;
}

/** The files that requests name. */
export class Attachments {
  readonly #parts: AttachmentsParts;

  constructor(parts: AttachmentsParts) {
    this.#parts = parts;
  }

  /**
   * Records each file that fits as read, and tells of all of them.
   * @param files relative to the workspace root
   * @throws what `signal` aborts with
   */
  async *give(files: readonly string[], signal: AbortSignal): AsyncGenerator<AgentEvent> {
    const { session, context } = this.#parts;
    const told: AttachedFile[] = [];
    let room = MOST_RESULTS;
    for (const path of new Set(files)) {
      signal.throwIfAborted();
      const began_at = new Date().toISOString();
      const found = await attachmentOf(path, room, context, signal);
      if (typeof found === 'string') {
        told.push({ path, why: found });
        continue;
      }
      const { text: content, share, lines } = found;
      room -= share;
      told.push({ path, lines });
      const read = { name: 'read_file', args: { path }, traits: { reads: 'path' } };
      session.record({ type: 'tool', ...read, content, ok: true, attached: true, began_at });
    }
    if (told.length > 0) yield { type: 'attached', files: told };
  }
}
