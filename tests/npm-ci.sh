#!/bin/sh
# sh tests/npm-ci.sh FOLDER: installs the pinned packages of a folder (package-lock.json) into node_modules beside them.
# Idempotent: a stamp with the lock file's hash makes the second call a no-op; parallel callers wait for one install.
# A node_modules that is a link belongs to another checkout and is taken as it is.
# Install scripts are not run. Exit code 0: installed. 3: npm or node is absent. Other: npm's own.
set -eu
cd "$1"
name=$(basename "$1")
if [ -L node_modules ]; then exit 0; fi
stamp=node_modules/.$name-stamp
hash() { if command -v sha256sum >/dev/null 2>&1; then sha256sum "$1"; else shasum -a 256 "$1"; fi | cut -d' ' -f1; }
want=$(hash package-lock.json)
current() { [ -f "$stamp" ] && [ "$(cat "$stamp")" = "$want" ]; }

if current; then exit 0; fi
if ! command -v npm >/dev/null 2>&1; then
  echo "$name: npm is not installed; the tests that need these packages will be skipped" >&2
  exit 3
fi
exec 9<package-lock.json
if command -v flock >/dev/null 2>&1; then flock 9; fi
if current; then exit 0; fi
npm ci --ignore-scripts --no-audit --no-fund --loglevel=error
printf '%s\n' "$want" >"$stamp"
