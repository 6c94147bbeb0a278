#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Proves that the tests of the guarantees can fail: applies each sabotage
# tests/mutants/S<number>*.patch to a copy of the sources, and wants the tests whose names contain
# S<number>_ to fail. Prints the survivors; exits 1 if there are any.
# usage: tests/mutants/run.sh FOLDER [NAME...]
# FOLDER holds the copy and its build; NAME is S28, S30_lock, ...
set -uo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
copy=${1:?usage: tests/mutants/run.sh FOLDER [NAME...]}
shift
mkdir -p "$copy" && copy=$(cd "$copy" && pwd) || exit 1

names=("$@")
if [ ${#names[@]} -eq 0 ]; then
  for file in "$root"/tests/mutants/*.patch; do
    [ -e "$file" ] && names+=("$(basename "$file" .patch)")
  done
fi
[ ${#names[@]} -gt 0 ] || { echo "mutants: there are no patches yet"; exit 0; }

# Only files that changed are copied, so that a second run rebuilds little.
(cd "$root" && git ls-files -co --exclude-standard -z |
  xargs -0 cp --parents --update --preserve=timestamps -t "$copy")
cd "$copy" || exit 1
cmake --preset release -D JACKDAW_BUILD_EXAMPLES=OFF -D JACKDAW_BUILD_INTERLEAVINGS=OFF >/dev/null || exit 1

# rooms_of NUMBER: the test executables that have tests of that guarantee.
rooms_of() {
  grep --recursive --files-with-matches --extended-regexp --include='*.cpp' "\\b$1_" tests |
    sed -nE -e 's#^tests/core/io/.*#io_tests#p' \
      -e 's#^tests/(core|executors|conformance|guarantees|stress|disassembly|simulation)/.*#\1_tests#p' |
    sort -u
}

# tests_of NUMBER: exit code of the build and the tests of one guarantee; 3 when it does not build.
tests_of() {
  local rooms
  mapfile -t rooms < <(rooms_of "$1")
  cmake --build --preset release ${rooms[0]:+--target "${rooms[@]}"} >build.log 2>&1 || return 3
  ctest --preset release --tests-regex "${1}_" >test.log 2>&1
}

# The copy is left as it was, even when the run is interrupted: the next run copies changed files only.
applied=""
take_back() {
  [ -z "$applied" ] || patch --quiet --strip=1 --reverse <"$applied"
  applied=""
}
trap take_back EXIT

survivors=0
for name in "${names[@]}"; do
  tests_of "${name%%_*}" || {
    echo "mutants: without $name the tests ${name%%_*}_ do not pass, or there are none"
    exit 1
  }
  patch --quiet --strip=1 <"$root/tests/mutants/$name.patch" || {
    echo "mutants: $name does not apply"
    exit 1
  }
  applied=$root/tests/mutants/$name.patch
  tests_of "${name%%_*}"
  result=$?
  take_back
  case $result in
    0) echo "mutants: $name SURVIVED" && survivors=$((survivors + 1)) ;;
    3) echo "mutants: $name does not build, see $copy/build.log" && survivors=$((survivors + 1)) ;;
    *) echo "mutants: $name caught by $(grep -cE '\*\*\*(Failed|Timeout|Exception)' test.log) tests" ;;
  esac
done
echo "mutants: ${#names[@]} sabotages, $survivors not caught"
[ "$survivors" -eq 0 ]
