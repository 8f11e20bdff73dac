/** Runs a tool as the gate does after approval. */
import type { Tool, ToolContext } from '../../src/tools/tool.ts';
import { never } from './workspace.ts';

/** Validates, checks and runs a call. Returns what the model is told. @throws what the tool throws */
export async function runTool(
  tool: Tool,
  context: ToolContext,
  args: Record<string, unknown> = {},
  signal: AbortSignal = never,
): Promise<string> {
  const call = tool.prepare(args);
  call.check(context);
  return (await call.run(context, signal)).text;
}
