/** Schemas for the arguments that tools have in common, and how an argument is shown. */
import * as z from 'zod';
import { once } from '../util/once.ts';

/** Text that is not empty. */
export const requiredText = once(() =>
  z.string().refine((text) => text.trim() !== '', { error: 'it must not be empty' }),
);

/**
 * A path. Whitespace around it comes from the layout of the call. A line end or a tab inside it comes
 * from a backslash in JSON, as in `"C:\new"`.
 */
export const pathText = once(() =>
  z
    .string()
    .trim()
    .min(1, { error: 'it must not be empty' })
    .refine((text) => !/\p{Cc}/u.test(text.replaceAll('\0', '')), {
      error: 'it contains a line end or another control character',
    })
    .refine((text) => text.isWellFormed(), { error: 'it contains an unpaired surrogate' }),
);

/** The path of a folder; an empty one and `None` mean the workspace root. */
export const folderText = once(() =>
  z.preprocess(
    (value) => (typeof value === 'string' && /^\s*(?:none|null)?\s*$/i.test(value) ? '.' : value),
    pathText(),
  ),
);

/**
 * A whole number within bounds. XML attributes arrive as text; an empty text is no zero.
 * @param unit what it counts: part of the message about a number out of bounds
 */
export const wholeNumber = (min: number, max: number, unit?: string) => {
  const it = unit === undefined ? 'it' : `it is in ${unit} and`;
  return z.preprocess(
    (value) =>
      typeof value === 'string' && /^\s*\d+(?:\.0+)?\s*$/.test(value) ? Number(value) : value,
    z
      .int({ error: 'it must be a whole number' })
      .min(min, { error: `${it} must be at least ${min}` })
      .max(max, { error: `${it} must be at most ${max}` }),
  );
};

/** As `wholeNumber`, but a number out of bounds is brought within them. */
export const clampedNumber = (min: number, max: number) =>
  z.preprocess(
    (value) => {
      const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
      return typeof number === 'number' ? Math.min(max, Math.max(min, number)) : number;
    },
    z.int({ error: 'it must be a whole number' }).min(min).max(max),
  );

/** An argument as a person is shown it, whatever a model has made of it. */
export function textOf(value: unknown): string {
  return typeof value === 'string' ? value : (JSON.stringify(value) ?? '');
}
