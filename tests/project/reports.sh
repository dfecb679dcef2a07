# What the tests of the reports share: a run in the lab with a pass, a failure and
# a series of resends. Sourced after common.sh.
# shellcheck shell=sh

: "${scratch:?source common.sh first}"

# The scenarios in $scratch/waves. One of them fails, and its title is markup.
write_waves() {
	mkdir -p "$scratch/waves"
	cat >"$scratch/waves/passes.wave" <<'END'
scenario "A lost FIN comes again"
row      1
role     passive
sysctl   tcp_orphan_retries = 3
rfc      6298 "5.5"
open
provoke  close
expect   F. lost within 1s as fin
expect   retransmit fin lost count 2 backoff 2 +15%/-2%
END
	cat >"$scratch/waves/fails.wave" <<'END'
scenario "A FIN & <script>alert('no')</script> that nobody sends"
role     active
family   ipv4
open
send     F. as fin
expect   R within 200ms
END
}

# Plays them; the arguments are the reports that are wanted.
play_waves() {
	"$FOURWAVE" run -q -w "$scratch/captures" "$@" "$scratch/waves" >"$scratch/output" 2>&1
	played=$?
	[ "$played" = 1 ] || {
		cat "$scratch/output"
		fail "a run with a failure ends with $played"
	}
}
