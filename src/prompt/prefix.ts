/**
 * Component 2, prompt shape and cache reuse. The server keeps what it has evaluated of the last
 * prompt as far as the next one begins with the same bytes. So the prompt begins with what stays:
 * this prefix is built once an epoch.
 */
import type { Tool } from '../tools/tool.ts';
import { signature } from '../tools/tool.ts';

const INTRODUCTION =
  'You are Mini-Coding-Agent, a careful coding agent that works on one repository through tools.';

const RULES = [
  'Look with a tool instead of guessing what the repository holds.',
  'Every reply is exactly one tool call or exactly one final answer, inside its tags.',
  'A tool call: <tool>{"name":"tool_name","args":{...}}</tool>',
  'For text of several lines use the XML form: <tool name="write_file" path="file.py"><content>...</content></tool>',
  'A final answer: <final>what you did or found</final>',
  'Never write a tool result yourself: stop after the call and wait for it.',
  'Be brief and concrete.',
  'When it is clear which file to create or change, write or patch it; do not keep listing files.',
  'Read code before you write tests for it.',
  'Tests check the code as it is, unless the user asks for other behaviour.',
  'A new file is complete and runs as it stands, imports included.',
  'Do not repeat a call that did not help: try another tool, or answer.',
  'Required arguments are never left out or empty.',
];

const READ_ONLY_RULE =
  'You are a helper of another agent and may only read: do the task with the tools above and answer in words.';

export interface PrefixParts {
  tools: readonly Tool[];
  /** The section `Workspace:`. */
  workspace: string;
  readOnly: boolean;
}

/** The introduction, `Rules:`, `Tools:`, `Examples:` and `Workspace:`, a blank line between. */
export function buildPrefix({ tools, workspace, readOnly }: PrefixParts): string {
  return [
    INTRODUCTION,
    `Rules:\n${RULES.map((rule) => `- ${rule}`).join('\n')}`,
    `Tools:\n${tools.map(toolLine).join('\n')}`,
    ...(readOnly ? [READ_ONLY_RULE] : []),
    `Examples:\n${[...tools.map((tool) => tool.example), '<final>Done.</final>'].join('\n')}`,
    workspace,
  ].join('\n\n');
}

function toolLine(tool: Tool): string {
  const permission = tool.risky ? 'approval required' : 'safe';
  return `- ${signature(tool)} [${permission}] ${tool.description}`;
}
