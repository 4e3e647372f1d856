#!/usr/bin/env bash
# Starts an SSH agent for the steps that follow and gives it the key in SSH_KEY, which so lies in no file. The stack says
# dbha:agent: true. Without a key there is nothing to do: the stack has another one.
set -euo pipefail
[ -n "${SSH_KEY:-}" ] || exit 0
eval "$(ssh-agent -s)" >/dev/null
ssh-add -q - <<<"$SSH_KEY"
{
  echo "SSH_AUTH_SOCK=$SSH_AUTH_SOCK"
  echo "SSH_AGENT_PID=$SSH_AGENT_PID"
} >>"$GITHUB_ENV"
