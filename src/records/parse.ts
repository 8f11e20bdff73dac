/** Reads a line of a session's log, which may be damaged or from another version. */
import { recordSchema, type SessionRecord } from '../records.ts';

const knownTypes: ReadonlySet<string> = new Set(
  recordSchema.options.map((option) => option.shape.type.value),
);

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
  const record = recordSchema.safeParse(value);
  if (record.success) return record.data;
  const type: unknown =
    typeof value === 'object' && value !== null && 'type' in value ? value.type : undefined;
  return typeof type === 'string' && !knownTypes.has(type) ? 'unknown' : 'corrupt';
}
