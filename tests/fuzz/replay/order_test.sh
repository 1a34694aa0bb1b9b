#!/bin/bash
# Replays in other orders, each in a process of its own, come to the same:
# order_test.sh TARGET...
set -euo pipefail

failures=0
for target in "$@"; do
  outputs="$(for order in "" --shuffle=1 --shuffle=2; do
    "fuzz/${target}" ${order} "fuzz/corpus/${target}" | paste -sd' '
  done)"
  # All three the same, with a digest, which is none of a run of nothing.
  if [[ "$(wc -l <<<"${outputs}")" != 3 || "$(sort -u <<<"${outputs}" | wc -l)" != 1 ]] ||
    grep -qvE 'digest [0-9a-f]{16}$' <<<"${outputs}" || grep -q 'digest 0*$' <<<"${outputs}"; then
    printf 'FAIL: %s:\n%s\n' "${target}" "${outputs}"
    failures=$((failures + 1))
  fi
done
((failures == 0))
