/** An edit of a file, as records have it. */
import * as z from 'zod';

/** The content of a file as its SHA-256 in hex, or null if there was no file. */
const contentSchema = z.nullable(z.string().regex(/^[0-9a-f]{64}$/));

/** One edit of a file: the hashes of its content before and after. */
export const fileEditSchema = z.object({
  /** Relative to the workspace root, with every link resolved. */
  path: z.string(),
  before: contentSchema,
  after: contentSchema,
});
