#!/bin/sh
# Installs the pinned agent CLIs; the tests start the native binaries of the platform packages by path: see tests/npm-ci.sh.
here=$(CDPATH= cd -- "$(dirname -- "$0")" && pwd)
exec sh "$here/../npm-ci.sh" "$here"
