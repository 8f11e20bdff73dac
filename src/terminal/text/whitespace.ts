/** Blanks made visible: a long run of them could push what follows out of sight. */

const BLANK = '[^\\S\\n]|[\\u115f\\u1160\\u2800\\u3164\\uffa0]';
/** An indentation may be longer than a run inside of a line. */
const LONG_BLANK = new RegExp(
  `(?:(?:${BLANK})*\\n){4,}|(?<!^|\\n|${BLANK})(?:${BLANK}){20,}|(?:${BLANK}){80,}`,
  'g',
);
const ALL_BLANK = new RegExp(`^(?:${BLANK})*$`);

/** Puts the number of blanks or newlines in the place of each long run of them. */
export function withVisibleBlanks(text: string): string {
  return text.replace(LONG_BLANK, (run) => {
    const newlines = run.split('\n').length - 1;
    return newlines > 0 ? `\n[${newlines} newlines]\n` : ` [${run.length} blanks] `;
  });
}

/** Whether nothing of a line can be seen. */
export function isBlank(line: string): boolean {
  return ALL_BLANK.test(line);
}
