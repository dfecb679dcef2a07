#!/bin/sh
# doc/ci.md as a new user would try it: the Automake project, and prove. The jobs
# are played by ci-jobs.sh.
set -u
# shellcheck source=tests/project/common.sh
. "$(dirname "$0")/common.sh"
need_lab
command -v ip >/dev/null || skip "no ip(8) here"
cd "$scratch" || exit 99
# The flags of the make that runs this test are not for ours.
unset MAKEFLAGS MFLAGS MAKELEVEL
PATH=$(dirname "$FOURWAVE"):$PATH
export PATH

# --- make check, as examples/automake has it
automake_example() {
	cp -r "$top_srcdir/examples/automake" project && chmod -R u+w project && cd project || exit 99
	autoreconf -fi >../autoreconf.log 2>&1 || {
		cat ../autoreconf.log
		fail "autoreconf"
		return
	}
	./configure -q >../configure.log 2>&1 && make -s >../make.log 2>&1 || {
		cat ../configure.log ../make.log
		fail "configure and make"
		return
	}
	make check >../check.log 2>&1 || {
		cat ../check.log tests/*.log
		fail "make check fails with a good server"
	}
	for name in closes lost-fin lost-ack short-wait; do
		grep -q "^PASS: tests/$name.wave .* (IPv4)" ../check.log || fail "$name is not judged, or not passed"
	done
	grep -q '^# ERROR: 0' ../check.log || fail "errors in make check"

	# A server that answers with RST.
	make -s clean && make -s CPPFLAGS=-DRUDE >../make.log 2>&1 || fail "make -DRUDE"
	make check >../rude.log 2>&1 && fail "make check passes with a server that resets"
	grep -q '^FAIL: tests/closes.wave .* (IPv4)' ../rude.log || {
		cat ../rude.log
		fail "the scenario that fails is not told"
	}
	grep -q '^# ERROR: 0' ../rude.log || fail "a failure is counted as an error as well"

	# Without fourwave.
	make check FOURWAVE=/nowhere/fourwave >../without.log 2>&1 || fail "make check fails where fourwave is not"
	grep -q '^# SKIP:  4' ../without.log || fail "not skipped where fourwave is not"
	cd ..
}
if command -v autoreconf >/dev/null && command -v automake >/dev/null; then
	automake_example
else
	echo "no automake here: the project was not tried"
fi

# --- prove
mkdir scenarios
"$FOURWAVE" new scenarios/plain >/dev/null
if command -v prove >/dev/null; then
	prove --exec 'fourwave run --tap' --ext wave scenarios >prove.log 2>&1 || {
		cat prove.log
		fail "prove is not content"
	}
	grep -q 'Tests=2' prove.log || fail "prove has not seen two results"
	# A file in which all is skipped: the script that doc/ci.md has for it.
	mkdir skipped
	sed -n '/^    #!\/bin\/sh$/,/^$/s/^    //p' "$top_srcdir/doc/ci.md" | sed 's/run --tap/& --assume tcp_fin_timeout=60 -t 127.0.0.1:9/' >judge
	grep -q 'run --tap' judge || fail "doc/ci.md has no script for prove"
	chmod +x judge
	printf 'scenario "skipped"\nrole passive\nsysctl tcp_fin_timeout = 3\nopen\n' >skipped/all.wave
	prove --exec ./judge --ext wave skipped >prove.log 2>&1 && grep -q 'Tests=1' prove.log || {
		cat prove.log
		fail "prove is not content with what is skipped"
	}
fi
TAP_VERSION=13 "$FOURWAVE" run --tap scenarios 2>/dev/null | grep -q '^TAP version 13$' ||
	fail "TAP_VERSION=13"
(unset TAP_VERSION; "$FOURWAVE" run --tap scenarios 2>/dev/null) | grep -q '^TAP version 14$' || fail "TAP 14"
finish
