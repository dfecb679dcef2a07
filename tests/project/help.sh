#!/bin/sh
# fourwave help CMD is CMD --help; each command has examples, with flags that it
# knows; what is misspelt is answered with what to type next.
set -u
# shellcheck source=tests/project/common.sh
. "$(dirname "$0")/common.sh"

says() { # STATUS TEXT ARGUMENT...
	wanted=$1
	text=$2
	shift 2
	"$FOURWAVE" "$@" >"$scratch/out" 2>&1
	status=$?
	[ "$status" = "$wanted" ] || fail "fourwave $*: status $status, not $wanted"
	grep -Fq -- "$text" "$scratch/out" || {
		cat "$scratch/out"
		fail "fourwave $*: does not say \"$text\""
	}
}

commands=$("$FOURWAVE" --help | sed -n 's/^  \([a-z][a-z]*\) .*/\1/p' | grep -v '^help$')
[ -n "$commands" ] || fail "fourwave --help names no command"
for command in $commands; do
	"$FOURWAVE" help "$command" >"$scratch/help" || fail "fourwave help $command"
	"$FOURWAVE" "$command" --help >"$scratch/flag" || fail "fourwave $command --help"
	cmp -s "$scratch/help" "$scratch/flag" || fail "help $command and $command --help differ"
	sed -n "s/^  \(fourwave $command\)\( .*\)*\$/\1\2/p" "$scratch/help" >"$scratch/examples"
	[ -s "$scratch/examples" ] || fail "fourwave $command --help has no example"
	while read -r _ _ rest; do
		for word in $rest; do
			case $word in
			-*)
				grep -Eq -- "^  .*(^|[ ,])${word%%=*}([ ,]|\$)" "$scratch/help" ||
					fail "an example of $command has $word, which it does not know"
				;;
			esac
		done
	done <"$scratch/examples"
done

says 2 "did you mean 'table'?" tabel
says 2 "did you mean 'run'?" help rnu
says 2 "see fourwave --help" frobnicate
says 0 "usage: fourwave COMMAND" help help
says 2 "one command is explained at a time" help run foo
says 2 "one command is explained at a time" help run table
says 2 "see fourwave --help" help frobnicate
says 2 "fourwave run first.wave" first.wave
says 2 "did you mean '--target'?" run --taget
says 2 "fourwave new NAME" run
says 2 "usage: fourwave COMMAND"
finish
