/** How wide a text is. Right for text that is escaped already. */
import stringWidth from 'string-width';

/** Text whose characters each take one column. */
export const ASCII = /^[ -~]*$/;

/** The width of one line in columns. Text in ASCII needs none of Unicode's rules, which load slowly. */
export function columnsIn(line: string): number {
  return ASCII.test(line) ? line.length : stringWidth(line);
}
