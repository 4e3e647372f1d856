import { script, sh } from "./script";

/** Starts, stops or restarts a unit that is there, and says what systemd calls its state then. */
export const commandUnit = script(
  "command-unit",
  ["unit", "action"],
  sh`
if ! why=$(systemctl "$action" -- "$unit" 2>&1); then
  printf '%s\n' "$why" >&2
  fail "systemctl $action $unit failed" "see journalctl -u $unit on the host; then run it again"
fi
say state "$(systemctl is-active -- "$unit" || :)"
`,
);
