# What the plays of stacks/ share. Sourced by sh; $0 is the play.
# shellcheck shell=sh disable=SC2034 # its users are elsewhere

here=$(cd "$(dirname "$0")" && pwd) || exit 99
name=$(basename "$here")
stacks=$(dirname "$here")
build=${FOURWAVE_STACKS_BUILD:-$(dirname "$stacks")/build-stacks/$name}
[ -n "${FOURWAVE-}" ] || FOURWAVE=$(dirname "$stacks")/build/src/fourwave
[ -x "$FOURWAVE" ] || FOURWAVE=fourwave

cannot() { # SENTENCE
	echo "$name: $*" >&2
	exit 77
}

package_version() { # PACKAGE; prints "2.1.3, Debian 2.1.3+dfsg1-2"
	dpkg-query -W -f '${Version}' "$1" 2>/dev/null | sed 's/\(.*\)/\1, Debian \1/; s/^\([0-9]*:\)\{0,1\}\([0-9.]*\)[^,]*/\2/'
}

need_header() { # HEADER PACKAGE
	echo "#include <$1>" | "${CC:-cc}" ${CPPFLAGS-} -E -o /dev/null - 2>/dev/null ||
		cannot "a C compiler and $1 are needed (Debian's package $2)"
}

# Not every machine lets everybody make a TAP device.
need_tap() {
	# shellcheck disable=SC2188 # it is only opened
	(: <>/dev/net/tun) 2>/dev/null ||
		cannot "/dev/net/tun may not be opened by this user; let its mode be 0666, as Debian's udev has it"
}

# The agent and SOURCES of this directory's.
compile() { # PROGRAM SOURCES-AND-LIBRARIES...
	mkdir -p "$build" || exit 99
	program=$build/$1
	shift
	# shellcheck disable=SC2086 # these are several words
	(cd "$here" && "${CC:-cc}" -std=gnu17 ${CPPFLAGS-} ${CFLAGS--O2 -g} -o "$program.new" "$@" ../agent.c ../session.c \
		../request.c ../tap.c ${LDFLAGS-}) && mv "$program.new" "$program" || exit 99
}
