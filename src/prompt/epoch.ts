/** How the model is called, and whether an epoch can continue with it. */
import { isDeepStrictEqual } from 'node:util';
import type { Rendering } from '../model/model.ts';
import type { EpochRecord, NewRecord } from '../records.ts';

/** How the model is called; another call setting needs a new epoch. */
export interface CallSettings {
  model: string;
  settings: EpochRecord['settings'];
  /** The context window in tokens. */
  numCtx: number;
  rendering: Rendering;
}

/** An epoch's record before it is written. */
export type NewEpoch = Extract<NewRecord, { type: 'epoch' }>;

/** Whether an epoch's prompts went to the same model in the same way. */
export function isSentAs(epoch: NewEpoch, { model, numCtx, rendering }: CallSettings): boolean {
  const { route, template, bos, think } = epoch;
  const isSame = isDeepStrictEqual(
    withoutGaps({ route, template, bos, think }),
    withoutGaps(rendering),
  );
  return isSame && epoch.model === model && epoch.num_ctx === numCtx;
}

/** The value as it comes back from a log, without undefined members. */
function withoutGaps(value: object): unknown {
  return JSON.parse(JSON.stringify(value));
}
