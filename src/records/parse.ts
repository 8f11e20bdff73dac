/** Reads a line of a session's log, which may be damaged or from another version. */
import { recordSchema, type SessionRecord } from '../records.ts';

/**
 * Reads one line of a log. `unknown` is a record of a type that this version does not know: it stays
 * in the file and is skipped. `corrupt` is a line that is not a record.
 */
export function parseRecord(line: string): SessionRecord | 'unknown' | 'corrupt' {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    return 'corrupt';
  }
  const record = recordSchema().safeParse(value);
  if (record.success) return record.data;
  const type: unknown =
    typeof value === 'object' && value !== null && 'type' in value ? value.type : undefined;
  const isKnown = recordSchema().options.some((option) => option.shape.type.value === type);
  return typeof type === 'string' && !isKnown ? 'unknown' : 'corrupt';
}
