/**
 * The library: an agent in your own program.
 *
 *     const agent = await createAgent({ root: '.', model: ollama('qwen3.5:4b') });
 *     for await (const event of agent.ask('why does the build fail?')) show(event);
 *     agent.close();
 */
export { clampedNumber, pathText, requiredText, wholeNumber } from './tools/arguments.ts';
export type { Agent } from './agent/agent.ts';
export { createAgent, type AgentOptions, type Permission } from './agent/create-agent.ts';
export type { AgentEvent } from './agent/events.ts';
export type { Counts, GenerateRequest, Generation, Model, Turn, Usage } from './model/model.ts';
export { ModelError, type ModelErrorKind } from './model/model-error.ts';
export type { Rendering, TemplatePieces } from './model/rendering.ts';
export type { PromptProgress } from './model/prompt-progress.ts';
export type { Think, ThoughtPiece } from './model/think.ts';
export { ollama, type OllamaOptions } from './model/ollama/ollama.ts';
export { openai, type OpenaiOptions } from './model/openai/openai.ts';
export { ScriptedModel, type ScriptedModelOptions, type ScriptedReply } from './model/scripted.ts';
export type { ContextReport } from './prompt/cache-stats.ts';
export type { FinalReason, SessionRecord, TranscriptEntry } from './records.ts';
export type { Session } from './session/session.ts';
export type { SessionState } from './session/state.ts';
export { SessionError } from './session/session-error.ts';
export { allTools as defaultTools } from './tools/index.ts';
export type { ApprovalRequest } from './tools/approval.ts';
export { SandboxError } from './tools/shell/sandbox.ts';
export type { ToolOutcome, ToolSummary } from './tools/outcome.ts';
export { ToolError } from './tools/tool-error.ts';
export {
  defineTool,
  type FileChange,
  type Tool,
  type ToolContext,
  type ToolDefinition,
} from './tools/tool.ts';
