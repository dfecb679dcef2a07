#!/bin/sh
# doc/ci.md as a new user would try it: the Automake project, prove, and of the
# two jobs what they run between "BEGIN tried" and "END tried".
set -u
# shellcheck source=tests/project/common.sh
. "$(dirname "$0")/common.sh"
lab_possible || skip "no namespaces here"
command -v ip >/dev/null || skip "no ip(8) here"
cd "$scratch" || exit 99
# The flags of the make that runs this test are not for ours.
unset MAKEFLAGS MFLAGS MAKELEVEL
PATH=$(dirname "$FOURWAVE"):$PATH
export PATH
if [ "$(id -u)" = 0 ]; then namespace=-n; else namespace=-rn; fi

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
		cat ../check.log
		fail "make check fails with a good server"
	}
	for name in closes lost-fin lost-ack; do
		grep -q "^PASS: tests/$name.wave .* (IPv4)" ../check.log || fail "$name is not judged, or not passed"
	done
	grep -q '^SKIP: tests/short-wait.wave .*needs tcp_fin_timeout=3' ../check.log ||
		fail "what is skipped is not told"
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
fi
TAP_VERSION=13 "$FOURWAVE" run --tap scenarios 2>/dev/null | grep -q '^TAP version 13$' ||
	fail "TAP_VERSION=13"
(unset TAP_VERSION; "$FOURWAVE" run --tap scenarios 2>/dev/null) | grep -q '^TAP version 14$' || fail "TAP 14"

# --- the jobs
if python3 -c 'import yaml' 2>/dev/null; then
	for job in github gitlab; do
		python3 -c 'import sys, yaml; yaml.safe_load(open(sys.argv[1]))' "$top_srcdir/examples/ci/$job.yml" ||
			fail "$job.yml is no YAML"
	done
fi
command -v python3 >/dev/null || {
	echo "no python3 here: the jobs were not tried"
	finish
}
cat >http.sh <<'END'
ip link set lo up
python3 -m http.server --bind 127.0.0.1 80 >/dev/null 2>&1 &
server=$!
trap 'kill $server' EXIT
for _ in 1 2 3 4 5 6 7 8 9 10; do
	python3 -c 'import socket; socket.create_connection(("127.0.0.1", 80))' 2>/dev/null && break
	sleep 0.5
done
sudo() { "$@"; }
SERVICE=127.0.0.1:80
. ./tried.sh
END
for job in github gitlab; do
	rm -rf result.xml result.html captures
	sed -n '/# BEGIN tried/,/# END tried/p' "$top_srcdir/examples/ci/$job.yml" |
		sed '/# \(BEGIN\|END\) tried/d; s/^ *run: |$//; s/^ *- //; s/^  *//' >tried.sh
	grep -q 'fourwave run' tried.sh || fail "$job.yml: nothing to try"
	unshare "$namespace" -- sh http.sh >job.log 2>&1 || {
		cat tried.sh job.log
		fail "$job.yml: its commands end with another status than 0"
	}
	for made in result.xml result.html captures/plain-ipv4.pcap; do
		[ -s "$made" ] || fail "$job.yml: $made is not there"
	done
	grep -q '<testcase' result.xml || fail "$job.yml: no case in the JUnit file"
done
finish
