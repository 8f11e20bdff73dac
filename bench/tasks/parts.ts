/**
 * The parts of the program that can be left out, to see what each is worth. They are left out here, by
 * what an agent is built of: the program has no switch for it.
 */
import { ContextWindow, DEFAULT_NUM_CTX } from '../../src/context/window.ts';
import type { GenerateRequest, Model, Turn } from '../../src/model/model.ts';
import { ModelError } from '../../src/model/model-error.ts';
import { buildExamples } from '../../src/prompt/examples.ts';
import { allTools } from '../../src/tools/index.ts';
import type { Tool } from '../../src/tools/tool.ts';

/** What can be left out. */
export const PARTS = ['examples', 'constrained', 'window', 'facts'] as const;
/** One of them. */
export type Part = (typeof PARTS)[number];

/** What an agent is built of, as far as a part can be left out of it. */
export interface Built {
  model: Model;
  tools: readonly Tool[];
  window: ContextWindow;
}

/** Without the parts in the list. @param numCtx the window to use, in tokens, where one is chosen */
export function builtWithout(parts: readonly Part[], model: Model, numCtx?: number): Built {
  const built = { model, tools: allTools, window: new ContextWindow(numCtx) };
  return parts.reduce((rest: Built, part) => WITHOUT[part](rest, numCtx), built);
}

const WITHOUT: Record<Part, (built: Built, numCtx: number | undefined) => Built> = {
  /** The prompt has rules and tools, and no exchanges that show how to reply. */
  examples: (built) => ({
    ...built,
    model: wrapped(built.model, (request) => ({
      ...request,
      turns: withoutExamples(request.turns),
    })),
  }),
  /** After an unusable reply the model is told so, but the next one is not held to a schema. */
  constrained: (built) => ({
    ...built,
    model: wrapped(built.model, (request) => ({ ...request, format: undefined })),
  }),
  /**
   * The agent believes in a window of the default size, whatever there is: results have the length that
   * fits there, and nothing is compacted in time. Where the server finds a prompt too long, the oldest
   * exchanges are cut off, as simple chat programs do it.
   */
  window: (built, numCtx) => ({
    ...built,
    model: cutAtFront(built.model, numCtx),
    window: new ContextWindow(DEFAULT_NUM_CTX),
  }),
  /** The result of an edit does not say whether the file still parses. */
  facts: (built) => ({ ...built, tools: built.tools.map(withoutFacts) }),
};

/** The model, with each request changed before it is sent. */
function wrapped(model: Model, change: (request: GenerateRequest) => GenerateRequest): Model {
  return {
    name: model.name,
    settings: model.settings,
    contextLength: (signal) => model.contextLength(signal),
    canThink: async (signal) => model.canThink?.(signal),
    rendering: (numCtx, signal) => model.rendering(numCtx, signal),
    generate: (request, signal) => model.generate(change(request), signal),
  };
}

const keyOf = ({ role, content }: Turn) => `${role}: ${content}`;
/** Those of a delegate are among them. */
const EXAMPLES: ReadonlySet<string> = new Set(buildExamples(allTools).map(keyOf));

/** They follow the system turn. */
function withoutExamples(turns: readonly Turn[]): Turn[] {
  const [system, ...rest] = turns;
  const end = rest.findIndex((turn) => !EXAMPLES.has(keyOf(turn)));
  return [...(system ? [system] : []), ...(end === -1 ? [] : rest.slice(end))];
}

/** A model that hides its window. */
function cutAtFront(model: Model, numCtx?: number): Model {
  const size = async (signal: AbortSignal) =>
    Math.min(numCtx ?? DEFAULT_NUM_CTX, (await model.contextLength(signal)) ?? Infinity);
  return {
    ...wrapped(model, (request) => request),
    contextLength: () => Promise.resolve(undefined),
    rendering: async (_, signal) => model.rendering(await size(signal), signal),
    async *generate(request, signal) {
      const window = await size(signal);
      for (let turns = request.turns; ;) {
        try {
          return yield* model.generate({ ...request, turns, numCtx: window }, signal);
        } catch (error) {
          const shorter = withoutOldest(turns);
          const isTooLong = error instanceof ModelError && error.kind === 'context_overflow';
          if (!isTooLong || shorter === turns) throw error;
          turns = shorter;
        }
      }
    },
  };
}

/** Without the oldest exchange that is no example; the same turns where only the newest is left. */
function withoutOldest(turns: readonly Turn[]): readonly Turn[] {
  const kept = turns.length - withoutExamples(turns).length + 1;
  return turns.length - kept < 3 ? turns : turns.toSpliced(kept, 2);
}

/** The tool, with an edit's result as it is before the file is parsed. */
function withoutFacts(tool: Tool): Tool {
  if (tool.edits === undefined) return tool;
  return {
    ...tool,
    prepare(given, isByPerson) {
      const prepared = tool.prepare(given, isByPerson);
      return {
        ...prepared,
        async run(context, signal, change = prepared.check(context)) {
          const outcome = await prepared.run(context, signal, change);
          return change?.outcome ?? outcome;
        },
      };
    },
  };
}
