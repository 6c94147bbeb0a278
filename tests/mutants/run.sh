#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Proves that the tests of the guarantees can fail: applies each sabotage
# tests/mutants/S<number>*.patch to a copy of the sources, and wants a test whose name contains
# S<number>_ to fail. Prints the survivors; exits 1 if there are any, or if a guarantee has no sabotage.
# usage: tests/mutants/run.sh FOLDER [NAME...], or --applies, which only looks whether each can be applied
# FOLDER holds the copy and its build; NAME is S28, S29_shared, ...; by default all.
# JACKDAW_JOBS: compilations and tests at a time (default 2).
set -uo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
patches=$root/tests/mutants
copy=${1:?usage: tests/mutants/run.sh FOLDER [NAME...], or --applies}
shift
jobs=${JACKDAW_JOBS:-2}
hanging=300       # seconds, for the tests of one guarantee, which take a few
declare -A limit  # the same with a sabotage: from what they took without it

# Every guarantee has a sabotage.
missing=0
for number in $(seq 1 60); do
  compgen -G "$patches/S$number.patch" >/dev/null || compgen -G "$patches/S${number}_*.patch" >/dev/null ||
    { echo "mutants: S$number has no sabotage" && missing=$((missing + 1)); }
done

names=("$@")
if [ ${#names[@]} -eq 0 ]; then
  mapfile -t names < <(find "$patches" -name '*.patch' -printf '%f\n' | sed 's/\.patch$//' | sort -V)
fi

stale=0
for name in "${names[@]}"; do
  patch --quiet --dry-run --force --strip=1 --directory="$root" <"$patches/$name.patch" ||
    { echo "mutants: $name does not apply" && stale=$((stale + 1)); }
done
[ "$stale" -eq 0 ] || exit 1
[ "$copy" != --applies ] || exit $((missing > 0))

# Only files that differ are copied, so that a second run rebuilds little, and what a run that was
# killed has left behind.
mkdir -p "$copy" && copy=$(cd "$copy" && pwd) || exit 1
cd "$root" || exit 1
while IFS= read -r -d '' file; do
  [ ! -f "$file" ] || cmp --quiet "$file" "$copy/$file" || cp --parents "$file" "$copy"
done < <(git ls-files -co --exclude-standard -z)
cd "$copy" || exit 1
export CCACHE_BASEDIR=$copy CCACHE_NOHASHDIR=1  # the same sabotage compiles once, wherever the copy is
cmake --preset release -D JACKDAW_BUILD_EXAMPLES=OFF -D JACKDAW_BUILD_INTERLEAVINGS=OFF >/dev/null || exit 1

# rooms_of NUMBER: the test programs that have tests of that guarantee.
rooms_of() {
  grep --recursive --files-with-matches --extended-regexp --include='*.cpp' "\\b$1_" tests |
    sed -nE -e 's#^tests/core/io/.*#io_tests#p' -e 's#^tests/debug/(.*)\.cpp#debug_\1#p' \
      -e '\#^tests/core/io/#d' \
      -e 's#^tests/(core|executors|conformance|guarantees|stress|disassembly|simulation)/.*#\1_tests#p' |
    sort -u
  find tests/debug -name "$1_*.cpp" -printf 'debug_%f\n' | sed 's/\.cpp$//'
}

# build NUMBER, run NUMBER: the tests of one guarantee, up to the first that fails.
build() {
  local rooms
  mapfile -t rooms < <(rooms_of "$1")
  cmake --build --preset release --parallel "$jobs" --target "${rooms[@]}" >build.log 2>&1
}
run() {
  timeout "${limit[$1]:-$hanging}" ctest --preset release --parallel "$jobs" --stop-on-failure \
    --tests-regex "${1}_" >test.log 2>&1
}

# The copy is left as it was, also when the run is interrupted. A compilation that has read a
# sabotaged file may then end after that was taken back: the next run makes what it was made of newer.
applied=""
take_back() {
  [ -z "$applied" ] || patch --quiet --strip=1 --reverse <"$applied"
  applied=""
}
trap take_back EXIT
[ ! -e sabotaged ] || sed -n 's#^+++ b/##p' sabotaged | xargs touch

# Without a sabotage everything passes.
echo "mutants: building, and running the tests without a sabotage"
mapfile -t numbers < <(printf '%s\n' "${names[@]%%_*}" | sort -Vu)
for number in "${numbers[@]}"; do
  build "$number" || {
    echo "mutants: the tests ${number}_ do not build: see $copy/build.log"
    exit 1
  }
  began=$SECONDS
  run "$number" || {
    echo "mutants: without a sabotage the tests ${number}_ do not pass within $hanging seconds, or there are none: see $copy/test.log"
    exit 1
  }
  limit[$number]=$((20 + 4 * (SECONDS - began)))
  echo "mutants: $number passes without a sabotage"
done

survivors=0
for name in "${names[@]}"; do
  patch --quiet --strip=1 <"$patches/$name.patch" || exit 1
  applied=$patches/$name.patch
  cp "$applied" sabotaged
  if ! build "${name%%_*}"; then
    echo "mutants: $name does not build, see $copy/build.log" && survivors=$((survivors + 1))
  elif run "${name%%_*}"; then
    echo "mutants: $name SURVIVED" && survivors=$((survivors + 1))
  else
    failed=$(sed -nE 's/^ *[0-9]+\/[0-9]+ Test +#[0-9]+: (.*[^ .]) +\.*\*\*\*(Failed|Timeout|Exception|Not Run|Subprocess).*/\1/p' \
      test.log | head -n 1)
    echo "mutants: $name caught by ${failed:-a test that hangs}"
  fi
  take_back
  rm sabotaged
done
echo "mutants: ${#names[@]} sabotages, $survivors not caught, $missing guarantees without one, $((SECONDS / 60)) minutes"
[ "$survivors" -eq 0 ] && [ "$missing" -eq 0 ]
