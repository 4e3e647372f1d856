#!/usr/bin/env bash
# drift-issue.sh STACK REPORT CODE: one issue for each stack that has drifted. CODE is how `dbha report --fail-on drift` ended:
# with 11 the issue is opened, or has its text replaced; with 0 it is closed.
set -euo pipefail
stack=$1 report=$2 code=$3
export TITLE="Drift of stack $stack"
label=drift
# shellcheck disable=SC2016 # jq's variable
own='.[] | select(.title == $ENV.TITLE) | .number'
numbers=$(gh issue list --repo "$GITHUB_REPOSITORY" --state open --label "$label" --limit 1000 --json number,title --jq "$own")
number=${numbers%%$'\n'*}
case $code in
11)
  if [ -n "$number" ]; then
    gh issue edit "$number" --repo "$GITHUB_REPOSITORY" --body-file "$report"
  else
    gh label create "$label" --repo "$GITHUB_REPOSITORY" --force --description "hosts have something that was not deployed"
    gh issue create --repo "$GITHUB_REPOSITORY" --title "$TITLE" --label "$label" --body-file "$report"
  fi
  ;;
0)
  [ -z "$number" ] || gh issue close "$number" --repo "$GITHUB_REPOSITORY" --comment "The drift is gone."
  ;;
*)
  echo "drift-issue.sh: code $code is neither 0 nor 11" >&2
  exit 1
  ;;
esac
