# The whole story with scripted agents: eight items become work that was checked, reviewed and merged. Read by demo.sh.

# Prints only the item's id.
add() { # title, number of reviewers, further arguments
  name=$1 reviewers=$2
  shift 2
  "$agentctl" add "$name" --project sample --reviews "$reviewers" "$@" | grep -oE '[0-9a-f]{16}'
}

field() { "$agentctl" get "$1" --field "$2"; } # item path

title 'Eight items: two depend on others, two want the same file, one is to be reviewed'
several=$(add 'Greet several people' 0 --writes greet.sh,test/several.sh) &&
  polite=$(add 'Be polite to nobody' 0 --writes greet.sh,test/nobody.sh) &&
  readme=$(add 'Write a README' 0 --writes README.md) &&
  license=$(add 'Choose a license' 0 --writes LICENSE) &&
  shout=$(add 'Greet in capital letters' 1) &&
  whisper=$(add 'Greet in small letters' 0) &&
  changes=$(add 'Write a changelog' 0 --writes CHANGELOG.md --blocked-by "$several,$shout") &&
  list=$(add 'List all commands' 0 --writes COMMANDS.md --blocked-by "$shout,$whisper,$readme") || exit 1
"$agentctl" list --no-color
items="$several $polite $readme $license $shout $whisper $changes $list"

title 'All of them may start; four at a time do'
"$agentctl" project ready sample -q >/dev/null || exit 1
why=''
# What has moved since the last look, and the reason why one waits, once.
seen=$place/seen
fields='s/^"id":"[0-9a-f]*","number":[0-9]*,"title":"\([^"]*\)".*"status":"\([a-z_]*\)".*"attempts":\([0-9]*\).*/\2|\1|\3/p'
: >"$seen"
looks=0
while [ $looks -lt 240 ]; do
  "$agentctl" list --project sample --format json >"$place/list.json" || exit 1
  tr '{' '\n' <"$place/list.json" | sed -n "$fields" >"$place/now"
  while IFS='|' read -r status name attempts; do
    line="$status|$name|$attempts"
    grep -qxF "$line" "$seen" && continue
    echo "$line" >>"$seen"
    case $status in
      in_flight) printf '  %-10s %s, attempt %s\n' 'at work' "$name" "$attempts" ;;
      ready | inbox) ;;
      *) printf '  %-10s %s\n' "$status" "$name" ;;
    esac
  done <"$place/now"
  if [ -z "$why" ] && [ "$(field "$polite" status)" = ready ]; then
    why=$("$agentctl" why "$polite" --field causes.0.text 2>/dev/null) && [ -n "$why" ] &&
      printf '  %-10s %s: %s\n' 'waits' 'Be polite to nobody' "$why"
  fi
  grep -vq '^done|' "$place/now" || break
  grep -q '^blocked|' "$place/now" && fail "an item is blocked: $("$agentctl" list --status blocked --no-color)"
  looks=$((looks + 1))
  sleep 0.25
done
grep -vq '^done|' "$place/now" && fail "not all items are done: $("$agentctl" list --no-color)"

title 'What was delivered, and on what evidence'
for item in $items; do
  run=$(field "$item" run_id)
  commit=$(field "$item" delivery.commit | cut -c1-8)
  check=$("$agentctl" run checks "$run" --format json | grep -o '"summary":"[^"]*"' | head -1 | cut -d'"' -f4)
  printf '%s  %-26s attempts %s  check: %s\n' "$commit" "$(field "$item" title)" "$(field "$item" attempts)" "$check"
done
echo
profile=$("$agentctl" run get "$(field "$changes" run_id)" --field run.profile)
finding=$("$agentctl" review "$shout" --format json | grep -o '"title":"[^"]*"' | grep -v 'Greet' | head -1 | cut -d'"' -f4)
collided=$("$agentctl" delivery list --format json | grep -o '"state":"conflict"' | wc -l | tr -d ' ')
[ "$profile" = expert ] || fail "'Write a changelog' was to be escalated, but was done by '$profile'."
[ -n "$finding" ] || fail "'Greet in capital letters' was to have a finding."
echo "escalated:  'Write a changelog' went to $profile, which knew where to look"
echo "reviewed:   'Greet in capital letters': $finding; mended, and reviewed again"
echo "conflict:   $collided delivery did not fit and was given back, with both intents"

title 'main, as git has it'
git_sample log --first-parent --oneline --no-decorate main
title "The sample's own tests on main"
(cd "$repository" && sh test.sh) || fail "the sample's tests fail on main."
echo "all $(ls "$repository/test" | wc -l | tr -d ' ') pass"
