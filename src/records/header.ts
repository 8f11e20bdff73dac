import * as z from 'zod';
import { once } from '../util/once.ts';

/** The first line of a session's log, as zod checks it. */
export const headerSchema = once(() =>
  z.object({
    type: z.literal('session'),
    version: z.literal(1),
    id: z.string(),
    created_at: z.string(),
    workspace_root: z.string(),
    model: z.string(),
    /** The id of the session that delegated to this one. */
    parent: z.string().nullable(),
  }),
);

/** Whose session a log is: its id, workspace and model. */
export type SessionHeader = z.infer<ReturnType<typeof headerSchema>>;
