# What the scripts share. To be sourced by bash; the caller has set -u.
# shellcheck shell=bash

# shellcheck disable=SC2034 # for whoever sources this
top=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd) || exit 1

jobs_at_once() {
	nproc 2>/dev/null || echo 2
}

say() {
	printf '==> %s\n' "$*"
}

complain() {
	printf '%s: %s\n' "${0##*/}" "$*" >&2
}

# Runs a command with its output in a log file; on failure shows the end of it.
quietly() { # LOG COMMAND...
	local log=$1
	shift
	printf '\n$ %s\n' "$*" >>"$log"
	"$@" >>"$log" 2>&1 </dev/null && return 0
	local status=$?
	complain "failed: $*"
	tail -n 40 "$log" >&2
	complain "the whole log: $log"
	return "$status"
}
