import picocolors from "picocolors";

/** Colours for a terminal; what goes to a file, a pipe or a CI log stays plain, so that scripts can read it. */
export const pc = picocolors.createColors(process.stdout.isTTY && process.env.NO_COLOR === undefined);
