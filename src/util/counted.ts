/** Numbers of things, as people say them. */

/** `0 steps`, `1 step`, `3 entries`. */
export function counted(count: number, one: string, several = `${one}s`): string {
  return `${count} ${count === 1 ? one : several}`;
}

/** How much was found: as `counted`, but `no matches`. */
export function found(count: number, one: string, several = `${one}s`): string {
  return count === 0 ? `no ${several}` : counted(count, one, several);
}
