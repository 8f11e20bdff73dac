/** The record that begins a cache epoch: all that is needed to send the same bytes again. */
import * as z from 'zod';

/** The workspace as the model was shown it; see `workspace/snapshot.ts`. */
export const snapshotSchema = () => {
  /** The name of a branch. Git allows no control characters in it, so it cannot start a line of the prompt. */
  const line = z.string().regex(/^[^\r\n]*$/);
  return z.object({
    cwd: z.string(),
    root: z.string(),
    branch: line,
    defaultBranch: line,
    status: z.string(),
    recentCommits: z.array(z.string()),
    docs: z.array(z.object({ path: z.string(), text: z.string() })),
    /** Why git was not asked, though there is a repository. */
    gitRefusal: z.object({ reason: z.string(), advice: z.string().optional() }).optional(),
  });
};

/** A cache epoch: until the next one, every prompt starts with exactly this. */
export const epochSchema = () => {
  const turn = z.object({
    role: z.enum(['system', 'user', 'assistant']),
    content: z.string(),
  });
  return z.object({
    type: z.literal('epoch'),
    why: z.enum(['start', 'reset', 'compaction', 'model', 'rules']),
    /** The program's version. */
    version: z.string(),
    model: z.string(),
    /** The system turn. */
    system: z.string(),
    /** Example exchanges that show the model how to reply. */
    examples: z.array(turn),
    /** The section `Memory:`; empty if nothing was left out or shortened. */
    memory: z.string(),
    /** The context window in tokens. */
    num_ctx: z.number(),
    /** The sampling settings. */
    settings: z.record(z.string(), z.union([z.string(), z.number()])),
    /** The workspace that the system turn describes. */
    snapshot: snapshotSchema(),
    /** How the conversation is sent; see `model/rendering.ts`. */
    route: z.enum(['raw', 'chat']),
    template: z
      .object({
        start: z.string(),
        afterSystem: z.string().nullable(),
        beforeReply: z.string(),
        afterReply: z.string(),
      })
      .optional(),
    bos: z.string().optional(),
    created_at: z.string(),
  });
};
