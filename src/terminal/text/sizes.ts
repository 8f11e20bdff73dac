/** Sizes and times, short and readable. */

const UNITS = ['B', 'kB', 'MB', 'GB', 'TB'];

/** A number of bytes in decimal units: `3.4 GB`. */
export function formatBytes(bytes: number): string {
  const unit = unitOf(bytes);
  return `${inUnit(bytes, unit)} ${UNITS[unit]}`;
}

/** A part and the whole, in the unit of the whole: `1.2/3.4 GB`. */
export function formatShare(part: number, whole: number): string {
  const unit = unitOf(whole);
  return `${inUnit(part, unit)}/${inUnit(whole, unit)} ${UNITS[unit]}`;
}

/** A time in milliseconds, shown in seconds: `4.2 s`. */
export function formatSeconds(ms: number): string {
  return `${(ms / 1000).toFixed(1)} s`;
}

/** A time in seconds: `45 s`, `3 min`, `1 h 5 min`. */
export function formatDuration(seconds: number): string {
  if (seconds < 60) return `${Math.ceil(seconds)} s`;
  const minutes = Math.ceil(seconds / 60);
  if (minutes < 60) return `${minutes} min`;
  if (minutes < 24 * 60) return `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
  return 'days';
}

function unitOf(bytes: number): number {
  const thousands = Math.floor(Math.log10(Math.max(1, bytes)) / 3);
  return Math.min(thousands, UNITS.length - 1);
}

/** At least two digits where there are any: `3.4`, `34`. */
function inUnit(bytes: number, unit: number): string {
  const value = bytes / 1000 ** unit;
  return unit > 0 && value < 9.95 ? value.toFixed(1) : value.toFixed(0);
}
