/** Numbers and times, as people read them. */

/** `12,345`; a number that no count can be is short all the same. */
export function number(value: number): string {
  if (Math.abs(value) >= 1e12) return value.toExponential(0);
  return String(Math.round(value)).replace(/\B(?=(?:\d{3})+$)/g, ',');
}

/** Milliseconds: `40 ms`, `0.25 s`, `4.2 s`, `3 min 20 s`, `1 h 5 min`. */
export function time(ms: number): string {
  if (ms < 99.5) return `${Math.round(ms)} ms`;
  const seconds = ms / 1000;
  if (seconds < 0.995) return `${seconds.toFixed(2)} s`;
  if (seconds < 59.95) return `${seconds.toFixed(1)} s`;
  const whole = Math.round(seconds);
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${whole % 60} s`;
  return `${number(Math.floor(whole / 3600))} h ${Math.floor((whole % 3600) / 60)} min`;
}

/** Milliseconds between two moments in ISO 8601; undefined unless both are, in this order. */
export function msBetween(from: string | undefined, to: string): number | undefined {
  const ms = Date.parse(to) - Date.parse(from ?? '');
  return ms >= 0 ? ms : undefined;
}
