import { records } from "./records";
import { script, sh } from "./script";

/** Notes one line of text about a key; what was noted before is gone. */
export const noteUnderWay = script(
  "note-under-way",
  ["key", "text"],
  records +
    sh`
must_note "$key" "$text"
say noted 1
`,
);

/** Says the text that is noted about a key; nothing when there is none. */
export const readUnderWay = script(
  "read-under-way",
  ["key"],
  records +
    sh`
say text "$(noted "$key" 1)"
`,
);

/** Forgets what is noted about a key. */
export const forgetUnderWay = script(
  "forget-under-way",
  ["key"],
  records +
    sh`
forget "$key"
say noted 0
`,
);
