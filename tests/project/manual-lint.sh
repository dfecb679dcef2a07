#!/bin/sh
# mandoc has nothing to say about the manual pages, and a page that refers to
# another of ours refers to one that is there.
set -u
# shellcheck source=tests/project/common.sh
. "$(dirname "$0")/common.sh"

command -v mandoc >/dev/null || skip "mandoc is not here: apt-get install mandoc"
cd "$top_srcdir/man" || exit 99

for page in *.[1-9]; do
	[ -f "$page" ] || {
		fail "there is no manual page"
		break
	}
	# Pages of other packages need not be installed here.
	mandoc -T lint "$page" 2>&1 | grep -v -e 'referenced manual not found' -e 'outdated mandoc.db' >"$scratch/said"
	[ ! -s "$scratch/said" ] || {
		cat "$scratch/said"
		fail "$page: mandoc -T lint has something to say"
	}
	sed -n 's/^\.\(It \)\{0,1\}Xr \(fourwave[^ ]*\) \([1-9]\).*/\2.\3/p' "$page" | sort -u >"$scratch/referred"
	while read -r other; do
		[ -f "$other" ] || fail "$page refers to $other, which is not there"
	done <"$scratch/referred"
done
finish
