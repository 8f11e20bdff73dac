/**
 * What a line says to a question that Enter alone answers with yes; undefined where it is neither
 * yes nor no, and may be a request.
 */
export function yesOrNo(line: string): boolean | undefined {
  switch (line.trim().toLowerCase()) {
    case '':
    case 'y':
    case 'yes':
      return true;
    case 'n':
    case 'no':
      return false;
    default:
      return undefined;
  }
}
