/**
 * The tasks, in two halves: those of `first/`, and those of `second/`, for other repositories. The
 * second half was written after the parts of the program that the tasks measure were done, by someone
 * who had not read their code. Both halves were written without a look at the examples of the prompt,
 * the first before a task had been tried with a model. Nothing in the program may be tuned to a task.
 */
import { create as create1 } from './first/create.ts';
import { edit as edit1 } from './first/edit.ts';
import { find as find1 } from './first/find.ts';
import { fix as fix1 } from './first/fix.ts';
import { read as read1 } from './first/read.ts';
import { run as run1 } from './first/run.ts';
import { create as create2 } from './second/create.ts';
import { edit as edit2 } from './second/edit.ts';
import { find as find2 } from './second/find.ts';
import { fix as fix2 } from './second/fix.ts';
import { read as read2 } from './second/read.ts';
import { run as run2 } from './second/run.ts';
import type { Task } from './task.ts';

/** The first thirty. */
export const first: readonly Task[] = [find1, read1, create1, edit1, fix1, run1].flat();

/** The other thirty. */
export const second: readonly Task[] = [find2, read2, create2, edit2, fix2, run2].flat();

/** All of them. */
export const tasks: readonly Task[] = [...first, ...second];
