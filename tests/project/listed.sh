#!/bin/sh
# Each file of the clone is in a release, each scenario is installed, and each test's script
# is played: nobody forgets a line in a local.mk.
set -u
# shellcheck source=tests/project/common.sh
. "$(dirname "$0")/common.sh"

cd "$top_srcdir" || exit 99
{ [ -e .git ] && command -v git >/dev/null; } || skip "this is no clone: no list of files to compare with"
git -c safe.directory='*' ls-files >"$scratch/tracked" || exit 99

# MAKEFLAGS of the make that runs this test are not for ours.
unset MAKEFLAGS MFLAGS MAKELEVEL
"${MAKE:-make}" -s -C "${top_builddir:-.}" print-distfiles >"$scratch/listed" || exit 99
# A directory that is listed goes with all that is in it.
while read -r name; do
	if [ -d "$name" ]; then find "$name" -type f; else echo "$name"; fi
done <"$scratch/listed" | sort -u >"$scratch/released"

# These are for a clone only.
grep -Ev '^(\.github/|\.gitattributes$)' "$scratch/tracked" | sort >"$scratch/wanted"
comm -23 "$scratch/wanted" "$scratch/released" >"$scratch/forgotten"
[ ! -s "$scratch/forgotten" ] || {
	cat "$scratch/forgotten"
	fail "these files are in the clone and not in a release: see the local.mk next to them"
}

"${MAKE:-make}" -s -C "${top_builddir:-.}" print-tests | sort >"$scratch/tests" || exit 99
git -c safe.directory='*' ls-files -s tests | awk '$1 == 100755 { print $4 }' |
	sort | comm -23 - "$scratch/tests" >"$scratch/unplayed"
[ ! -s "$scratch/unplayed" ] || {
	cat "$scratch/unplayed"
	fail "these scripts are no tests of make check: see TESTS in tests/*.mk"
}

# What may be left out or skipped are tests.
grep -hv '^#' tests/project/omitted tests/project/may-skip | while read -r _ pattern; do
	[ -z "$pattern" ] || while read -r test; do
		# shellcheck disable=SC2254
		case $test in $pattern) continue 2 ;; esac
	done <"$scratch/tests"
	[ -z "$pattern" ] || echo "$pattern"
done >"$scratch/unknown"
[ ! -s "$scratch/unknown" ] || {
	cat "$scratch/unknown"
	fail "no test is called so: tests/project/omitted and may-skip"
}
finish
