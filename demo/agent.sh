#!/bin/sh
# A scripted agent: reads the prompt on standard input, works on the sample repository in the folder it is started in, says
# what it does as lines of JSON, and ends with its result. It needs one thing it is not told at first, so it fails once.
set -eu

prompt=$(cat)

say() { printf '{"agentctl":{"type":"message","text":"%s"}}\n' "$1"; }
tool() { printf '{"agentctl":{"type":"tool_call","id":"%s","name":"shell","input":{"command":"%s"}}}\n' "$1" "$2"; }
returned() { printf '{"agentctl":{"type":"tool_result","id":"%s","exit_code":%s,"output":""}}\n' "$1" "$2"; }
result() { printf '{"goal_met":%s,"summary":"%s"}\n' "$1" "$2"; }

# Runs the sample's own test the way an agent would, and reports it.
check() {
  tool check 'sh test.sh'
  if sh test.sh >&2; then
    returned check 0
  else
    returned check 1
    result false 'The test of the sample fails.'
    exit 1
  fi
}

# Gives two children a task each and waits for both; what a child asks is a person's to answer.
lead() {
  license=$(agentctl tool session-spawn --title License --task 'Child: add a LICENSE file.' --field run.id)
  authors=$(agentctl tool session-spawn --title Authors --task 'Child: add an AUTHORS file.' --field run.id)
  say "Two children are at work: $license and $authors."
  for child in "$license" "$authors"; do
    agentctl tool session-wait --run-id "$child" --field run.status >&2
  done
  result true 'Both children have done their part.'
}

case $prompt in
  *'two children'*)
    lead
    exit
    ;;
  'Child: add a LICENSE'*)
    answer=$(agentctl tool session-reply-parent --request-kind approval_request --wait --field request.answer.text \
      --text 'May I put the sample under the MIT license?')
    say "I was answered: $answer"
    echo 'MIT' >LICENSE
    result true 'Added the license that was agreed upon.'
    exit
    ;;
  'Child: '*)
    echo 'Ada' >AUTHORS
    result true 'Added the file of authors.'
    exit
    ;;
esac

say 'I look at the repository first.'
tool look 'ls'
ls >&2
returned look 0
sleep 1

case $prompt in
  *README*)
    cat >README.md <<'EOF'
# greet

`sh greet.sh NAME` prints a greeting. `sh test.sh` tests it.
EOF
    sleep 2
    check
    result true 'Wrote a README that says what greet.sh does and how to test it.'
    ;;
  *several*)
    cat >greet.sh <<'EOF'
#!/bin/sh
# Greets everybody who is named, one line each.
[ $# -gt 0 ] || set -- world
for name in "$@"; do
  echo "Hello, $name!"
done
EOF
    say 'greet.sh takes several names now; I extend its test.'
    cat >>test.sh <<'EOF'
[ "$(sh greet.sh Ada Alan | wc -l)" -eq 2 ] || exit 1
EOF
    sleep 3
    check
    result true 'greet.sh greets several people, one line each, and the test covers it.'
    ;;
  *shout*)
    cat >shout.sh <<'EOF'
#!/bin/sh
# Greets in capital letters.
sh "$(dirname "$0")/greet.sh" "$@" | tr '[:lower:]' '[:upper:]'
EOF
    echo '[ "$(sh shout.sh Ada)" = "HELLO, ADA!" ] || exit 1' >>test.sh
    sleep 2
    check
    result true 'Added shout.sh and a test for it.'
    ;;
  *0.2.0*)
    printf '# Changes\n\n## 0.2.0\n\n- Greets several people.\n' >CHANGELOG.md
    sleep 1
    check
    result true 'Wrote the entry for 0.2.0.'
    ;;
  *CHANGELOG*)
    say 'The prompt names no version, and the repository has none.'
    sleep 1
    echo 'No version number is known: say which one is next.' >&2
    exit 1
    ;;
  *)
    result false 'This scripted agent does not know that task.'
    ;;
esac
