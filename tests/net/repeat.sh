#!/bin/sh
# The table again and again has the same verdicts, and again with all processors
# busy. FOURWAVE_REPEAT is how often, three times where it is not said; the
# long form is 20.
set -u
# shellcheck source=tests/project/common.sh
. "$(dirname "$0")/../project/common.sh"

need_lab
command -v setpriv >/dev/null || skip "setpriv is not there (util-linux)"
times=${FOURWAVE_REPEAT-}
[ -n "$times" ] || times=3

# Name, family and verdict of each result, sorted: one a line.
verdicts() { # JSON-FILE
	sed 's/.*"name":"\([^"]*\)".*"family":"\([^"]*\)".*"verdict":"\([^"]*\)".*/\1 \2 \3/' "$1" | sort
}

burners=
trap 'kill $burners 2>/dev/null; rm -rf "$scratch"' EXIT

play() { # WHEN
	for i in $(seq "$times"); do
		"$FOURWAVE" table --quick --json "$scratch/json" >"$scratch/output" 2>&1
		status=$?
		echo "$1, $i: $(tail -1 "$scratch/output")"
		verdicts "$scratch/json" >"$scratch/verdicts"
		[ -s "$scratch/wanted" ] || cp "$scratch/verdicts" "$scratch/wanted"
		diff "$scratch/wanted" "$scratch/verdicts" && [ $status = 0 ] && continue
		grep -v '"verdict":"pass"' "$scratch/json"
		fail "$1, time $i: status $status"
	done
}

play "by itself"
count=$(wc -l <"$scratch/wanted")
[ "$count" -ge 50 ] || fail "only $count results: this proves little"
[ "$(grep -c ' pass$' "$scratch/wanted")" = "$count" ] || fail "not all of the first table passed"

# They end with this test, however it ends.
for _ in $(seq "$(nproc)"); do
	setpriv --pdeathsig KILL sh -c 'while :; do :; done' &
	burners="$burners $!"
done
play "all processors busy"
finish
