/** Execa, which starts programs. */
import { lazy } from './lazy.ts';

/** Loads it at its first use: it takes longer than all that stands before the first prompt. */
export const loadExeca = lazy(() => import('execa'));
