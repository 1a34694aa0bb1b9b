#!/bin/bash
# Runs a libFuzzer binary: fuzz_run.sh NAME BINARY SEEDS DICTIONARY [ARG...]
#
# `bazel run` calls this, for the X_run targets of fuzz.bzl; the paths are below
# the working directory that it sets. ARGs are libFuzzer's: flags, and files or
# folders, which then replace the seeds and the folder for what is found.
# Exit status: 0 nothing was found, 1 something was, 2 cannot run.
set -euo pipefail

readonly name="$1" binary="${PWD}/$2" seeds="${PWD}/$3" dictionary="${4:+${PWD}/$4}"
shift 4
readonly work="${XDG_CACHE_HOME:-${HOME}/.cache}/sspilab/fuzz/${name}"
mkdir -p "${work}/corpus" "${work}/found"

# Without libFuzzer's entropic schedule: weighing the corpus anew takes it longer
# than most of our runs take.
flags=("-artifact_prefix=${work}/found/" -entropic=0)
[[ -z "${dictionary}" ]] || flags+=("-dict=${dictionary}")

# Paths in ARGs are the user's: fuzz/run says from where, else `bazel run` does.
cd "${INVOKED_FROM:-${BUILD_WORKING_DIRECTORY:-${PWD}}}"
# Runs are short and inputs come again: a small quarantine finds as much, and
# takes less of a core's cache; and where memory was allocated is a tenth of a
# run to write down, and told when an input is run by itself. It takes two frames
# to find leaks: what has one may be the loader's, for LeakSanitizer.
asan_options="quarantine_size_mb=8:malloc_context_size=2"
inputs=("${work}/corpus" "${seeds}")
for arg in "$@"; do
  [[ "${arg}" != -* ]] || continue
  inputs=()
  [[ -d "${arg}" ]] || asan_options="quarantine_size_mb=8"
done
export ASAN_OPTIONS="${asan_options}${ASAN_OPTIONS:+:${ASAN_OPTIONS}}"
export ASAN_SYMBOLIZER_PATH=/usr/bin/llvm-symbolizer-14
export UBSAN_OPTIONS=print_stacktrace=1
readonly started="${work}/started"
touch "${started}"
status=0
"${binary}" "${flags[@]}" "$@" "${inputs[@]}" || status=$?

# libFuzzer's statuses: 72 is the user's Ctrl-C.
case "${status}" in
  0 | 72) exit 0 ;;
  126 | 127) exit 2 ;;
esac
found="$(find "${work}/found" -type f -newer "${started}" -printf '%T@ %p\n' | sort -n | tail -1)"
[[ -z "${found}" ]] || printf 'To reproduce: fuzz/run %s %q\n' "${name}" "${found#* }" >&2
exit 1
