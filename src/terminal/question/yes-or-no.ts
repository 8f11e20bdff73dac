/** Reads the answer to a question that Enter answers with yes; undefined where it is neither. */
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
