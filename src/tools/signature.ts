/** How the prompt shows a tool. */
import * as z from 'zod';
import type { Tool } from './tool.ts';

/** The signature for the prompt, from the schema: `read_file(path: str, start: int=1)`. */
export function signature(tool: Tool): string {
  const args = Object.entries(tool.schema.shape).map(
    ([name, schema]) => `${name}: ${kindOf(schema)}`,
  );
  return `${tool.name}(${args.join(', ')})`;
}

/** Read off the schema itself: z.toJSONSchema would add 10 ms to every start. */
function kindOf(schema: z.core.$ZodType): string {
  if (schema instanceof z.ZodDefault) {
    const value: unknown = schema.def.defaultValue;
    const shown = typeof value === 'string' ? `'${value}'` : String(value);
    return `${kindOf(schema.def.innerType)}=${shown}`;
  }
  if (schema instanceof z.ZodOptional) return `${kindOf(schema.def.innerType)}=''`;
  if (schema instanceof z.ZodPipe) return kindOf(schema.def.out);
  return schema instanceof z.ZodNumber ? 'int' : 'str';
}
