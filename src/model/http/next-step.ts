/** What to do about a status that the server's own words hardly explain. */

/** A sentence for a person, with a space before it; empty where there is nothing to advise. */
export function nextStep(status: number | undefined = 0): string {
  if (status >= 500) return ' Try again; the log of the server may say more.';
  if (status !== 404 && status !== 405) return '';
  return ' Check --host: this may be another server, or have a path that should not be there.';
}
