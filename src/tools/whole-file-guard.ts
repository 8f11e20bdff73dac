/** Guards files against a model that replaces them without knowing what they hold. */
import { numbered } from './patch/line-numbers.ts';
import type { FileChange, ToolContext } from './tool.ts';

/** A change that would replace what the model has not read. */
interface UnreadFile {
  /**
   * The first change of this file: it is refused, so that the model reads the file or patches it. A
   * person decides about the next.
   */
  isFirst: boolean;
  /** What the model is told: one clause. */
  reason: string;
}

/** The whole files of one request. */
export class WholeFileGuard {
  /** The real paths that a change was about. */
  readonly #noticed = new Set<string>();

  /** Looks at a change that is about to be approved; undefined where nothing is in its way. */
  notice(change: FileChange | undefined, context: ToolContext): UnreadFile | undefined {
    if (!change || isKnown(change, context)) return undefined;
    const { path, real } = change;
    const isFirst = !this.#noticed.has(real);
    this.#noticed.add(real);
    const reason = `${path} exists and you have not read all of it: read it first, or use patch_file`;
    return { isFirst, reason };
  }
}

/** Whether nothing is lost that the model has not seen. */
function isKnown({ isWhole = false, real, before, after }: FileChange, context: ToolContext) {
  if (!isWhole || before === undefined || before.equals(after)) return true;
  const lines = context.linesRead(real);
  const origin = context.versions.originOf(real);
  return shows(lines, before) || (origin !== undefined && shows(lines, origin));
}

/** Whether each line of a file is among those that were read, as `read_file` prints them. */
export function shows(read: ReadonlySet<string>, content: Buffer): boolean {
  if (content.length > 0 && read.size === 0) return false;
  const lines = content.toString('utf8').split('\n');
  if (lines.at(-1) === '') lines.pop();
  return lines.every((line, index) => read.has(numbered(index + 1, line.replace(/\r$/, ''))));
}
