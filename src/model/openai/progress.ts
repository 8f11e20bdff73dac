/** How far llama-server has come with a prompt: it tells with `return_progress`, others do not. */
import { count } from '../http/counts.ts';
import { fieldsOf } from '../http/json.ts';
import type { PromptProgress } from '../prompt-progress.ts';

/** What a part of the stream tells; undefined where it tells nothing, or nothing that can be. */
export function progressIn(part: object): PromptProgress | undefined {
  const told = fieldsOf(fieldsOf(part).get('prompt_progress'));
  const [total, cached, processed] = ['total', 'cache', 'processed'].map((name) =>
    count(told.get(name)),
  );
  if (total === undefined || cached === undefined || processed === undefined) return undefined;
  const prompt = { evaluated: processed - cached, total: total - cached };
  return prompt.evaluated >= 0 && prompt.evaluated <= prompt.total ? { prompt } : undefined;
}
