#!/bin/sh
# Publishes src/Orchestrator into artifacts/publish/<stamp> and points artifacts/publish/current at it. ReadyToRun (compiled
# ahead) where the packages for it can be had, else plain. Everything it says is for a person.
set -u

root=$(cd "$(dirname "$0")/.." && pwd -P) || exit 1
out=$root/artifacts/publish
marker=$out/current
log=$out/build.log
lock=$out/lock
sources='src web docs/openapi.json Directory.Build.props Directory.Packages.props global.json'

say() { echo "agentctl: $*" >&2; }

mkdir -p "$out" || { say "$out cannot be written."; exit 1; }

head=$(git -C "$root" rev-parse HEAD 2>/dev/null) || head=''
started=$(date +%s)

# One builder at a time: the folder is the lock, the file in it names who has it.
waited=0
until mkdir "$lock" 2>/dev/null; do
  holder=$(cat "$lock/pid" 2>/dev/null) || holder=''
  if [ -n "$holder" ] && ! kill -0 "$holder" 2>/dev/null; then
    rm -rf "$lock"
    continue
  fi
  [ $waited -gt 0 ] || say "another build is going on (process ${holder:-unknown}); waiting for it."
  waited=$((waited + 1))
  if [ $waited -gt 600 ]; then
    say "it does not end. When no build is running, remove $lock."
    exit 1
  fi
  sleep 1
done
echo $$ >"$lock/pid"
trap 'rm -rf "$lock"' EXIT
trap 'exit 130' INT TERM HUP

commit='' folder='' runtime='' built=0
if [ -r "$marker" ]; then
  { read -r commit; read -r folder; read -r runtime; read -r built; } <"$marker"
fi
point() { # commit folder runtime
  printf '%s\n%s\n%s\n%s\n' "$1" "$2" "$3" "$started" >"$marker.new" && mv -f "$marker.new" "$marker"
}

if [ -n "$folder" ] && [ -x "$out/$folder/agentctl" ]; then
  # Somebody built while we waited.
  [ $waited -gt 0 ] && [ "$commit" = "$head" ] && [ "${built:-0}" -ge "$((started - 1))" ] && exit 0
  if [ -z "${AGENTCTL_REBUILD-}" ]; then
    [ "$commit" = "$head" ] && [ -n "$head" ] && exit 0
    # A commit that touches no source needs no build.
    # shellcheck disable=SC2086
    if [ -n "$commit" ] && git -C "$root" diff --quiet "$commit" HEAD -- $sources 2>/dev/null; then
      point "$head" "$folder" "$runtime"
      exit 0
    fi
  fi
fi

if ! command -v dotnet >/dev/null 2>&1; then
  say "the .NET SDK is missing; version 10 is needed to build. See https://dotnet.microsoft.com/download"
  exit 1
fi
if ! version=$(cd "$root" && dotnet --version 2>"$log"); then
  say "no .NET SDK that fits global.json is installed:"
  cat "$log" >&2
  exit 1
fi

case $(uname -s) in Darwin) system=osx ;; *) system=linux ;; esac
case $(uname -m) in arm64 | aarch64) machine=arm64 ;; *) machine=x64 ;; esac
stamp=$(date +%Y%m%d-%H%M%S)-$$
say "building with .NET SDK $version (first use, or another commit; under a minute) ..."

export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1 MSBUILDDISABLENODEREUSE=1
# Without the analyzers: they are for those who change the program ('./run test' has them on), not for those who wait to use it.
publish() { # further arguments
  dotnet publish "$root/src/Orchestrator" -c Release -o "$out/$stamp" --artifacts-path "$out/obj" --disable-build-servers \
    --nologo -v q -p:RunAnalyzers=false "$@" >"$log" 2>&1
}
if ! publish -r "$system-$machine" --self-contained false -p:PublishReadyToRun=true; then
  rm -rf "${out:?}/$stamp"
  # An error of the compiler is an error either way; missing packages of the platform are not.
  if grep -q 'error CS' "$log" || ! publish; then
    rm -rf "${out:?}/$stamp"
    say "the build failed:"
    grep -E 'error|warning' "$log" | sort -u | head -20 >&2
    if grep -qE 'NU1301|NU1101' "$log"; then
      say "a package source does not answer or lacks a package; 'dotnet nuget list source' shows which are asked."
    fi
    say "all of it: $log"
    exit 1
  fi
  say "no ahead-of-time compilation here (its packages cannot be had): every command starts more slowly."
fi

# The program finds the runtime in its usual places; where it does not, the launcher says where.
runtime=''
if ! env -u DOTNET_ROOT "$out/$stamp/agentctl" version >/dev/null 2>&1; then
  runtime=$(dirname "$(readlink -f "$(command -v dotnet)")")
  if ! DOTNET_ROOT=$runtime "$out/$stamp/agentctl" version >"$log" 2>&1; then
    say "the build does not start:"
    head -20 "$log" >&2
    exit 1
  fi
fi
point "$head" "$stamp" "$runtime"

# Older builds go, but never one that a running daemon was started from: it still loads files of it.
running=$(ps -A -o args 2>/dev/null)
for old in "$out"/[0-9]*; do
  [ "$old" = "$out/$stamp" ] && continue
  case $running in *"/publish/${old##*/}/"*) continue ;; esac
  rm -rf "$old"
done
exit 0
