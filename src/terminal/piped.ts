/** Standard input as a whole, for a request that is piped in. */

/** More than any context window holds. */
const MAX_PIPED_CHARS = 4_000_000;

/** All that is piped in, nothing when a signal cuts it off, or undefined when it is too much. */
export async function readPiped(stdin: NodeJS.ReadStream): Promise<string | undefined> {
  let text = '';
  try {
    for await (const chunk of stdin.setEncoding('utf8')) {
      text += chunk as string;
      if (text.length > MAX_PIPED_CHARS) break;
    }
  } catch (error) {
    if (!stdin.destroyed) throw error;
  }
  return text.length > MAX_PIPED_CHARS ? undefined : text;
}
