#!/bin/sh
# A scripted agent: reads the prompt on standard input, works on the sample repository in the folder it is started in, says what it does
# as lines of JSON, and ends with its result. $1: what it is, 'author', 'expert' or 'reviewer'.
set -eu

prompt=$(cat)
role=${1:-author}

say() { printf '{"agentctl":{"type":"message","text":"%s"}}\n' "$1"; }
result() { printf '{"goal_met":%s,"summary":"%s"}\n' "$1" "$2"; }

# Keeps both sides of every conflict.
keep_both() {
  for file in $(grep -l '^<<<<<<< ' ./*.md); do
    sed -e '/^<<<<<<< /d' -e '/^=======$/d' -e '/^>>>>>>> /d' "$file" >"$file.both" && mv "$file.both" "$file"
  done
}

# A command in a file of its own, with its test, and a line in the file that names them all.
command_file() { # name, tr's sets, expected
  cat >"$1.sh" <<END
#!/bin/sh
sh "\$(dirname "\$0")/greet.sh" \$@ | tr '$2' '$3'
END
  echo "[ \"\$(sh $1.sh Ada)\" = '$4' ]" >"test/$1.sh"
  echo "- $1.sh" >>MORE.md
}

if [ "$role" = reviewer ]; then
  if grep -q 'greet.sh" \$@' shout.sh; then
    tr -d '\n' <<'END'
{"verdict":"changes","summary":"One defect.","findings":[{"severity":"high","file":"shout.sh","line":2,"end_line":null,
"title":"A name with a blank is torn apart","detail":"$@ is not quoted.","suggestion":"Write \"$@\"."}]}
END
  else
    printf '%s\n' '{"verdict":"accept","summary":"Names stay whole.","findings":[]}'
  fi
  exit
fi

say 'I look at the repository first.'
sleep 1

case $prompt in
  *'does not go together'*)
    keep_both
    result true 'Both lines are kept.'
    ;;
  *'torn apart'*)
    sed 's/ \$@ / "$@" /' shout.sh >shout.new && mv shout.new shout.sh
    result true 'Names with blanks stay whole.'
    ;;
  *'Greet several people'*)
    cat >greet.sh <<'END'
#!/bin/sh
# Greets everybody who is named, one line each.
[ $# -gt 0 ] || set -- world
for name in "$@"; do
  echo "Hello, $name!"
done
END
    echo '[ "$(sh greet.sh Ada Alan | wc -l)" -eq 2 ]' >test/several.sh
    sleep 1
    result true 'greet.sh greets several people, one line each.'
    ;;
  *'Be polite to nobody'*)
    sed 's/-- world/-- "dear world"/' greet.sh >greet.new && mv greet.new greet.sh
    echo '[ "$(sh greet.sh)" = "Hello, dear world!" ]' >test/nobody.sh
    result true 'Nobody is greeted politely.'
    ;;
  *'Write a README'*)
    printf '# greet\n\n`sh greet.sh NAME…` prints a greeting for each name. `sh test.sh` tests it.\n' >README.md
    result true 'The README says what greet.sh does and how to test it.'
    ;;
  *'Choose a license'*)
    echo MIT >LICENSE
    result true 'MIT.'
    ;;
  *'capital letters'*)
    command_file shout '[:lower:]' '[:upper:]' 'HELLO, ADA!'
    result true 'Added shout.sh and its test.'
    ;;
  *'small letters'*)
    command_file whisper '[:upper:]' '[:lower:]' 'hello, ada!'
    result true 'Added whisper.sh and its test.'
    ;;
  *'Write a changelog'*)
    if [ "$role" = author ]; then
      result false 'I do not find which version is the next one.'
      exit
    fi
    printf '# Changes\n\n## %s\n\n- Greets several people, and in capital letters.\n' "$(cat VERSION)" >CHANGELOG.md
    result true 'The version stands in VERSION.'
    ;;
  *'List all commands'*)
    ls ./*.sh | sed 's|^\./|- |' >COMMANDS.md
    result true 'COMMANDS.md lists them all.'
    ;;
  *)
    result false 'This scripted agent does not know that task.'
    ;;
esac
