/** What the model is doing, in one line. */

/** What is going on and for how long, and how much of it where there is room. */
export function progressLine(what: string, size: string, seconds: number, columns: number): string {
  const line = `${what} · ${seconds} s`;
  return line.length + size.length + 3 <= columns ? `${line} · ${size}` : line;
}

/** An estimated number of tokens. */
export function roughTokens(count: number): string {
  return `~${count < 1000 ? count : `${(count / 1000).toFixed(1)}k`} tokens`;
}
