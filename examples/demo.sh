#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# The demonstration: demo.sh BUILD_FOLDER [--serve]. Called by ./dev demo after it has built everything.
set -euo pipefail
exec python3 -u "$(dirname "$0")/demo.py" "$@"
