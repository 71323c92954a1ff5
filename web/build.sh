#!/bin/sh
# sh web/build.sh: builds the web app into artifacts/web, if its sources have changed since the last time. 'dotnet build' calls it.
# Exit code 0: artifacts/web is up to date. 3: node (20 or later) or npm is absent; nothing was built. Other: npm's own.
set -eu
cd "$(dirname "$0")"
out=../artifacts/web

major=$(node -p 'process.versions.node.split(".")[0]' 2>/dev/null) || major=0
if [ "$major" -lt 20 ] || ! command -v npm >/dev/null 2>&1; then
  exit 3
fi

# Everything the result depends on, names and contents: a branch that comes back to the same sources needs no build. Tests and
# generated types are no sources.
files() {
  find build.sh index.html ./*.json ./*.ts public src ../docs/openapi.json -type f ! -name '*.gen.d.ts' ! -name '*.test.ts' | LC_ALL=C sort
}
hash() { if command -v sha256sum >/dev/null 2>&1; then sha256sum; else shasum -a 256; fi | cut -d' ' -f1; }
state() { { files; files | tr '\n' '\0' | xargs -0 cat; } | hash; }
current() { [ -f "$out/index.html" ] && [ "$(cat "$out.stamp" 2>/dev/null)" = "$want" ]; }

want=$(state)
if current; then exit 0; fi

# Builds of several configurations may run at once: one makes it, the others wait and take what is there.
mkdir -p ../artifacts
exec 9>"$out.lock"
if command -v flock >/dev/null 2>&1; then flock 9; fi
if current; then exit 0; fi
sh ../tests/npm-ci.sh "$PWD"
rm -rf "$out.new"
BOARD_OUT=$out.new npm run -s build
rm -rf "$out"
mv "$out.new" "$out"
printf '%s\n' "$want" >"$out.stamp"
