/** The first line of a session's log. */
import * as z from 'zod';

/** The first line of a log, which says whose session it is. */
export const headerSchema = z.object({
  type: z.literal('session'),
  version: z.literal(1),
  id: z.string(),
  created_at: z.string(),
  workspace_root: z.string(),
  model: z.string(),
  /** The id of the session that delegated to this one. */
  parent: z.string().nullable(),
});

/** The first line of a log: `session`, with id, workspace and model. */
export type SessionHeader = z.infer<typeof headerSchema>;
