#!/bin/bash
# Tests fuzz/replay_main.cc: what is replayed, and that nothing passes unseen.
set -euo pipefail

readonly sample="${PWD}/tests/fuzz/replay/sample"
cd "${TEST_TMPDIR}"
failures=0

# expect STATUS PATTERN ARG...: the sample's exit status and a line of its output.
expect() {
  local -r wanted="$1" pattern="$2"
  shift 2
  local output status=0
  output="$("${sample}" "$@" 2>&1)" || status=$?
  if [[ "${status}" != "${wanted}" ]] || ! grep -q -- "${pattern}" <<<"${output}"; then
    echo "FAIL: sample $*: status ${status}, not ${wanted}, or no ${pattern} in: ${output}"
    failures=$((failures + 1))
  fi
}

mkdir -p seeds/deeper empty deadly
printf one >seeds/1
printf two >seeds/deeper/2
: >seeds/deeper/3
ln -s seeds/1 link
printf abort >deadly/aborts
printf trap >trap

expect 0 '^\[one\]\[two\]\[\]replayed 3 inputs$' seeds
expect 0 'replayed 2 inputs' seeds/1 link
expect 2 '^usage: ' # nothing to replay
expect 1 'no input in empty' empty
expect 1 'no input in empty' seeds empty
expect 1 'no input in missing' missing
expect 134 'replay: died in deadly/aborts' deadly
expect 132 'replay: died in trap' seeds trap

((failures == 0))
