/** What the model is told of a call that cannot run or did not work. */
import { clipToolName } from '../context/clip.ts';
import { systemReason } from '../util/errors.ts';
import { nearest } from '../util/nearest.ts';
import { argNamed, isInert, nameKey, plainCall, toolsLike, type Call } from '../reply/names.ts';
import { PathError } from '../workspace/paths.ts';
import { signature } from './signature.ts';
import type { FileChange, Tool } from './tool.ts';
import { ToolError } from './tool-error.ts';

/** The user stopped the call while it ran. */
export const INTERRUPTED = 'the user interrupted it';

/** The tools by which other clients answer the person, or ask them something. */
const ANSWERS: ReadonlySet<string> = new Set(
  'answer ask_followup_question ask_user attempt_completion complete done final final_answer finish respond submit'
    .split(' ')
    .map(nameKey),
);
/** Typing errors in a name that is still recognized. Only for reading tools: no risky one is guessed. */
const TYPING_ERRORS = 2;

/** The tool that was probably meant by a name that no tool has. */
export function likelyTool(call: Call, tools: ReadonlyMap<string, Tool>): string | undefined {
  const { name } = plainCall(call);
  const [known] = toolsLike(name, tools);
  const harmless = [...tools].flatMap(([each, { risky }]) => (risky ? [] : [each]));
  return known ?? nearest(name, harmless, TYPING_ERRORS);
}

/** The message about a call by a name that no tool has. */
export function unknownTool(call: Call, tools: ReadonlyMap<string, Tool>): string {
  const { name, args } = plainCall(call);
  const start = `there is no tool ${clipToolName(call.name)}`;
  const end = `The tools are: ${[...tools.keys()].join(', ')}`;
  if (ANSWERS.has(nameKey(name))) {
    return `${start}: to answer or ask the user, reply with <final>your answer</final>. ${end}`;
  }
  const known = toolsLike(name, tools);
  const meant = known.length > 0 ? known : [likelyTool(call, tools)];
  const shown = meant.flatMap((each) => tools.get(each ?? '') ?? []);
  if (shown.length === 0) return `${start}. ${end}`;
  const [one] = shown;
  if (one && shown.length === 1) {
    return `${start}, did you mean ${signature(one)}?${noArguments(one, args)} ${end}`;
  }
  const choice = shown.map((tool) => `${signature(tool)}? ${tool.description}`).join(' Or ');
  return `${start}, did you mean ${choice} ${end}`;
}

/** Names the arguments that the tool does not have. */
function noArguments(tool: Tool, args: Readonly<Record<string, unknown>>): string {
  const unknown = Object.keys(args).filter(
    (arg) => !isInert(arg, tool) && argNamed(arg, tool) === undefined,
  );
  return unknown.length === 0 ? '' : ` It has no ${unknown.map(clipToolName).join(', ')}.`;
}

/**
 * @param calledAs the synonym by which the model called the tool
 * @throws ToolError if that name is one for creating a file, and the file exists
 */
export function refuseToReplace(calledAs: string, { path, before }: FileChange): void {
  if (before === undefined || !/^(?:create|new)(?!or)/.test(nameKey(calledAs))) return;
  throw new ToolError(
    `${path} exists already: use patch_file to change it, or write_file to replace all of it`,
  );
}

/** The message about a call that would end the third round of a cycle of this many calls. */
export function repeated(name: string, cycle: number): string {
  const what =
    cycle === 1
      ? `you made this ${clipToolName(name)} call twice already`
      : `you are going in circles: the last ${cycle} calls gave the same results twice already`;
  return `${what}; use what you have, try something else or give a final answer`;
}

/**
 * Why a tool failed, of the errors that a tool may have: ToolError, PathError, system errors.
 * @throws the error itself if it is a bug
 */
export function reasonOf(error: unknown): string {
  if (error instanceof ToolError || error instanceof PathError) return error.message;
  return systemReason(error);
}
