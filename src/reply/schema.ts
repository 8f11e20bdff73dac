/** Replies as JSON Schema, to constrain a model that does not manage the tags. */
import * as z from 'zod';

/**
 * The JSON Schema of one tool call, `{"name", "args"}`, or one answer, `{"final": "text"}`. It has
 * only what the server's grammars know; an argument with a default is optional.
 */
export function replySchema(
  tools: readonly { name: string; schema: z.ZodObject }[],
): Record<string, unknown> {
  const calls = tools.map(({ name, schema }) =>
    objectOf({ name: { const: name }, args: argsSchema(schema) }),
  );
  return { anyOf: [...calls, objectOf({ final: { type: 'string' } })] };
}

function argsSchema(schema: z.ZodObject): Record<string, unknown> {
  const { properties = {} } = z.toJSONSchema(schema);
  const required = Object.entries(properties)
    .filter(([, property]) => typeof property === 'object' && !('default' in property))
    .map(([name]) => name);
  return { ...objectOf(properties), required };
}

function objectOf(properties: Record<string, unknown>): Record<string, unknown> {
  const required = Object.keys(properties);
  return { type: 'object', properties, required, additionalProperties: false };
}
