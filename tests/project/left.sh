# What can be left behind by a run, and how to see it. Sourced by sh after tests/project/common.sh.
# Other programs come and go on this machine, so each thing is looked for where only ours can be:
# processes by a mark in their environment, sockets by our user, files in directories of our own.
# shellcheck shell=sh disable=SC2154 # scratch is of common.sh

mark=FOURWAVE_MARK=$$.$(basename "$scratch")

# The processes that carry the mark, as their directories in /proc.
ours() { # [MARK]
	grep -Flxz -e "${1-$mark}" /proc/[0-9]*/environ 2>/dev/null | sed 's|/environ$||'
}

describe() { # [MARK]
	for process in $(ours "$@"); do
		tr '\0' ' ' 2>/dev/null <"$process/cmdline"
		echo " ($process)"
	done
}

# All that can be left, but for processes, in a directory; files are looked for where FILES says.
picture() { # DIRECTORY FILES...
	into=$1
	shift
	uid=$(id -u)
	for table in tcp tcp6 udp udp6 raw raw6; do
		# local and remote address, state, and the owner in the eighth column
		awk -v uid="$uid" 'NR > 1 && $8 == uid { print $2, $3, $4 }' "/proc/net/$table" |
			sort >"$into/$table"
	done
	awk -v uid="$uid" 'NR > 1 && $8 == uid' /proc/net/packet >"$into/packet" 2>/dev/null
	grep -c nsfs /proc/self/mountinfo >"$into/bound-namespaces"
	ls /run/netns >"$into/named-namespaces" 2>/dev/null
	sed 's/:.*//' /proc/net/dev | sort >"$into/links"
	find "$@" -mindepth 1 >"$into/files"
	find /dev/shm -user "$uid" -name '*fourwave*' >"$into/shm" 2>/dev/null
	grep -s . /proc/sys/net/ipv4/tcp_* /proc/sys/net/ipv4/ip_local_* >"$into/sysctls"
}

# Processes die a moment after their parent: five seconds are theirs.
wait_until_gone() { # [MARK]
	for _ in $(seq 50); do
		[ -n "$(ours "$@")" ] || return 0
		sleep 0.1
	done
	return 1
}
