/** Nanoseconds in each unit of Go's durations. */
const UNITS: Record<string, number> = { ns: 1, us: 1e3, ms: 1e6, s: 1e9, m: 60e9, h: 3600e9 };

/** Go's notation to nanoseconds. */
export function nanoseconds(text: string): number {
  const parts = text.matchAll(/(\d+(?:\.\d+)?)(ns|us|ms|s|m|h)/g);
  return Array.from(parts).reduce((sum, [, amount, unit]) => sum + Number(amount) * (UNITS[unit ?? ""] ?? 0), 0);
}

/** Nanoseconds to Go's notation, as Go prints them: `1m30s`, `1.5s`, `500ms`. */
export function durationText(value: number): string {
  if (value === 0) return "0s";
  if (value < 1e9) return value >= 1e6 ? `${value / 1e6}ms` : value >= 1e3 ? `${value / 1e3}µs` : `${value}ns`;
  const seconds = value / 1e9;
  const [hours, minutes] = [Math.floor(seconds / 3600), Math.floor((seconds % 3600) / 60)];
  const rest = `${Number((seconds % 60).toFixed(9))}s`;
  if (hours > 0) return `${hours}h${minutes}m${rest}`;
  return minutes > 0 ? `${minutes}m${rest}` : rest;
}
