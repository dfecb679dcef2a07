#!/bin/sh
# The agent and the lab as an ordinary user, where the tests themselves run
# as root.
set -u
build=${FW_BUILD:-.}
if [ "$(id -u)" != 0 ]; then
	echo "skipped: the tests run as an ordinary user already"
	exit 77
fi
command -v setpriv >/dev/null || { echo "skipped: no setpriv"; exit 77; }
as_nobody() {
	setpriv --reuid=65534 --regid=65534 --clear-groups --inh-caps=-all --bounding-set=-all \
		env FW_BUILD="$build" TMPDIR=/tmp "$@"
}
if ! as_nobody test -x "$build/tests/net/test_lab"; then
	echo "skipped: an ordinary user cannot read this build directory"
	exit 77
fi
result=0
for t in test_agent test_agent_sessions test_lab; do
	as_nobody "$build/tests/net/$t" || result=$?
	[ $result = 0 ] || exit $result
done
as_nobody sh "${srcdir:-.}/tests/net/test_lab_left.sh"
