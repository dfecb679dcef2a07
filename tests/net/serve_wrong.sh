#!/bin/sh
# Programs by --serve that are wrong: they never listen, listen elsewhere, end, fork, ignore signals, write
# without end. Each ends in a clear error, or in a right verdict, and in bounded time; and nothing is left
# of it, also where fourwave is ended in the middle. As an ordinary user and as root.
set -u
# shellcheck source=tests/project/common.sh
. "$(dirname "$0")/../project/common.sh"

need_lab
case $0 in /*) this=$0 ;; *) this=$PWD/$0 ;; esac
own='unshare --map-current-user --net --mount'
[ "$(id -u)" != 0 ] || own='unshare --net --mount'
if [ -z "${FOURWAVE_OWN_NETWORK-}" ] && $own true 2>/dev/null; then
	rm -rf "$scratch"
	FOURWAVE_OWN_NETWORK=1 exec $own "$this"
fi
# shellcheck source=tests/project/left.sh
. "$(dirname "$0")/../project/left.sh"
# What a run mounts and does not keep to itself is seen here.
[ "$(id -u)" != 0 ] || mount --make-rshared / 2>/dev/null

FOURWAVE=$(realpath "$FOURWAVE")
top_srcdir=$(realpath "$top_srcdir")
bad=$scratch/misbehave
cp "$(realpath "${top_builddir:-.}")/tests/net/misbehave" "$bad" || exit 99
chmod 755 "$scratch" "$bad"
echo text >"$scratch/not-executable"
chmod 644 "$scratch/not-executable"

cat >"$scratch/short.wave" <<'END'
scenario "The server closes when it is asked to"
role     passive
family   ipv4
open
provoke  close
expect   F. seq rcv.nxt ack snd.nxt within 3s as fin
send     F. ack fin.end as ours
expect   . seq fin.end ack ours.end within 1s
END
# Our FIN is ACKed at once by any TCP; whoever expects that it is not is wrong, and is told so.
sed '/^family/d' "$scratch/short.wave" >"$scratch/both.wave"
cat >"$scratch/foolish.wave" <<'END'
scenario "The server does not acknowledge our FIN"
role     active
family   ipv4
open
send     F. as fin
silence  1s
END
cat >"$scratch/killed.wave" <<'END'
scenario "Nothing comes of a server that is killed"
role     passive
family   ipv4
open
provoke  crash
silence  1s
END
cat >"$scratch/quiet.wave" <<'END'
scenario "The server says nothing"
role     active
family   ipv4
open
silence  2s
END
cat >"$scratch/long.wave" <<'END'
scenario "Long enough to be ended in the middle"
role     active
family   ipv4
open
silence  60s
END
chmod 644 "$scratch"/*.wave

players=user root_prefix='' user_prefix=''
if [ "$(id -u)" = 0 ]; then
	user_prefix='setpriv --reuid=65534 --regid=65534 --clear-groups --inh-caps=-all --bounding-set=-all --no-new-privs'
	if $user_prefix unshare -Urn true 2>/dev/null && $user_prefix test -x "$FOURWAVE" -a -r "$top_srcdir/profiles/linux.profile"; then
		players='user root'
	else
		players=root
		echo "an ordinary user can't have a lab here, or can't read this build"
	fi
fi

wrong() { # CASE SENTENCE
	[ ! -f "$scratch/$1/out" ] || cat "$scratch/$1/out"
	echo "$1: $2" >>"$scratch/wrong"
}

room() { # CASE PLAYER: a directory of its own, and a mark
	at=$scratch/$1 its_mark=$mark.$1
	mkdir "$at" "$at/tmp" "$at/cwd" && chmod 777 "$at/tmp" "$at/cwd" && cd "$at/cwd" || exit 99
	if [ "$2" = user ]; then prefix=$user_prefix; else prefix=$root_prefix; fi
}

nothing_left() { # CASE
	wait_until_gone "$its_mark" || {
		wrong "$1" "processes are left:
$(describe "$its_mark")"
		for process in $(ours "$its_mark"); do kill -9 "${process#/proc/}"; done
	}
	[ -z "$(find "$at/tmp" "$at/cwd" -mindepth 1)" ] || wrong "$1" "files are left: $(find "$at/tmp" "$at/cwd" -mindepth 1)"
}

# Within so many seconds it ends with one of STATUSES (99|0), and says PATTERN; and shows a terminal nothing
# that it would take for an order.
one() { # PLAYER NAME STATUSES SECONDS PATTERN ARGUMENT...
	case=$2-$1 statuses=$3 seconds=$4 pattern=$5
	room "$case" "$1"
	shift 5
	read -r began _ </proc/uptime
	# shellcheck disable=SC2086
	timeout -k 5 100 $prefix env "$its_mark" "TMPDIR=$at/tmp" "$FOURWAVE" run --color never "$@" >"$at/out" 2>&1 </dev/null
	status=$?
	read -r ended _ </proc/uptime
	took=$(echo "$began $ended" | awk '{ printf "%.1f", $2 - $1 }')
	echo "$case: status $status, $took s: $(grep -vE '^$|no scenario of' "$at/out" | head -n 1 | cut -c 1-220)"
	case "|$statuses|" in *"|$status|"*) ;; *) wrong "$case" "status $status, expected $statuses" ;; esac
	[ "${took%.*}" -lt "$seconds" ] || wrong "$case" "it took $took s, of $seconds"
	tr -s ' \n' ' ' <"$at/out" | grep -Eq -- "$pattern" || wrong "$case" "not said: $pattern"
	iconv -f UTF-8 -t UTF-8 <"$at/out" >/dev/null 2>&1 || wrong "$case" "what it said is no UTF-8"
	! tr -d '\n\t' <"$at/out" | LC_ALL=C grep -q '[[:cntrl:]]' || wrong "$case" "it shows control characters"
	nothing_left "$case"
}

play() { # NAME STATUSES SECONDS PATTERN ARGUMENT...
	for player in $players; do
		one "$player" "$@" &
		running="$running $!"
	done
}

# Ended by a signal SECONDS after its beginning.
end_one() { # PLAYER NAME SIGNAL SECONDS ARGUMENT...
	case=$2-$3-$1 signal=$3 seconds=$4
	room "$case" "$1"
	shift 4
	# A shell lets its background jobs ignore SIGINT; ours must not.
	# shellcheck disable=SC2086
	$prefix env --default-signal=INT,TERM,HUP "$its_mark" "TMPDIR=$at/tmp" "$FOURWAVE" run "$@" >"$at/out" 2>&1 </dev/null &
	child=$!
	sleep "$seconds"
	# A busy machine takes longer to come so far.
	for _ in $(seq 300); do
		count=$(ours "$its_mark" | wc -l)
		[ "$count" -lt 3 ] && [ "${case%%-*}" != early ] || break
		sleep 0.1
	done
	[ "$count" -ge 3 ] || [ "${case%%-*}" = early ] || wrong "$case" "only $count processes run, so this proves nothing"
	kill -s "$signal" $child
	for _ in $(seq 600); do
		kill -0 $child 2>/dev/null || break
		sleep 0.1
	done
	! kill -0 $child 2>/dev/null || {
		wrong "$case" "it still runs after a minute"
		kill -9 $child
	}
	wait $child 2>/dev/null
	status=$?
	[ $status != 0 ] || wrong "$case" "it ends with 0, and not all was played"
	nothing_left "$case"
}

end() { # NAME SIGNAL SECONDS ARGUMENT...
	for player in $players; do
		end_one "$player" "$@" &
		running="$running $!"
	done
}

all() {
	# shellcheck disable=SC2086
	wait $running
	running=''
}

running=''
: >"$scratch/wrong"
cd "$scratch" || exit 99
mkdir before after nowhere
picture before nowhere
sed 's/^[0-9]* //' /proc/self/mountinfo | sort >mounts
short=$scratch/short.wave
bye='--provoke bye\n'

# --- it does not come so far as to serve

play never 99 60 'Sorry, I am not ready' --serve "$bad say 'Sorry, I am not ready' sleep" --port 8000 "$short"
play never-any 99 60 'Sorry, I am not ready' --serve "$bad say 'Sorry, I am not ready' sleep" "$short"
play loopback 99 60 '127\.0\.0\.1' --serve "$bad listen 127.0.0.1,8000 sleep" --port 8000 "$short"
play loopback-any 99 60 '127\.0\.0\.1' --serve "$bad listen 127.0.0.1,8000 sleep" "$short"
play elsewhere 99 60 '8001' --serve "$bad listen 8001 sleep" --port 8000 "$short"
play two 99 60 'more than one port.*--port' --serve "$bad listen 8000 listen 8001 serve 0" "$short"
play at-once 99 60 'status 3.*no such configuration' --serve "$bad say 'no such configuration' exit 3" --port 8000 "$short"
play at-once-0 99 60 'status 0' --serve "$bad exit 0" --port 8000 "$short"
play at-once-segv 99 60 'SIGSEGV|signal 11|Segmentation' --serve "exec $bad segv" --port 8000 "$short"
play missing 99 60 'not found' --serve "$scratch/there-is-no-such-program" --port 8000 "$short"
play not-executable 99 60 '[Pp]ermission denied' --serve "$scratch/not-executable" --port 8000 "$short"
play control 99 60 'red.*end' --serve "$bad control exit 1" --port 8000 "$short"
play stopped-early 99 60 'does not listen' --serve "$bad stop" --port 8000 "$short"
play silent-flood 99 60 'does not listen' --serve "$bad flood sleep" --port 8000 "$short"
play syntax 99 60 'yntax' --serve "if" --port 8000 "$short"

# It is the user who calls, with no privilege unless that is root; and is alone. The shell's own child reads.
play who 99 60 'uid (0 .*|[1-9][0-9]* CapEff: 0+ )processes [1-6];' \
	--serve 'echo "uid $(id -u)" $(grep ^CapEff: /proc/self/status) "processes $(ls /proc | grep -c "^[1-9]");"; exit 3' "$short"

# It has a session of its own, without a terminal.
play session 99 60 'in group 2 of session 2' --serve 'read -r a b c d group session e </proc/self/stat; echo "in group $group of session $session"; exit 3' "$short"

# How many files we allow ourselves is nothing to it.
# shellcheck disable=SC3045 # dash and bash have it
files=$(ulimit -S -n)
# shellcheck disable=SC3045
ulimit -S -n 500
play limits 99 60 'files: 500 ' --serve 'echo "files: $(ulimit -S -n) "; exit 3' "$short"
# shellcheck disable=SC3045
ulimit -S -n "$files"

# --- it serves, in its own way

# shellcheck disable=SC2086
{
	play right 0 60 '1 passed' $bye --serve "$bad listen 8000 serve 0" --port 8000 "$short"
	play late 0 60 '1 passed' $bye --serve "$bad wait 2500 listen 8000 serve 0" "$short"
	play two-one-meant 0 60 '1 passed' $bye --serve "$bad listen 8000 listen 8001 serve 0" --port 8001 "$short"
	play daemon '0|99' 60 '1 passed|status 0' $bye --serve "$bad daemon listen 8000 serve 0" --port 8000 "$short"
	play children 0 60 '1 passed' $bye --serve "$bad children 5 listen 8000 serve 0" --port 8000 "$short"
	play deaf 0 60 '1 passed' $bye --serve "$bad deaf children 2 listen 8000 serve 0" --port 8000 "$short"
	play flood 0 60 '1 passed' $bye --serve "$bad flood listen 8000 flood serve 0" --port 8000 "$short"
	play background 0 60 '1 passed' $bye --serve "$bad listen 8000 serve 0 & wait" --port 8000 "$short"
	play port-of-root 0 60 '1 passed' $bye --serve "$bad listen 80 serve 0" "$short"
	play one-family 0 60 '1 passed, 0 failed, 1 skipped' $bye --serve "$bad listen 0.0.0.0,8000 serve 0" "$scratch/both.wave"
	# What fails is played again, with its second life, which comes up as late as its first.
	[ -z "${FOURWAVE_TESTS_LONG-}" ] || play late-again 1 60 '1 failed' --slow 2 --confirm 1 --provoke none \
		--serve "$bad wait 11000 listen 8000 serve 0" "$scratch/killed.wave"
	play its-address 0 60 '1 passed' $bye --port 8123 --serve "$bad listen \$FOURWAVE_ADDRESS,\$FOURWAVE_PORT serve 0" "$short"
	play babbles 0 60 '1 passed' $bye --serve "yes & exec $bad listen 8000 serve 0" "$short"
	play says-no-more 0 60 '1 passed' $bye --serve "exec >/dev/null 2>&1; $bad listen 8000 serve 0" "$short"
	play kills-all 0 60 '1 passed' $bye --serve "kill -9 1; kill -TERM 1; kill -STOP 1; kill -9 -1; $bad listen 8000 serve 0" "$short"
	# It comes up, and ends at about the time when that is seen.
	for ms in 90 110 130 160; do
		play gone-$ms 99 60 'status 4|error' $bye --serve "$bad listen 8000 wait $ms exit 4" "$short"
	done
	# One that lives once: the second instance of it, or its second life, ends at once.
	play once '99' 60 'lock is there' $bye --serve "mkdir \$TMPDIR/../lock || { echo lock is there; exit 1; }; $bad listen 8000 serve 0" \
		"$top_srcdir/scenarios/table/row5-passive-crash.wave" "$top_srcdir/scenarios/table/row1-passive-orphan-retries1.wave"
	# It ends half-way: of twenty connections it takes five.
	play half-segv 99 60 'SIGSEGV|signal 11|Segmentation' $bye -j 1 --repeat 20 --serve "exec $bad say 'oh no' listen 8000 serve 5 segv" --port 8000 "$short"
	play half-exit 99 60 'status 0' $bye -j 1 --repeat 20 --serve "$bad listen 8000 serve 5 exit 0" --port 8000 "$short"
	# What its kernel says for it when it has ended is not held against that, either.
	play half-quiet 99 60 'status 4|nothing had asked' $bye --serve "$bad listen 8000 serve 1 wait 300 exit 4" --port 8000 "$scratch/quiet.wave"
	play half-killed 99 60 'SIGSEGV|nothing had asked' $bye --serve "exec $bad listen 8000 serve 1 wait 300 segv" --port 8000 "$scratch/quiet.wave"
	# What it does not do is not held against its TCP; what its TCP does is.
	play holds 99 60 'server-stays|did not close' $bye --serve "$bad listen 8000 hold" --port 8000 "$short"
	play stopped 99 60 'server-stays|did not close|stopped' $bye --serve "$bad listen 8000 stop" --port 8000 "$short"
	play foolish 1 60 '1 failed' $bye --serve "$bad listen 8000 hold" --port 8000 "$scratch/foolish.wave"
}
all

# --- what it writes gets into no report

room reports root
"$FOURWAVE" run --provoke 'bye\n' --serve "$bad flood control listen 8000 control serve 0" --port 8000 --json - "$short" \
	>"$scratch/reports/json" 2>"$scratch/reports/out" </dev/null || wrong reports "status $?"
[ -s "$scratch/reports/json" ] && ! grep -qv '^{.*}$' "$scratch/reports/json" || wrong reports "--json - holds more than JSON"
mkdir "$scratch/files"
"$FOURWAVE" run --serve "$bad control exit 1" --port 8000 --json "$scratch/files/json" --junit "$scratch/files/junit" "$short" \
	>"$scratch/reports/out" 2>&1 </dev/null
if command -v xmllint >/dev/null; then
	xmllint --noout "$scratch/files/junit" || wrong reports "the JUnit file is no XML"
fi
if command -v python3 >/dev/null; then
	python3 -c 'import json, sys; [json.loads(l) for l in open(sys.argv[1])]' "$scratch/files/json" ||
		wrong reports "the JSON file is no JSON"
fi
cd "$scratch" || exit 99

# --- ended in the middle

for signal in INT TERM HUP KILL; do
	end never $signal 1 --serve "$bad deaf children 2 say 'I am not ready' sleep" --port 8000 "$short"
	# shellcheck disable=SC2086
	end playing $signal 2 $bye --serve "$bad deaf children 2 listen 8000 serve 0" --port 8000 "$scratch/long.wave"
done
# In the midst of its beginning.
for delay in 0.005 0.01 0.015 0.02 0.03 0.04 0.06 0.1; do
	end early-$delay KILL $delay --serve "$bad deaf children 2 listen 8000 serve 0" --port 8000 "$scratch/long.wave"
done
end flooding KILL 1 --serve "while :; do $bad flood; done" --port 8000 "$short"
end daemon KILL 2 --serve "$bad deaf daemon listen 8000 serve 0" --port 8000 "$scratch/long.wave"
end stopped KILL 2 --serve "$bad listen 8000 stop" --port 8000 "$scratch/long.wave"
all

# Others' tests have named namespaces that come and go.
picture after nowhere
rm -f before/*-namespaces after/*-namespaces
diff -r before after || fail "what is left stands above"
sed 's/^[0-9]* //' /proc/self/mountinfo | sort | comm -13 mounts - | grep . && fail "mounts are left"
while read -r what; do
	fail "$what"
done <"$scratch/wrong"
finish
