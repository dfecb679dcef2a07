#!/bin/sh
# Includes go one way: core <- lang <- wire, lab, report, run <- main. And no
# file of the core asks for a header of the system's that would let it see a
# socket, a clock or a file.
set -u
# shellcheck source=tests/project/common.sh
. "$(dirname "$0")/common.sh"

cd "$top_srcdir/src" || exit 99

# What a directory may include, itself left out. The edges know each other only
# where this says so: run joins them.
may_include() { # DIRECTORY
	case $1 in
	core) ;;
	lang) echo core ;;
	wire | lab | report) echo core lang ;;
	run) echo core lang wire lab report ;;
	esac
}

for directory in core lang wire lab report run; do
	allowed=" $directory $(may_include $directory) "
	grep -Hno '^[[:space:]]*#[[:space:]]*include[[:space:]]*"[^"]*"' "$directory"/*.[chly] 2>/dev/null |
		sed 's/^\([^:]*:[0-9]*\):.*"\([^"]*\)"/\1 \2/' >"$scratch/includes"
	while read -r where header; do
		case $header in
		*/*) target=${header%%/*} ;;
		config.h) continue ;;
		*)
			[ "$directory" = core ] || fail "$where includes \"$header\" without its directory"
			continue
			;;
		esac
		case $allowed in
		*" $target "*) ;;
		*) fail "$where includes $header: $directory must not know $target" ;;
		esac
	done <"$scratch/includes"
done

forbidden='sys/socket|sys/time|time|unistd|fcntl|netinet/|arpa/|netdb|pcap|libnet|netlink/|signal|pthread|sys/ioctl|poll|sys/epoll'
grep -En "^[[:space:]]*#[[:space:]]*include[[:space:]]*<($forbidden)" core/*.[ch] >"$scratch/seen" && {
	cat "$scratch/seen"
	fail "the core includes what it must not know"
}
finish
