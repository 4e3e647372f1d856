import { isatty } from "node:tty";
import picocolors from "picocolors";

/** Colours for a terminal; what goes to a file, a pipe or a CI log stays plain, so that scripts can read it. */
export const pc = picocolors.createColors(isatty(process.stdout.fd) && process.env.NO_COLOR === undefined);
