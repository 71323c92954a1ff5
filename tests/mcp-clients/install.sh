#!/bin/sh
# Installs the official MCP clients, pinned: see tests/npm-ci.sh.
here=$(CDPATH= cd -- "$(dirname -- "$0")" && pwd)
exec sh "$here/../npm-ci.sh" "$here"
