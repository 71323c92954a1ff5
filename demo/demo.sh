#!/bin/sh
# Several agents at work on one sample repository, each in a worktree of its own, until their work is checked and merged (queue.sh).
# With --agent NAME a real agent does a smaller story (runs.sh).
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
    echo "  export AGENTD_DATA=$AGENTD_DATA; $agentctl open; $agentctl runs; $agentctl daemon stop"
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
mkdir "$repository/test"
cat >"$repository/greet.sh" <<'EOF'
#!/bin/sh
[ $# -gt 0 ] || set -- world
echo "Hello, $1!"
EOF
cat >"$repository/test.sh" <<'EOF'
#!/bin/sh
# Every file in test/ is a test.
for test in test/*.sh; do
  sh -e "$test" || { echo "$test fails"; exit 1; }
done
EOF
echo '[ "$(sh greet.sh Ada)" = "Hello, Ada!" ]' >"$repository/test/greet.sh"
echo 0.2.0 >"$repository/VERSION"
git_sample add -A && git_sample commit -q -m 'A program that greets' || fail 'git commit failed.'
git_sample log --oneline

if [ "$agent" = demo ]; then
  cat >"$AGENTD_DATA/config.yaml" <<EOF
profiles:
  demo: {agent: command, command: [/bin/sh, "$root/demo/agent.sh", author], escalates_to: expert}
  expert: {agent: command, command: [/bin/sh, "$root/demo/agent.sh", expert]}
  reviewer: {agent: command, command: [/bin/sh, "$root/demo/agent.sh", reviewer]}
projects:
  sample:
    path: "$repository"
    verify: [[sh, test.sh]]
    auto_run: true
    max_parallel: 4
    profiles: {code: demo, review: reviewer}
    deliver: merge
    update_checkout: true
EOF
fi

title 'The daemon'
started=$("$agentctl" daemon start --port 0) || exit 1
echo "$started"
echo "The board: ${started%% *}/"
if [ "$agent" = demo ]; then
  . "$root/demo/queue.sh"
else
  "$agentctl" add-project sample "$repository" -q --field project.path >/dev/null || exit 1
  . "$root/demo/runs.sh"
fi
title 'Done'
