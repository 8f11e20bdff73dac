/** What `/context` shows: how the next prompt fills the window, and what prompts have cost so far. */
import type { ContextWindow } from '../context/window.ts';
import { charsOf } from '../model/model.ts';
import type { CacheStats, ContextReport } from '../prompt/cache-stats.ts';
import { allTurns, type Prompt } from '../prompt/prompt.ts';
import type { Thinking } from './thinking.ts';

/** @param numPredict tokens kept free for the reply */
export function contextReport(
  prompt: Prompt,
  { window, stats }: { window: ContextWindow; stats: CacheStats },
  numPredict: number,
  thinking: Thinking,
): ContextReport {
  const turns = allTurns(prompt);
  const tokens = window.expect(turns);
  const chars = charsOf(turns);
  const share = (part: number) => Math.round((tokens * part) / chars);
  const memory = prompt.memory.length;
  return {
    numCtx: window.numCtx,
    numPredict,
    thought: thinking.room(thinking.next(false), window.numCtx),
    tokens: {
      system: share(prompt.system.length),
      examples: share(charsOf(prompt.examples)),
      memory: share(memory),
      conversation: share(charsOf(prompt.conversation) - memory),
    },
    reuse: stats.reuse,
  };
}
