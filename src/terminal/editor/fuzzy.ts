/** Which paths a person may mean who has typed a part of one. */

/** From the likeliest way to mean a path to the vaguest: where one finds any, no other is asked. */
const WAYS = [byNames, byPart, byLetters];
/** Fewer letters in order are in nearly every path. */
const LEAST_LETTERS = 3;

/** The files, and the folders as `src/agent/`, that may be meant; case never matters. */
export function meantBy(typed: string, files: readonly string[]): string[] {
  const wanted = typed.toLowerCase();
  for (const way of WAYS) {
    const paths = new Set(files.flatMap((file) => way(wanted, file) ?? []));
    if (paths.size > 0) return [...paths];
  }
  return [];
}

/** `agent/lo`: names of folders and file that follow each other begin so. The path up to the last. */
function byNames(wanted: string, file: string): string | undefined {
  const parts = wanted.split('/');
  const names = file.toLowerCase().split('/');
  const at = names.findIndex((_, first) =>
    parts.every((part, index) => names[first + index]?.startsWith(part)),
  );
  if (at === -1) return undefined;
  const shown = file.split('/').slice(0, at + parts.length);
  return shown.join('/') + (shown.length < names.length ? '/' : '');
}

function byPart(wanted: string, file: string): string | undefined {
  return file.toLowerCase().includes(wanted) ? file : undefined;
}

function byLetters(wanted: string, file: string): string | undefined {
  const letters = [...wanted];
  if (letters.length < LEAST_LETTERS) return undefined;
  let at = 0;
  for (const letter of file.toLowerCase()) if (letter === letters[at]) at++;
  return at === letters.length ? file : undefined;
}
