#!/bin/sh
# What bash and zsh offer is what the program has: each command, and each flag
# of each command's --help.
set -u
# shellcheck source=tests/project/common.sh
. "$(dirname "$0")/common.sh"
command -v bash >/dev/null || skip "no bash here"
PATH=$(dirname "$FOURWAVE"):$PATH
export PATH
cd "$scratch" || exit 99
: >one.wave
: >other.txt
mkdir sub

# One word a line: the flags of a command, as its --help has them.
flags_of() { # COMMAND
	"$FOURWAVE" help "$1" | sed -n 's/^  *\(-.*\)/\1/p' | sed 's/   *.*//' |
		grep -Eo -- '(^|[ ,])--?[A-Za-z0-9][a-z0-9-]*' | tr -d ' ,'
}

cat >complete.bash <<'END'
. "$top_srcdir/completion/fourwave"
COMP_WORDS=("$@")
COMP_CWORD=$(($# - 1))
_fourwave 2>/dev/null
printf '%s\n' "${COMPREPLY[@]}"
END
offers() { # WANTED WORD...; each word of WANTED must be offered
	wanted=$1
	shift
	bash --norc complete.bash "$@" >offered
	for word in $wanted; do
		grep -Fxq -- "$word" offered || fail "bash: $* : $word is not offered"
	done
}
offers_not() { # UNWANTED WORD...
	unwanted=$1
	shift
	bash --norc complete.bash "$@" >offered
	! grep -Fxq -- "$unwanted" offered || fail "bash: $* : $unwanted is offered"
}

commands=$("$FOURWAVE" --help | sed -n 's/^  \([a-z][a-z]*\) .*/\1/p')
# shellcheck disable=SC2086
offers "$commands --version" fourwave ''
offers "$commands" fourwave help ''
offers 'table' fourwave ta
for command in $commands; do
	[ "$command" != help ] || continue
	offers "$(flags_of "$command") --help" fourwave "$command" -
done
offers 'auto always never' fourwave run --color ''
offers 'one.wave sub' fourwave run ''
offers_not 'other.txt' fourwave run ''
offers 'other.txt' fourwave run --json ''
offers 'other.txt' fourwave draw ''
offers 'one.wave' fourwave judge ''
offers 'sub' fourwave run -w ''
offers_not 'one.wave' fourwave run -w ''
offers 'lo' fourwave run -i ''
offers 'passive' fourwave new --role ''
offers 'rfc linux bsd lwip' fourwave run --profile ''
offers 'none http banner imap tls eof postgresql mysql redis memcached mqtt ldap' fourwave run --provoke ''

command -v zsh >/dev/null || {
	echo "no zsh here: only bash was looked at"
	finish
}
cat >complete.zsh <<'END'
FOURWAVE_TEST=1
setopt extendedglob
_describe() { eval "print -rl -- \${$4[@]%%:*}" }
_arguments() { shift; print -rl -- "$@" }
autoload -Uz colors
source "$top_srcdir/completion/_fourwave"
words=("$@")
CURRENT=$#
_fourwave
END
zsh -f complete.zsh fourwave '' >offered 2>errors
for word in $commands; do
	grep -Fxq -- "$word" offered || fail "zsh: $word is not offered"
done
for command in $commands; do
	[ "$command" != help ] || continue
	zsh -f complete.zsh fourwave "$command" - >offered 2>>errors
	for flag in $(flags_of "$command"); do
		grep -Fq -- "*${flag}[" offered || fail "zsh: $command: $flag is not offered"
	done
done
zsh -f complete.zsh fourwave run - >offered 2>>errors
grep -Fq -- '*--color[auto, always or never]:WHEN:(auto always never)' offered || fail "zsh: --color"
[ ! -s errors ] || {
	cat errors
	fail "zsh complains"
}
finish
