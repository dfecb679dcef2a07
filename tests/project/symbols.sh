#!/bin/sh
# No name is defined in two of the libraries: a linker that searches them in
# order would take the first silently, and the wrong one.
set -u
# shellcheck source=tests/project/common.sh
. "$(dirname "$0")/common.sh"

: "${top_builddir:=.}"
nm=${NM:-nm}
command -v "$nm" >/dev/null || skip "nm is not here: apt-get install binutils"
for library in "$top_builddir"/src/*/*.a; do
	"$nm" -P -g --defined-only "$library" 2>/dev/null |
		awk -v library="${library##*/}" '$2 ~ /^[TDBRC]$/ { print $1, library }'
done | sort -u >"$scratch/defined"
[ -s "$scratch/defined" ] || fail "nm finds no symbol in $top_builddir/src"
awk '{ count[$1]++; where[$1] = where[$1] " " $2 }
     END { for (name in count) if (count[name] > 1) print name ":" where[name] }' "$scratch/defined" |
	grep -Ev '^__(odr_)?asan' >"$scratch/twice"
[ ! -s "$scratch/twice" ] || {
	cat "$scratch/twice"
	fail "these names are defined in more than one library"
}
finish
