/** What the model is doing, in one line. */

/** What is going on and for how long, and how much of it where there is room. */
export function progressLine(what: string, size: string, seconds: number, columns: number): string {
  const line = `${what} · ${seconds} s`;
  return line.length + size.length + 3 <= columns ? `${line} · ${size}` : line;
}

/** An estimated number of tokens. */
export function roughTokens(count: number): string {
  return `${rough(count)} tokens`;
}

/** How much of a prompt the server has not evaluated before: `~300 of ~4.2k tokens are new`. */
export function newTokens(prompt: { newTokens: number; promptTokens: number }): string {
  const [part, whole] = [rough(prompt.newTokens), rough(prompt.promptTokens)];
  return part === whole ? `${whole} tokens` : `${part} of ${whole} tokens are new`;
}

function rough(count: number): string {
  return `~${count < 1000 ? count : `${(count / 1000).toFixed(1)}k`}`;
}
