#!/bin/sh
# SPDX-License-Identifier: MIT
# Searches all states of a Spin model. usage: run_model.sh pass|fail MODEL FOLDER [-DNAME=VALUE...]
# "fail" wants Spin to find a violated assertion or a deadlock: a broken variant that passes means a model that sees nothing.
set -eu
expected=$1 model=$2 folder=$3
shift 3
rm -rf "$folder" && mkdir -p "$folder" && cd "$folder"
spin "$@" -a "$model" >spin.log || { cat spin.log; exit 1; }
"${CC:-cc}" -O1 -w -DSAFETY -DCOLLAPSE -o pan pan.c
./pan -m1000000 >pan.log || { cat pan.log; exit 1; }
grep -E 'pan:|State-vector|states, stored|errors:' pan.log
if grep -qE 'max search depth too small|out of memory|Search not completed' pan.log && [ "$expected" = pass ]; then
  echo "the search was not exhaustive" && exit 1
fi
case $expected in
  pass) grep -q 'errors: 0' pan.log || { spin "$@" -t -p -g "$model" | tail -60; exit 1; } ;;
  fail) grep -qE 'errors: [1-9]' pan.log && grep -qE 'assertion violated|invalid end state' pan.log ;;
  *) echo "pass or fail?" && exit 1 ;;
esac
