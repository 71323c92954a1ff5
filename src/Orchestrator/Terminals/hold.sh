# Holds one run: starts the agent in the foreground and writes down how it ended. The daemon may die at any moment; nothing here
# asks it. Only builtins: the agent's PATH may be empty, and a fork costs more than all the rest.
# Names start with __hold_ so that no variable of the agent's environment is touched.
__hold_fence=$1 __hold_dir=$2 __hold_cwd=$3 __hold_boot=$4 __hold_keeper=
shift 4

# exit was filled with blanks beforehand and is overwritten in place, so a full disk does not lose the exit code. Complete when it has
# a newline: one write.
__hold_end() {
  trap '' INT TERM HUP QUIT USR1 USR2 ALRM
  [ -z "$__hold_keeper" ] || kill "$__hold_keeper" 2> /dev/null
  printf '%s\n' "$1" 1<> "$__hold_dir/exit"
  exit 0
}

# Whoever creates the fence file first wins: this start, or the daemon that revokes it. (`true`, because a failed
# redirection of a special builtin such as `:` ends the shell.)
set -C
true > "$__hold_dir/fence-$__hold_fence" || exit 3
set +C

trap : INT TERM HUP QUIT USR1 USR2 ALRM

# Complete when it ends with a newline: one write.
if [ -r "/proc/$$/stat" ]; then
  read -r __hold_stat < "/proc/$$/stat"
else
  __hold_stat=$(LC_ALL=C TZ=UTC0 command -p ps -o lstart= -p "$$")
fi
printf '%s %s %s %s\n' "$$" "$__hold_fence" "$__hold_boot" "$__hold_stat" > "$__hold_dir/pid" ||
  __hold_end '125 The holder could not record itself in the run folder.'

cd -- "$__hold_cwd" || __hold_end '125 The working folder is gone or may not be entered.'
unset OLDPWD
[ -r "$__hold_dir/stdin" ] || __hold_end '125 The file for standard input is gone.'

# A pipe: the protocol is two-way. Its keeper copies what the daemon appends to stdin.in, and holds the write end open, so that the
# daemon's death is no end of input and a reader that never reads blocks nobody else. The keeper's end is the end of input. It opens the
# pipe when the agent does; in the background it ignores SIGINT, so an interrupt of the group is not also an end of input. The pipe is
# its last file, too: Linux closes that first, and closing what tail watches files with takes some 10 ms.
if [ -p "$__hold_dir/stdin" ]; then
  command -p tail -c +1 -f "$__hold_dir/stdin.in" > "$__hold_dir/stdin" 2> /dev/null 9>&1 &
  __hold_keeper=$!
  if [ -r "/proc/$__hold_keeper/stat" ]; then
    read -r __hold_stat < "/proc/$__hold_keeper/stat"
  else
    __hold_stat=$(LC_ALL=C TZ=UTC0 command -p ps -o lstart= -p "$__hold_keeper")
  fi
  printf '%s %s %s %s\n' "$__hold_keeper" "$__hold_fence" "$__hold_boot" "$__hold_stat" > "$__hold_dir/keeper"
fi

# In the foreground: `agent &` would start it with SIGINT ignored, and then it could not be stopped cleanly.
# The traps above keep this shell alive when the group is signalled; the agent gets the defaults.
"$@" < "$__hold_dir/stdin" >> "$__hold_dir/stdout" 2>> "$__hold_dir/stderr"
__hold_end "$?"
