/**
 * Component 2, prompt shape and cache reuse. The server reuses its evaluation of the last prompt as
 * far as the next one starts with the same bytes. So a prompt starts with what stays the same for an
 * epoch: the system turn, and example exchanges that show how to reply.
 */
import type { Turn } from '../model/model.ts';
import type { Tool } from '../tools/tool.ts';
import { signature } from '../tools/signature.ts';

const INTRODUCTION = 'You are Mini-Coding-Agent: you work on one repository through tools.';

const READ_ONLY =
  'You help another agent and can only read: do its task with the tools below and answer in words.';

const RULES = [
  'Reply with exactly one tool call or one final answer, in its tags, and nothing else.',
  'A tool call: <tool>{"name":"read_file","args":{"path":"..."}}</tool>. Required arguments are never empty.',
  'With several lines of text: <tool name="write_file" path="..."><content>...</content></tool>',
  'A final answer: <final>what you did or found</final>',
  'Use tools instead of guessing. Never invent a result: stop after the call and wait.',
  'When it is clear which file to create or change, write or patch it.',
  'New files are complete and run as they stand.',
  'Read code before you test it. Tests match the code as it is, unless told otherwise.',
  'Do not repeat a call that did not help.',
  'Be brief and concrete.',
];

/** What the system turn is made of. */
interface PrefixParts {
  tools: readonly Tool[];
  /** The section `Workspace:`. */
  workspace: string;
  /** The agent is a delegate and is told that it can only read. */
  readOnly: boolean;
}

/** The system turn: the introduction, `Rules:`, `Tools:` and `Workspace:`, with empty lines between. */
export function buildSystem({ tools, workspace, readOnly }: PrefixParts): string {
  return [
    INTRODUCTION,
    ...(readOnly ? [READ_ONLY] : []),
    `Rules:\n${RULES.map((rule) => `- ${rule}`).join('\n')}`,
    `Tools:\n${tools.map(toolLine).join('\n')}`,
    workspace,
  ].join('\n\n');
}

/** The parts of a prompt that tell the model how to behave, which an answer must not merely repeat. */
export function instructionsOf({
  system,
  examples,
}: {
  system: string;
  examples: readonly Turn[];
}): string[] {
  const workspace = system.lastIndexOf('\n\nWorkspace:\n');
  const rules = workspace === -1 ? system : system.slice(0, workspace);
  return [rules, ...examples.map(({ content }) => content)];
}

function toolLine(tool: Tool): string {
  const permission = tool.risky ? 'approval required' : 'safe';
  return `- ${signature(tool)} [${permission}] ${tool.description}`;
}
