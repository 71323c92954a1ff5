#!/bin/sh
# Installs the pinned protocol clients (package-lock.json) into node_modules beside this file.
# Idempotent: a stamp with the lock file's hash makes the second call a no-op; parallel callers wait for one install.
# Install scripts are not run: these packages need none.
# Exit code 0: installed. 3: npm or node is absent. Other: npm's own.
set -eu
here=$(CDPATH= cd -- "$(dirname -- "$0")" && pwd)
cd "$here"
stamp=node_modules/.mcp-clients-stamp
want=$(sha256sum package-lock.json | cut -d' ' -f1)
current() { [ -f "$stamp" ] && [ "$(cat "$stamp")" = "$want" ]; }

if current; then exit 0; fi
if ! command -v npm >/dev/null 2>&1; then
  echo "mcp-clients: npm is not installed; their tests will be skipped" >&2
  exit 3
fi
exec 9<"$here/package-lock.json"
if command -v flock >/dev/null 2>&1; then flock 9; fi
if current; then exit 0; fi
npm ci --ignore-scripts --no-audit --no-fund --loglevel=error
printf '%s\n' "$want" >"$stamp"
