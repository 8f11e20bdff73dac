/**
 * Component 2, prompt shape and cache reuse. The server reuses its evaluation of the last prompt as
 * far as the next one starts with the same bytes. So a prompt starts with what stays the same for an
 * epoch: the system turn, and example exchanges that show how to reply.
 */
import type { Turn } from '../model/model.ts';
import type { Tool } from '../tools/tool.ts';
import { signature } from '../tools/signature.ts';

const INTRODUCTION =
  'You are Mini-Coding-Agent, a careful coding agent that works on one repository through tools.';

const READ_ONLY =
  'You help another agent and can only read: do its task with the tools below and answer in words.';

const RULES = [
  'Reply with exactly one tool call or exactly one final answer, inside its tags, and nothing else.',
  'A tool call: <tool>{"name":"read_file","args":{"path":"..."}}</tool>, with a tool of the list below and its arguments. Required ones are never left out or empty.',
  'A call with several lines of text: <tool name="write_file" path="..."><content>...</content></tool>',
  'A final answer: <final>what you did or found</final>',
  'Look with a tool instead of guessing. Never write a result yourself: stop after the call and wait.',
  'When it is clear which file to create or change, write or patch it; do not keep listing files.',
  'A new file is complete and runs as it stands, imports included.',
  'Read code before you write tests for it. Tests check the code as it is, unless the user asks otherwise.',
  'Do not repeat a call that did not help: try another tool, or answer.',
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
