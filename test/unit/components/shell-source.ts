import type { ShellLibrary } from "../../../components/shell-library";

/** A script with the variables of a rendered one, and all functions as they were written, with what their comments say to shellcheck. */
export function asWritten(script: string, library: ShellLibrary): string {
  return `#!/bin/sh\n${variablesOf(script)}${library.source}\n"$1" </dev/null\n`;
}

/** The variables that a rendered script begins with. */
export const variablesOf = (script: string): string => script.slice(0, script.indexOf("set +aefuvxC"));
