#!/bin/sh
# What README and HACKING.md name is there: commands of fourwave and their flags,
# scripts, files.
set -u
# shellcheck source=tests/project/common.sh
. "$(dirname "$0")/common.sh"

cd "$top_srcdir" || exit 99

# A line of commands is indented; it begins with the program or a script. What stands in quotes is another
# program's.
for document in README HACKING.md; do
	sed -n 's/^[[:space:]]\{2,\}\(\$ \)\{0,1\}\(sudo \)\{0,1\}\(\(src\/\)\{0,1\}fourwave [a-z].*\)$/\3/p' \
		"$document" | sed "s/'[^']*'//g" >"$scratch/commands"
	[ "$document" != README ] || [ -s "$scratch/commands" ] || fail "README shows no command"
	while read -r _ command rest; do
		"$FOURWAVE" "$command" --help >"$scratch/help" 2>/dev/null || {
			fail "$document: there is no fourwave $command"
			continue
		}
		for word in $rest; do
			case $word in
			'#'*) break ;;
			-*)
				flag=${word%%=*}
				grep -Eq -- "(^|[ ,])$flag([ ,=]|\$)" "$scratch/help" ||
					fail "$document: fourwave $command knows no $flag"
				;;
			scenarios/*)
				# shellcheck disable=SC2086 # a pattern may stand there
				ls -d $word >/dev/null 2>&1 || fail "$document: $word is not there"
				;;
			esac
		done
	done <"$scratch/commands"
	grep -Eo '(^|[ (`])(scripts|tests|src|man|scenarios|m4)/[A-Za-z0-9_./*-]*[A-Za-z0-9*]' "$document" |
		tr -d '(` ' | sort -u >"$scratch/paths"
	while read -r path; do
		case $path in *NAME*) continue ;; esac # whoever adds one gives it
		# shellcheck disable=SC2086 # a pattern may stand there
		ls -d $path >/dev/null 2>&1 || [ "$path" = src/fourwave ] || fail "$document: $path is not there"
	done <"$scratch/paths"
done
finish
