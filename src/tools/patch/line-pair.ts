/** Lines as they are compared: those of old_text beside those of the file. */

/** A line of old_text and the line of the file that it matched. */
export interface LinePair {
  old: string;
  file: string;
}

/** The spaces and tabs at the start of a line; all of it if there is nothing else. */
export function indentOf(line: string): string {
  return /^[ \t]*/.exec(line)?.[0] ?? '';
}

/** Whether a line has nothing but whitespace. */
export const isBlank = (line: string): boolean => line.trim() === '';
