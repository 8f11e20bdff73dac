/** Whitespace made visible: a long run of it could push what follows out of sight. */

const SPACE = '[^\\S\\n]|[\\u115f\\u1160\\u2800\\u3164\\uffa0]';
/** An indentation may be longer than a run within a line. */
const LONG_RUN = new RegExp(
  `(?:(?:${SPACE})*\\n){4,}|(?<!^|\\n|${SPACE})(?:${SPACE}){20,}|(?:${SPACE}){80,}`,
  'g',
);
const ALL_SPACE = new RegExp(`^(?:${SPACE})*$`);

/** Replaces each long run of whitespace with its number of characters or newlines. */
export function withVisibleWhitespace(text: string): string {
  return text.replace(LONG_RUN, (run) => {
    const newlines = run.split('\n').length - 1;
    return newlines > 0 ? `\n[${newlines} newlines]\n` : ` [${run.length} whitespace characters] `;
  });
}

/** Whether nothing on a line can be seen. */
export function isBlank(line: string): boolean {
  return ALL_SPACE.test(line);
}
