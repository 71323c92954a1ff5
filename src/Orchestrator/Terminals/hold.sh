# Holds one run: starts the agent in the foreground and writes down how it ended. The daemon may die at any moment; nothing here
# asks it. Only builtins until the last line: the agent's PATH may be empty, and a fork costs more than all the rest.
# Names start with __hold_ so that no variable of the agent's environment is touched.
__hold_fence=$1 __hold_dir=$2 __hold_cwd=$3 __hold_boot=$4
shift 4

# exit.tmp was filled with blanks beforehand and is overwritten in place, so a full disk does not lose the exit code.
__hold_end() {
  trap '' INT TERM HUP QUIT USR1 USR2 ALRM
  printf '%s\n' "$1" 1<> "$__hold_dir/exit.tmp" && command -p mv -f "$__hold_dir/exit.tmp" "$__hold_dir/exit"
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

# In the foreground: `agent &` would start it with SIGINT ignored, and then it could not be stopped cleanly.
# The traps above keep this shell alive when the group is signalled; the agent gets the defaults.
"$@" < "$__hold_dir/stdin" >> "$__hold_dir/stdout" 2>> "$__hold_dir/stderr"
__hold_end "$?"
