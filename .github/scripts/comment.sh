#!/usr/bin/env bash
# comment.sh STACK REPORT: puts a report on PULL_REQUEST. A stack has one comment, which every later report takes the place of.
set -euo pipefail
stack=$1 report=$2
if [ ! -s "$report" ]; then
  echo "there is no report; the step before says why"
  exit 0
fi
export MARK="<!-- dbha report: $stack -->"
body=$(mktemp)
trap 'rm -f "$body"' EXIT
{
  echo "$MARK"
  cat "$report"
} >"$body"
issues="repos/$GITHUB_REPOSITORY/issues"
# shellcheck disable=SC2016 # jq's variable
own='.[] | select(.user.login == "github-actions[bot]" and (.body | startswith($ENV.MARK))) | .id'
ids=$(gh api --paginate "$issues/$PULL_REQUEST/comments" --jq "$own")
id=${ids%%$'\n'*}
if [ -n "$id" ]; then
  gh api --silent --method PATCH "$issues/comments/$id" --field "body=@$body"
else
  gh api --silent --method POST "$issues/$PULL_REQUEST/comments" --field "body=@$body"
fi
