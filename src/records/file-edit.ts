/** An edit of a file, as records have it. */
import * as z from 'zod';

/** One edit of a file: the hashes of its content before and after. */
export const fileEditSchema = () => {
  /** The SHA-256 of the content in hex, or null if there was no file. */
  const content = z.nullable(z.string().regex(/^[0-9a-f]{64}$/));
  return z.object({
    /** Relative to the workspace root, with every link resolved. */
    path: z.string(),
    before: content,
    after: content,
  });
};
