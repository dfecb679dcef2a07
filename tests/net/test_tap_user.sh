#!/bin/sh
# A TAP device as an ordinary user, where the tests themselves run as root: with a node that everybody may
# open, in a mount namespace of our own, and the sentence where the node may not be opened.
set -u
build=${FW_BUILD:-.}
if [ "$(id -u)" != 0 ]; then
	echo "skipped: the tests run as an ordinary user already"
	exit 77
fi
for tool in setpriv unshare mknod mount; do
	command -v $tool >/dev/null || { echo "skipped: no $tool"; exit 77; }
done
if ! setpriv --reuid=65534 --regid=65534 --clear-groups test -x "$build/tests/net/test_tap"; then
	echo "skipped: an ordinary user cannot read this build directory"
	exit 77
fi
dir=$(mktemp -d) || exit 99
trap 'rmdir "$dir"' EXIT

# in_dev MODE COMMAND...: as an ordinary user whose /dev/net/tun has this mode
in_dev() {
	mode=$1
	shift
	# shellcheck disable=SC2016
	unshare -m --propagation private sh -c '
		dir=$1 mode=$2
		shift 2
		mount -t tmpfs -o mode=755 none "$dir" && mknod "$dir/tun" c 10 200 && chmod "$mode" "$dir/tun" &&
			{ mount --bind "$dir" /dev/net 2>/dev/null || mount --bind "$dir/tun" /dev/net/tun; } || exit 78
		exec setpriv --reuid=65534 --regid=65534 --clear-groups --inh-caps=-all --bounding-set=-all "$@"
	' sh "$dir" "$mode" "$@"
}

in_dev 0666 env FW_BUILD="$build" TMPDIR=/tmp "$build/tests/net/test_tap"
result=$?
if [ $result = 78 ]; then
	echo "skipped: no device node can be made here"
	exit 77
fi
[ $result = 0 ] || exit $result
said=$(in_dev 0600 "$build/tests/net/test_tap")
echo "$said"
case $said in
*"/dev/net/tun may not be opened by you: chmod 0666 /dev/net/tun, or run as root"*) exit 0 ;;
esac
echo "FAIL: a node that may not be opened is not told"
exit 1
