/** A backup whose failure is an answer, for those who have something to do before they fail. */
export const attempt = String.raw`
attempt() {
  answering=failed_attempt
  backup
}

# When the last one failed lies beside the backups for good: whoever tries again knows by it that it is another attempt.
failed_attempt() {
  printf '%s %s\n' "$(date -u +%Y-%m-%dT%H:%M:%SZ)" "$1" >"$directory/$name-failed-backup.txt" 2>/dev/null || true
  printf '{"problem":"%s"}\n' "$(in_json "$1")"
}
`;
