/** The lines of `--output-format json` and `stream-json`, for programs that read them. */
import * as z from 'zod';
import type { Usage } from '../model/model.ts';
import { FINAL_REASONS } from '../records.ts';

const reason = z.enum(FINAL_REASONS);
const count = z.int().min(0);
/** 1 for events of a delegate; absent for those of the agent itself. */
const depth = z.literal(1).optional();

const usage = z.strictObject({
  /** Characters of the prompt, and how many of them the previous call had already sent. */
  prompt_chars: count,
  shared_chars: count.optional(),
  /** Tokens, those from the server's cache among them, and milliseconds, if the server says. */
  prompt_tokens: count.optional(),
  cached_tokens: count.optional(),
  output_tokens: count.optional(),
  /** Tokens of the thought, about. */
  thought_tokens: count.optional(),
  prompt_ms: count.optional(),
  output_ms: count.optional(),
} satisfies Record<keyof Usage, z.ZodType>);

/** How the check ended, where files were edited and there is one. */
const check = z.strictObject({ result: z.enum(['passed', 'failed', 'not_run']), text: z.string() });

/** How a request ended, and what it cost, delegates included. */
const summary = {
  /** `error`: model or server failed, and `text` is the message. */
  reason: z.enum([...reason.options, 'error']),
  /** The answer, or why there is none. */
  text: z.string(),
  check: check.optional(),
  /** The program's exit code. */
  exit_code: count,
  /** The session's id, for --resume. */
  session: z.string(),
  /** Tool calls of the agent itself. */
  steps: count,
  usage: z.strictObject({
    model_calls: count,
    prompt_tokens: count,
    /** Of the calls whose server says it. */
    cached_tokens: count.optional(),
    output_tokens: count,
  }),
  duration_ms: count,
};

/** The only line of `json`. */
export const resultSchema = z.strictObject({ type: z.literal('result'), ...summary });

/** A line of `stream-json`: the first is `session`, the last is `final` without a depth. */
export const lineSchema = z.union([
  z.strictObject({
    type: z.literal('session'),
    /** The program's version. */
    version: z.string(),
    session: z.string(),
    workspace: z.string(),
    model: z.string(),
  }),
  /** The files that the request names: with their content, or by name only. */
  z.strictObject({
    type: z.literal('attached'),
    files: z.array(
      z.strictObject({
        path: z.string(),
        /** Of a file whose content went with the request. */
        lines: count.optional(),
        /** Why one went by name only. */
        why: z.string().optional(),
      }),
    ),
    depth,
  }),
  z.strictObject({ type: z.literal('model_start'), prompt_chars: count, depth }),
  /** A piece of the raw reply, and the part of it that belongs to the answer. */
  z.strictObject({ type: z.literal('model_delta'), raw: z.string(), answer: z.string(), depth }),
  /** A piece of a thought, which is no part of the reply. */
  z.strictObject({ type: z.literal('thought'), text: z.string(), depth }),
  z.strictObject({ type: z.literal('model_end'), usage, num_ctx: count, depth }),
  /** The server is busy; the request is sent again after so many milliseconds. */
  z.strictObject({ type: z.literal('busy'), wait_ms: count, depth }),
  /** What a person should know of the model. */
  z.strictObject({ type: z.literal('notice'), text: z.string(), depth }),
  z.strictObject({ type: z.literal('malformed'), problem: z.string(), depth }),
  z.strictObject({
    type: z.literal('tool_start'),
    name: z.string(),
    args: z.record(z.string(), z.unknown()),
    depth,
  }),
  z.strictObject({
    type: z.literal('tool_end'),
    name: z.string(),
    /** The arguments that ran: a person may have changed the command. */
    args: z.record(z.string(), z.unknown()),
    ok: z.boolean(),
    content: z.string(),
    elapsed_ms: z.number().min(0),
    depth,
  }),
  z.strictObject({ type: z.literal('check_start'), command: z.string() }),
  z.strictObject({
    type: z.literal('check_end'),
    /** As it ran: a person may have changed it. */
    command: z.string(),
    passed: z.boolean(),
    content: z.string(),
    elapsed_ms: z.number().min(0),
  }),
  /** Characters by which older entries were shortened. */
  z.strictObject({ type: z.literal('compacted'), saved: count, depth }),
  z.strictObject({ type: z.literal('error'), kind: z.string(), message: z.string() }),
  z.strictObject({ type: z.literal('final'), reason, text: z.string(), depth: z.literal(1) }),
  z.strictObject({ type: z.literal('final'), ...summary }),
]);

/** A parsed line of `json`. */
export type Result = z.infer<typeof resultSchema>;
/** A parsed line of `stream-json`. */
export type OutputLine = z.infer<typeof lineSchema>;
