#!/bin/bash
# Builds every fuzz target as OSS-Fuzz and ClusterFuzzLite want it: from the
# checkout that is the working directory, into $OUT, without Bazel.
#
# Honours CC, CXX, CFLAGS, CXXFLAGS, LIB_FUZZING_ENGINE, SANITIZER, OUT and WORK.
# ABSEIL is Abseil's checkout ($SRC/abseil-cpp). TARGETS are names of targets, to
# build only these. What make has put into $WORK with the same flags stays of use.
set -euo pipefail

for name in CC CXX CFLAGS CXXFLAGS LIB_FUZZING_ENGINE SANITIZER OUT WORK; do
  [[ -v "${name}" ]] || {
    echo "build.sh: ${name} is not set" >&2
    exit 2
  }
done
export ABSEIL="${ABSEIL:-${SRC:?}/abseil-cpp}"
for needed in fuzz/BUILD "${ABSEIL}/absl"; do
  [[ -e "${needed}" ]] || {
    echo "build.sh: there is no ${needed}" >&2
    exit 2
  }
done

# Objects of other flags are no good: they have a folder of their own.
flags="$(printf '%s\n' "${CC}" "${CXX}" "${CFLAGS}" "${CXXFLAGS}" "${SANITIZER}" | sha256sum | cut -c1-16)"
export BUILD="${WORK}/${flags}"
mkdir -p "${BUILD}" "${OUT}"
python3 -B fuzz/tools/targets.py . --make "${ABSEIL}" >"${BUILD}/targets.mk"
make --no-print-directory --jobs="$(nproc)" --file=fuzz/oss-fuzz/Makefile

# Seeds and regressions, by name; a dictionary; and how to run it.
while read -r target dictionary; do
  [[ " ${TARGETS:-${target}} " == *" ${target} "* ]] || continue
  python3 -B fuzz/tools/seed_zip.py "${OUT}/${target}_fuzz_seed_corpus.zip" \
    "fuzz/corpus/${target}" "fuzz/regressions/${target}"
  {
    echo "[libfuzzer]"
    echo "timeout = 10"
    [[ -z "${dictionary}" ]] || echo "dict = ${target}_fuzz.dict"
  } >"${OUT}/${target}_fuzz.options"
  [[ -z "${dictionary}" ]] || cp "${dictionary}" "${OUT}/${target}_fuzz.dict"
done < <(python3 -B fuzz/tools/targets.py .)
