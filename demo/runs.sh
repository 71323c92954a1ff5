# The story with a real agent, which costs money: four runs at the same time, each in a worktree of its own. Read by demo.sh.

# Prints only the run's id.
start() { # title prompt
  printf '%s\n' "$2" | "$agentctl" start --project sample --profile "$agent" --title "$1"
}

title "Four runs at the same time ($agent)"
readme=$(start 'README' 'Write a README.md that says what greet.sh does and how to run its test, test.sh.') &&
  several=$(start 'Several people' 'Let greet.sh greet several people, one line per argument, and add test/several.sh.') &&
  shout=$(start 'Shout' 'Add shout.sh, which greets in capital letters, with a test in test/shout.sh.') &&
  changes=$(start 'Changes' 'Add a CHANGELOG.md with an entry for the next version. If no version is known, fail and ask for it.') || exit 1
for run in "$readme" "$several" "$shout" "$changes"; do
  echo "started $run  $("$agentctl" run get "$run" --field run.prompt | head -1)"
done
"$agentctl" tail --follow --limit 1 2>/dev/null &
follower=$!

waited=0
for run in "$readme" "$several" "$shout" "$changes"; do
  "$agentctl" wait "$run" -q --field status >/dev/null || waited=$?
done

title 'One that lacked something is told, and goes on with the same conversation in the same worktree'
again=$(echo 'The next version is 0.2.0. Go on.' | "$agentctl" resume --parent-run-id "$changes") || exit 1
echo "started $again"
"$agentctl" wait "$again" -q --field status >/dev/null || waited=$?
kill "$follower" 2>/dev/null
wait "$follower" 2>/dev/null
follower=''

title 'Runs: id, status, project, profile, goal_met, exit, parent, title'
"$agentctl" runs

title 'What changed'
for run in "$readme" "$several" "$shout" "$again"; do
  echo "--- $run: $("$agentctl" show "$run" --field summary)"
  "$agentctl" run diff "$run"
done
[ $waited -eq 0 ] || fail "a run did not succeed (exit code $waited)."
