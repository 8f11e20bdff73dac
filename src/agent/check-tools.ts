/** Rejects a library user's tools that cannot work, before a model meets them. */
import { parseReply } from '../reply/parse.ts';
import { ToolError } from '../tools/tool-error.ts';
import type { Tool } from '../tools/tool.ts';

/** Names that replies use for something else: tags of the protocol, and the tool that is added. */
const TAKEN: readonly string[] = ['tool', 'final', 'delegate'];

/** @throws TypeError that names the first tool that cannot work, and says why */
export function checkTools(tools: readonly Tool[]): void {
  const names = new Set<string>();
  for (const tool of tools) {
    if (typeof tool?.prepare !== 'function') {
      throw new TypeError('A tool must be made with defineTool.');
    }
    const { name } = tool;
    if (!/^[a-z]\w*$/i.test(name)) {
      throw new TypeError(`The tool name "${name}" must be a letter, then letters, digits or _.`);
    }
    if (TAKEN.includes(name.toLowerCase())) throw new TypeError(`No tool can be named ${name}.`);
    if (names.has(name)) throw new TypeError(`Two tools are named ${name}.`);
    names.add(name);
    if (typeof tool.example !== 'string') throw new TypeError(`The tool ${name} needs an example.`);
    const problem = problemOf(tool, new Map([[name, tool]]));
    if (problem !== undefined) {
      throw new TypeError(
        `The example of the tool ${name} must be a valid call of it: ${problem}.`,
      );
    }
  }
}

function problemOf(tool: Tool, shapes: ReadonlyMap<string, Tool>): string | undefined {
  const reply = parseReply(tool.example, shapes);
  if (reply.type === 'malformed') return reply.problem;
  if (reply.type !== 'call' || reply.name !== tool.name) return 'it calls something else';
  try {
    tool.prepare(reply.args);
    return undefined;
  } catch (error) {
    if (!(error instanceof ToolError)) throw error;
    return error.message;
  }
}
