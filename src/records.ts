/** The records of a session's log, one JSON object a line. `records/parse.ts` reads a line. */
import * as z from 'zod';
import { epochSchema, snapshotSchema } from './records/epoch.ts';
import { fileEditSchema } from './records/file-edit.ts';
import { once } from './util/once.ts';

/** How a request can end. */
export const FINAL_REASONS = ['answer', 'step_limit', 'malformed', 'interrupted'] as const;
/** Why a request ended. */
export type FinalReason = (typeof FINAL_REASONS)[number];

/** Any record but the first, as zod checks it: made when a log is first read, which takes a while. */
export const recordSchema = once(() => {
  const created_at = z.string();
  const fileEdit = fileEditSchema();
  const usageSchema = z.object({
    prompt_chars: z.number(),
    shared_chars: z.number().optional(),
    thought_tokens: z.number().optional(),
    prompt_tokens: z.number().optional(),
    cached_tokens: z.number().optional(),
    output_tokens: z.number().optional(),
    prompt_ms: z.number().optional(),
    output_ms: z.number().optional(),
  });
  /** ISO 8601: when something began that ended as its record was written. Old logs lack it. */
  const began_at = z.string().optional();

  return z.discriminatedUnion('type', [
    /** A request from the person. */
    z.object({ type: z.literal('user'), content: z.string(), created_at }),
    /** What the person added to the request while the agent worked on it. */
    z.object({ type: z.literal('heard'), content: z.string(), created_at }),
    /**
     * A raw reply without its thought, unchanged, up to where it was complete. `done_reason` is the
     * server's, or `loop` for one that repeated itself, `interrupted` or `failed` if it broke off.
     */
    z.object({
      type: z.literal('model'),
      content: z.string(),
      /** What the model thought before it; no later prompt has it. */
      thought: z.string().optional(),
      done_reason: z.string(),
      usage: usageSchema,
      began_at,
      /** The reply was constrained by a JSON Schema. */
      constrained: z.boolean().optional(),
      created_at,
    }),
    /** A model call that failed. */
    z.object({ type: z.literal('failure'), kind: z.string(), message: z.string(), created_at }),
    epochSchema(),
    /** A tool call, run or refused, and its result. */
    z.object({
      type: z.literal('tool'),
      name: z.string(),
      args: z.record(z.string(), z.unknown()),
      content: z.string(),
      ok: z.boolean(),
      began_at,
      /** How long the tool itself ran, in milliseconds. */
      elapsed_ms: z.number().optional(),
      /** For a call that had to be decided: who decided, and how. */
      decision: z
        .enum(['allowed', 'always', 'edited', 'denied', 'allowed_by_policy', 'denied_by_policy'])
        .optional(),
      /** Which argument was what, by the traits of the tool. Old logs lack them: see `records/traits.ts`. */
      traits: z
        .object({
          reads: z.string().optional(),
          edits: z.string().optional(),
          command: z.string().optional(),
        })
        .optional(),
      /** The call is the program's own: the check that the person has set, which passed if it is ok. */
      check: z.boolean().optional(),
      /** The program's own read of a file that the request names: the model did not ask for it. */
      attached: z.boolean().optional(),
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
      reason: z.enum(FINAL_REASONS),
      created_at,
    }),
    /** What changed in the workspace since the model was last told. */
    z.object({
      type: z.literal('workspace'),
      content: z.string(),
      /** The workspace as it is now. */
      snapshot: snapshotSchema().optional(),
      created_at,
    }),
    /** What a delegate is told about its parent's work, in its conversation and its working memory. */
    z.object({ type: z.literal('note'), content: z.string(), created_at }),
    /** A file that a tool is about to write. */
    z.object({ type: z.literal('change'), ...fileEdit.shape, created_at }),
    /** The edits of the last request, each as it was made, are about to be undone. */
    z.object({ type: z.literal('undo'), edits: z.array(fileEdit), created_at }),
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
    /** The session was opened again, and what follows was added since. */
    z.object({ type: z.literal('resume'), created_at }),
    /** Clears conversation and memory. The log keeps everything. */
    z.object({ type: z.literal('reset'), created_at }),
  ]);
});

/** A call and its result. */
export type ToolRecord = Extract<SessionRecord, { type: 'tool' }>;
/** How it was decided whether a call runs: by the person, or by the policy. */
export type ApprovalDecision = NonNullable<ToolRecord['decision']>;
/** Which argument names the file that a call read or edited, and which is a command. */
export type CallTraits = NonNullable<ToolRecord['traits']>;
/** One edit of a file: the hashes of its content before and after. */
export type FileEdit = z.infer<ReturnType<typeof fileEditSchema>>;
/** One record of a log, by its `type`. */
export type SessionRecord = z.infer<ReturnType<typeof recordSchema>>;
type Untimed<R> = R extends unknown ? Omit<R, 'created_at'> : never;
/** A record before it is written: the session adds the time. */
export type NewRecord = Untimed<SessionRecord>;
/** A record that is part of the conversation. */
export type TranscriptRecord = Exclude<
  SessionRecord,
  { type: 'failure' | 'epoch' | 'change' | 'undo' | 'redo' | 'compaction' | 'resume' | 'reset' }
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
