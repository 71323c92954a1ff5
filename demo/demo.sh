#!/bin/sh
# Several agents at work on one sample repository, each in a worktree of its own: one fails, is told more and goes on; one gives its
# work to two children, of which one asks.
# Everything lies in a folder of its own and is gone afterwards, unless --keep is given.
set -u

root=$(cd "$(dirname "$0")/.." && pwd -P) || exit 1
agentctl=$root/bin/agentctl
agent=demo keep=0

while [ $# -gt 0 ]; do
  case $1 in
    --agent) agent=${2-} && shift ;;
    --agent=*) agent=${1#*=} ;;
    --keep) keep=1 ;;
    *)
      echo "usage: ./run demo [--agent NAME] [--keep]" >&2
      exit 2
      ;;
  esac
  shift
done

place=$(mktemp -d "${TMPDIR:-/tmp}/agent-orchestrator-demo.XXXXXX") || exit 1
repository=$place/sample
# Nothing of the user's own daemon: another data folder, no address, no token from outside.
unset AGENTCTL_URL AGENTCTL_AUTH_TOKEN AGENTCTL_RUN_ID PORT AGENTD_AUTH_TOKEN AGENTD_AUTH_TOKENS
export AGENTD_DATA="$place/data"
# Agents call agentctl too.
export PATH="$root/bin:$PATH"
follower=''

finish() {
  code=$?
  trap - EXIT INT TERM
  [ -z "$follower" ] || { kill "$follower" && wait "$follower"; } 2>/dev/null
  if [ $keep -eq 1 ]; then
    echo
    echo "Kept: the daemon runs on, the repository is $repository."
    echo "  export AGENTD_DATA=$AGENTD_DATA; $agentctl runs; $agentctl daemon stop"
  else
    "$agentctl" daemon stop -q
    rm -rf "$place"
  fi
  exit $code
}
trap finish EXIT
trap 'exit 130' INT TERM

fail() {
  echo "demo: $*" >&2
  exit 1
}

title() { printf '\n== %s\n' "$*"; }

git_sample() { git -C "$repository" -c user.name=Demo -c user.email=demo@example.com -c commit.gpgsign=false "$@"; }

title 'A sample repository'
mkdir -p "$repository" "$AGENTD_DATA" || exit 1
chmod 700 "$AGENTD_DATA"
git init -q "$repository" && git_sample checkout -q -B main || fail 'git init failed.'
cat >"$repository/greet.sh" <<'EOF'
#!/bin/sh
echo "Hello, ${1:-world}!"
EOF
cat >"$repository/test.sh" <<'EOF'
[ "$(sh greet.sh Ada)" = 'Hello, Ada!' ] || exit 1
EOF
git_sample add -A && git_sample commit -q -m 'A program that greets' || fail 'git commit failed.'
git_sample log --oneline

if [ "$agent" = demo ]; then
  cat >"$AGENTD_DATA/config.yaml" <<EOF
profiles:
  demo:
    agent: command
    command: ["/bin/sh", "$root/demo/agent.sh"]
EOF
fi

title 'The daemon'
started=$("$agentctl" daemon start --port 0) || exit 1
echo "$started"
echo "The board: ${started%% *}/"
"$agentctl" add-project sample "$repository" -q --field project.path >/dev/null || exit 1

# Prints only the run's id.
start() { # title prompt
  printf '%s\n' "$2" | "$agentctl" start --project sample --profile "$agent" --title "$1"
}

title "Four runs at the same time ($agent)"
readme=$(start 'README' 'Write a README.md that says what greet.sh does and how to run its test, test.sh.') &&
  several=$(start 'Several people' 'Let greet.sh greet several people, one line per argument, and extend test.sh.') &&
  shout=$(start 'Shout' 'Add shout.sh, which greets in capital letters, with a test in test.sh.') &&
  changes=$(start 'Changes' 'Add a CHANGELOG.md with an entry for the next version. If no version is known, fail and ask for it.') || exit 1
for run in "$readme" "$several" "$shout" "$changes"; do
  echo "started $run  $("$agentctl" run get "$run" --field run.prompt | head -1)"
done
"$agentctl" tail --follow --limit 1 2>/dev/null &
follower=$!

waited=0
for run in "$readme" "$several" "$shout"; do
  "$agentctl" wait "$run" -q --field status >/dev/null || waited=$?
done
"$agentctl" wait "$changes" -q --field status >/dev/null
first=$?
[ "$agent" != demo ] || [ $first -eq 1 ] || fail "the run without a version number was to fail, but ended with exit code $first."

title 'The one that lacked something is told, and goes on with the same conversation in the same worktree'
again=$(echo 'The next version is 0.2.0. Go on.' | "$agentctl" resume --parent-run-id "$changes") || exit 1
echo "started $again"
"$agentctl" wait "$again" -q --field status >/dev/null || waited=$?
kill "$follower" 2>/dev/null
wait "$follower" 2>/dev/null
follower=''

if [ "$agent" = demo ]; then
  title 'A family: one run gives two children their tasks; one of them asks, and a person answers'
  lead=$(start 'Lead' 'Let two children add a LICENSE and an AUTHORS file.') || exit 1
  asked='' looks=0
  while [ -z "$asked" ] && [ $looks -lt 100 ]; do
    asked=$("$agentctl" request list -q --field requests.0.id 2>/dev/null) || asked=''
    looks=$((looks + 1))
    [ -n "$asked" ] || sleep 0.1
  done
  [ -n "$asked" ] || fail 'no child has asked.'
  echo "$("$agentctl" request show "$asked" --field request.text)  (run $("$agentctl" request show "$asked" --field request.run_id))"
  "$agentctl" approve "$asked" --text 'Yes, MIT.' --field request.state || exit 1
  "$agentctl" wait "$lead" -q --field status >/dev/null || waited=$?
  echo 'The parent heard, in this order:'
  "$agentctl" events tail --session-id "$("$agentctl" run get "$lead" --field run.session_id)" --field event_type |
    grep -E '^(session\.spawned|session\.child_|request\.)'
fi

title 'Runs: id, status, project, profile, goal_met, exit, parent, title'
"$agentctl" runs

title 'Commits'
git_sample log --graph --oneline --decorate --all --exclude='refs/agent-orchestrator/*' || git_sample branch -a

title 'What changed'
for run in "$readme" "$several" "$shout" "$again"; do
  echo "--- $run: $("$agentctl" show "$run" --field summary)"
  "$agentctl" run diff "$run"
done

[ $waited -eq 0 ] || fail "a run did not succeed (exit code $waited)."
title 'Done'
