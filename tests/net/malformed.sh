#!/bin/sh
# What a scenario sends malformed leaves so, as tcpdump and the peer's own kernel see it: data
# offsets that lie, IP fragments, another port. Over routing and on the link layer, and
# past connection tracking.
set -u
# shellcheck source=tests/project/common.sh
. "$(dirname "$0")/../project/common.sh"
# shellcheck source=tests/net/pair.sh
. "$(dirname "$0")/pair.sh"

PATH=$PATH:/usr/sbin:/sbin
rfc=$top_srcdir/scenarios/rfc
begin_at_peer "$FOURWAVE" peer --remote -q
wait_listening 4144 4 || { echo "no fourwave peer"; exit 99; }
wait_listening 4144 6 || { echo "no fourwave peer"; exit 99; }

# STATUS and VERDICT of a scenario, its JSON line in $scratch/json, its capture in $scratch/c.
run() { # ADDRESS SCENARIO FLAGS...
	address=$1 scenario=$2
	shift 2
	rm -rf "$scratch/c"
	"$FOURWAVE" run -q -t "$address" -w "$scratch/c" --json "$scratch/json" "$@" \
		"$rfc/$scenario.wave" >"$scratch/text" 2>&1
}

says() { # TEXT
	grep -qF -- "$1" "$scratch/json" || {
		fail "$address $scenario: not $1:"
		cat "$scratch/json" "$scratch/text"
	}
}

# tcpdump gives root away where it has it. No user namespace of ours allows that: there it is
# somebody else before.
dump() { # ARGUMENTS...
	if [ "$(awk '{ print $3; exit }' /proc/self/uid_map)" = 1 ]; then
		unshare --user --map-user=1000 tcpdump "$@"
	else
		tcpdump -Z root "$@"
	fi
}

# Frames of the capture that a filter takes.
frames() { # COUNT FILTER
	command -v tcpdump >/dev/null || return
	seen=$(dump -n -r "$scratch"/c/*.pcap "$2" 2>/dev/null | grep -c '^[0-9][0-9]:')
	[ "$seen" = "$1" ] || fail "$address $scenario: $seen frames are '$2', not $1"
}

# The verdict once more, from the capture alone.
judged() { # VERDICT [REASON]
	"$FOURWAVE" judge -q -r "$scratch"/c/*.pcap --json "$scratch/judged" "$rfc/$scenario.wave" >"$scratch/text" 2>&1
	grep -qF "\"verdict\":\"$1\",\"reason\":\"" "$scratch/judged" && grep -qF -- "${2-}" "$scratch/judged" || {
		fail "$address $scenario: judged otherwise than $1 ${2-}:"
		cat "$scratch/judged" "$scratch/text"
	}
}

# Takes frames out of the capture; fourwave's note in it stays.
without() { # FILTER
	dump -r "$(echo "$scratch"/c/*.pcap)" --nano -w "$scratch/less" "not ($1)" 2>/dev/null
	mv "$scratch/less" "$(echo "$scratch"/c/*.pcap)"
}

ip_counter() { # NAME
	at_peer nstat -asz "$1" 2>/dev/null | awk -v name="$1" '$1 == name { print $2 }'
}

for address in "$peer_ip4" "$peer_ip6"; do
	case $address in
	*:*) ours="src host $our_ip6" offset='ip6[52] >> 4' pieces='ip6[6] == 44' counter=Ip6ReasmOKs ;;
	*) ours="src host $our_ip4" offset='tcp[12] >> 4' pieces='ip[6:2] & 0x3fff != 0' counter=IpReasmOKs ;;
	esac
	for way in routed link; do
		flags=
		[ $way = routed ] || flags='-i left'
		# shellcheck disable=SC2086 # none, or two words
		run "$address" false-offset $flags
		says '"verdict":"pass"'
		for what in 4 0 15; do says "\"what\":\"offset $what\"}"; done
		frames 2 "$ours and $offset == 4"
		frames 1 "$ours and $offset == 0"
		frames 2 "$ours and $offset == 15"

		judged pass

		before=$(ip_counter $counter)
		# shellcheck disable=SC2086
		run "$address" fragmented-fin $flags
		says '"verdict":"pass"'
		says '"what":"in 5 fragments"}'
		says '"what":"in 2 fragments"}'
		frames 7 "$pieces"
		after=$(ip_counter $counter)
		[ "$after" = "$((before + 2))" ] ||
			fail "$address: the peer's kernel has put $((after - before)) packets together, not 2"

		judged pass
		if command -v tcpdump >/dev/null; then
			without "$pieces"
			judged error 'does not fit the scenario at step'
		fi

		# shellcheck disable=SC2086
		run "$address" other-port $flags
		says '"verdict":"pass"'
		says '"to our other port":2}'
		judged pass
		port=$(sed 's/.*"from port \([0-9]*\)".*/\1/' "$scratch/json")
		frames 3 "$ours and src port $port"
		frames 2 "dst port $port"
	done
done

# What can't be seen leaving as it was to leave is an error: a host that tracks connections
# puts IPv6 fragments together. IPv4's it cuts again where they were cut, and the link layer
# goes past it.
if command -v nft >/dev/null && nft 'add table inet track
	add chain inet track out { type filter hook output priority 0; }
	add rule inet track out ct state invalid counter' 2>"$scratch/nft"; then
	run "$peer_ip4" fragmented-fin
	says '"verdict":"pass"'
	frames 7 'ip[6:2] & 0x3fff != 0'
	run "$peer_ip6" fragmented-fin
	says '"verdict":"error"'
	says 'connection tracking'
	run "$peer_ip6" fragmented-fin -i left
	says '"verdict":"pass"'
	nft 'delete table inet track'
else
	echo "no connection tracking here: $(head -1 "$scratch/nft" 2>/dev/null)"
fi
finish
