# What the commands in sim/, tests/ and fuzz/ share. Source it from any directory.
#
# Gives: ${root}, the checkout; set_up GROUP...; build TARGET [OPTION...].
# The user's working directory is left as it is.

readonly root="$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd -P)"

# A bare chroot or a CI job may set neither; Bazel and the caches need a home.
export HOME="${HOME:-$(getent passwd "$(id -u)" | cut -d: -f6)}"
export LC_ALL=C.UTF-8

# Says on standard error what this command does, or why it ends.
say() {
  printf 'sspilab: %s\n' "$*" >&2
}

usage_error() {
  say "$1"
  say "try $0 --help"
  exit 2
}

# Installs what the groups of bazel/setup lack.
set_up() {
  "${root}/bazel/setup" "$@"
}

# Bazel in this checkout: quiet about what goes well, and with a terminal, its
# progress. Takes Bazel's command and arguments.
run_bazel() {
  local -r command="$1"
  shift
  local -a quiet=(--ui_event_filters=-info --show_result=0)
  [[ -t 2 ]] || quiet+=(--noshow_progress --noshow_loading_progress)
  (cd "${root}" && bazel "${command}" "${quiet[@]}" "$@")
}

# Builds; prints only on failure, unless a terminal watches. What Bazel's client
# itself says ("Starting local Bazel server...") cannot be turned off.
build() {
  if [[ -t 2 ]]; then
    run_bazel build "$@" || exit 1
    return
  fi
  local log
  log="$(mktemp)"
  run_bazel build "$@" >"${log}" 2>&1 || {
    cat "${log}" >&2
    rm -f "${log}"
    exit 1
  }
  rm -f "${log}"
}
