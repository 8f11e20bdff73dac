/** The records of a session's log: one JSON object a line, each checked with zod when read. */
import * as z from 'zod';

const created_at = z.string();

const usageSchema = z.object({
  prompt_chars: z.number(),
  shared_chars: z.number().optional(),
  prompt_tokens: z.number().optional(),
  output_tokens: z.number().optional(),
  prompt_ms: z.number().optional(),
  output_ms: z.number().optional(),
});

/** How a request can end. */
export const finalReasonSchema = z.enum(['answer', 'step_limit', 'malformed', 'interrupted']);
/** Why a request ended. */
export type FinalReason = z.infer<typeof finalReasonSchema>;

/** ISO 8601: when something began that ended as its record was written. Old logs lack it. */
const began_at = z.string().optional();

const turnSchema = z.object({
  role: z.enum(['system', 'user', 'assistant']),
  content: z.string(),
});

/** The name of a branch. Git allows no control characters in it, so it cannot start a line of the prompt. */
const lineSchema = z.string().regex(/^[^\r\n]*$/);

/** The workspace as the model was shown it; see `workspace/snapshot.ts`. */
const snapshotSchema = z.object({
  cwd: z.string(),
  root: z.string(),
  branch: lineSchema,
  defaultBranch: lineSchema,
  status: z.string(),
  recentCommits: z.array(z.string()),
  docs: z.array(z.object({ path: z.string(), text: z.string() })),
});

/** The first line of a log, which says whose session it is. */
export const headerSchema = z.object({
  type: z.literal('session'),
  version: z.literal(1),
  id: z.string(),
  created_at,
  workspace_root: z.string(),
  model: z.string(),
  /** The id of the session that delegated to this one. */
  parent: z.string().nullable(),
});

/** The content of a file as its SHA-256 in hex, or null if there was no file. */
const contentSchema = z
  .string()
  .regex(/^[0-9a-f]{64}$/)
  .nullable();

const fileEditSchema = z.object({
  /** Relative to the workspace root, with every link resolved. */
  path: z.string(),
  before: contentSchema,
  after: contentSchema,
});

const recordSchema = z.discriminatedUnion('type', [
  /** A request from the person. */
  z.object({ type: z.literal('user'), content: z.string(), created_at }),
  /**
   * A raw reply, unchanged, up to where it was complete. `done_reason` is the server's, or `loop`
   * for a reply that repeated itself, `interrupted` or `failed` for one that was broken off.
   */
  z.object({
    type: z.literal('model'),
    content: z.string(),
    done_reason: z.string(),
    usage: usageSchema,
    began_at,
    /** The reply was constrained by a JSON Schema. */
    constrained: z.boolean().optional(),
    created_at,
  }),
  /** A model call that failed. */
  z.object({ type: z.literal('failure'), kind: z.string(), message: z.string(), created_at }),
  /** A cache epoch: until the next one, every prompt starts with exactly this. */
  z.object({
    type: z.literal('epoch'),
    why: z.enum(['start', 'reset', 'compaction', 'model', 'rules']),
    /** The program's version. */
    version: z.string(),
    model: z.string(),
    /** The system turn. */
    system: z.string(),
    /** Example exchanges that show the model how to reply. */
    examples: z.array(turnSchema),
    /** The section `Memory:`; empty if nothing was left out of the conversation. */
    memory: z.string(),
    /** The context window in tokens. */
    num_ctx: z.number(),
    /** The sampling settings. */
    settings: z.record(z.string(), z.union([z.string(), z.number()])),
    /** The workspace that the system turn describes. */
    snapshot: snapshotSchema,
    /** How the conversation is sent; see `Rendering` in `model/model.ts`. */
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
    think: z.boolean(),
    created_at,
  }),
  /** A tool call that passed the gate, and its result. */
  z.object({
    type: z.literal('tool'),
    name: z.string(),
    args: z.record(z.string(), z.unknown()),
    content: z.string(),
    ok: z.boolean(),
    began_at,
    /** How long the tool itself ran, in milliseconds. */
    elapsed_ms: z.number().optional(),
    /** For a risky call: who decided, and how. */
    decision: z
      .enum(['allowed', 'always', 'edited', 'denied', 'allowed_by_policy', 'denied_by_policy'])
      .optional(),
    /** Which argument was what, by the traits of the tool. Old logs lack them: see `traitsOf`. */
    traits: z.partialRecord(z.enum(['reads', 'edits', 'command']), z.string()).optional(),
    /** The id of the delegate's session, if the call started one. */
    child: z.string().optional(),
    created_at,
  }),
  /** A command that the person ran with `!`, and what it printed. */
  z.object({ type: z.literal('command'), command: z.string(), content: z.string(), created_at }),
  /**
   * What the program told the model other than results: why a reply was unusable, that one call
   * is left, that the program was stopped.
   */
  z.object({ type: z.literal('notice'), content: z.string(), created_at }),
  /** How a request ended, with the answer if there was one. */
  z.object({
    type: z.literal('assistant'),
    content: z.string(),
    reason: finalReasonSchema,
    created_at,
  }),
  /** What changed in the workspace since the model was last told. */
  z.object({
    type: z.literal('workspace'),
    content: z.string(),
    /** The workspace as it is now. */
    snapshot: snapshotSchema.optional(),
    created_at,
  }),
  /** What a delegate is told about its parent's work, in its conversation and its working memory. */
  z.object({ type: z.literal('note'), content: z.string(), created_at }),
  /** A file that a tool is about to write. */
  z.object({ type: z.literal('change'), ...fileEditSchema.shape, created_at }),
  /** The edits of the last request, each as it was made, are about to be undone. */
  z.object({ type: z.literal('undo'), edits: z.array(fileEditSchema), created_at }),
  /** The edits of the last undo are about to be redone. */
  z.object({ type: z.literal('redo'), created_at }),
  /**
   * From here on the conversation has the newest `whole` entries as turns and the earlier ones
   * shortened, without the oldest `dropped`. Logs from before epochs count only malformed replies
   * in `whole`: they still load, with fewer turns whole.
   */
  z.object({
    type: z.literal('compaction'),
    whole: z.int().min(0),
    dropped: z.int().min(0),
    /** The most characters of the newest result, if that is shortened too. */
    newest_chars: z.int().min(0).optional(),
    created_at,
  }),
  /** Clears conversation and memory. The log keeps everything. */
  z.object({ type: z.literal('reset'), created_at }),
]);

/** A call and its result. */
export type ToolRecord = Extract<SessionRecord, { type: 'tool' }>;
/** How it was decided whether a risky call runs: by the person, or by the policy. */
export type ApprovalDecision = NonNullable<ToolRecord['decision']>;
/** Which argument names the file that a call read or edited, and which is a command. */
export type CallTraits = NonNullable<ToolRecord['traits']>;
/** One edit of a file: the hashes of its content before and after. */
export type FileEdit = z.infer<typeof fileEditSchema>;
/** The first line of a log: `session`, with id, workspace and model. */
export type SessionHeader = z.infer<typeof headerSchema>;
/** One record of a log, by its `type`. */
export type SessionRecord = z.infer<typeof recordSchema>;
/** A record before it is written: the session adds the time. */
export type NewRecord = SessionRecord extends infer R
  ? R extends SessionRecord
    ? Omit<R, 'created_at'>
    : never
  : never;
/** A record that is part of the conversation. */
export type TranscriptRecord = Extract<
  SessionRecord,
  { type: 'user' | 'model' | 'tool' | 'command' | 'notice' | 'assistant' | 'workspace' | 'note' }
>;
/** A record as the conversation shows it: whole, or shortened by a compaction. */
export interface TranscriptEntry {
  record: TranscriptRecord;
  shortened: boolean;
  /** The most characters of its content, if a compaction shortened the newest result. */
  limit?: number | undefined;
}
/** The start of a cache epoch: all that is needed to send the same bytes again. */
export type EpochRecord = Extract<SessionRecord, { type: 'epoch' }>;

/** The traits of the tools that there were before records had any. */
const OLD_TRAITS: ReadonlyMap<string, CallTraits> = new Map([
  ['read_file', { reads: 'path' }],
  ['write_file', { edits: 'path' }],
  ['patch_file', { edits: 'path' }],
  ['run_shell', { command: 'command' }],
]);

/** What a call did, by the traits of its tool: those in its record or, in an old log, by its name. */
export function traitsOf({ traits, name }: ToolRecord): CallTraits {
  return traits ?? OLD_TRAITS.get(name) ?? {};
}

const knownTypes: ReadonlySet<string> = new Set(
  recordSchema.options.map((option) => option.shape.type.value),
);

/**
 * Reads one line of a log. `unknown` is a record of a type that this version does not know: it stays
 * in the file and is skipped. `corrupt` is a line that is not a record.
 */
export function parseRecord(line: string): SessionRecord | 'unknown' | 'corrupt' {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    return 'corrupt';
  }
  const record = recordSchema.safeParse(value);
  if (record.success) return record.data;
  const type: unknown =
    typeof value === 'object' && value !== null && 'type' in value ? value.type : undefined;
  return typeof type === 'string' && !knownTypes.has(type) ? 'unknown' : 'corrupt';
}
