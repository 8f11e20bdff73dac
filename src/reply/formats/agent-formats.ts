/** Rows of the table of formats: what the prompts of other agents have taught models. */
import { CODE_STEP, readCodeStep, readShellBlock, SHELL_BLOCK } from './code-blocks.ts';
import type { Dialect } from './dialect.ts';
import {
  APPLY_PATCH,
  readApplyPatch,
  readSearchBlock,
  readUnifiedDiff,
  SEARCH_BLOCK,
  UNIFIED_DIFF,
} from './patches.ts';
import { ACTION, readAction } from './react.ts';

/** The formats of other agents, in the order in which they are tried. */
export const AGENT_FORMATS: readonly Dialect[] = [
  {
    models: 'ReAct: LangChain, LlamaIndex, CrewAI, Qwen-Agent',
    looks: 'Action: read_file\nAction Input: {"path": "a"}',
    opening: ACTION,
    read: readAction,
  },
  {
    models: 'aider and what learned from it',
    looks: 'a.py\n<<<<<<< SEARCH\nold line\n=======\nnew line\n>>>>>>> REPLACE',
    opening: SEARCH_BLOCK,
    read: readSearchBlock,
  },
  {
    models: 'any: a unified diff of one hunk that is the whole reply',
    looks: '--- a/a.py\n+++ b/a.py\n@@ -1 +1 @@\n-old line\n+new line',
    opening: UNIFIED_DIFF,
    read: readUnifiedDiff,
  },
  {
    models: 'Codex',
    looks: '*** Begin Patch\n*** Update File: a.py\n@@\n-old line\n+new line\n*** End Patch',
    opening: APPLY_PATCH,
    read: readApplyPatch,
  },
  {
    models: 'mini-swe-agent, SWE-agent; any that answers with commands alone: asked for again',
    looks: '```bash\nls\n```',
    opening: SHELL_BLOCK,
    begun: null,
    read: readShellBlock,
  },
  {
    models: 'smolagents: asked for again',
    looks: 'Code:\n```py\nread_file(path="a")\n```<end_code>',
    opening: CODE_STEP,
    begun: null,
    read: readCodeStep,
  },
];
