#!/bin/sh
# The words of vim's syntax file are the language's: those of the lexer, and the
# names of roles, states and provocations. Where vim is here, a scenario is
# coloured by it.
set -u
# shellcheck source=tests/project/common.sh
. "$(dirname "$0")/common.sh"
syntax=$top_srcdir/vim/syntax/wave.vim

sed -n 's/^syntax keyword wave\([A-Z][a-z]*\) \(.*\)/\2/p' "$syntax" | grep -v '^TODO' |
	tr ' ' '\n' | sort -u >"$scratch/vim"

{
	# Tokens that are words: ROW "row"
	sed -n '/^%token <text> SCENARIO/,/^$/p' "$top_srcdir/src/lang/parse.y" | grep -Eo '"[A-Za-z]+"' | tr -d '"'
	# Rows of the table of options, and the words in them: {OPT_MSS, "mss", ... {"val", 4, 0}
	sed -n '/option_rule table/,/^};/p' "$top_srcdir/src/core/options.c" |
		grep -Eo '"[A-Za-z]+"' | tr -d '"'
	# Names by their number: [ROLE_ACTIVE] = "active"
	grep -Eo '\[(ROLE|STATE|PROVOKE)_[A-Z0-9_]+\] *= *"[^"]*"' "$top_srcdir/src/core/names.c" |
		sed 's/.*"\([^"]*\)"/\1/' | grep -v '^crash-unread$'
	# They stand in no table: "provoke close on eof", "provoke crash unread".
	printf 'on\neof\nunread\n'
} | sort -u >"$scratch/language"
[ "$(wc -l <"$scratch/language")" -gt 80 ] || fail "the language's words were not found"

comm -23 "$scratch/language" "$scratch/vim" >"$scratch/missing"
comm -13 "$scratch/language" "$scratch/vim" >"$scratch/unknown"
[ ! -s "$scratch/missing" ] || fail "vim does not know: $(tr '\n' ' ' <"$scratch/missing")"
[ ! -s "$scratch/unknown" ] || fail "the language does not know: $(tr '\n' ' ' <"$scratch/unknown")"

# A vim with syntax; vim.tiny has none.
command -v vim >/dev/null && vim --version | grep -q '+syntax' || {
	echo "no vim with syntax here: only the words were compared"
	finish
}
cat >"$scratch/t.wave" <<'END'
# a comment
scenario "A \n string"
role passive
open
expect F. lost within 5s as fin
state FIN-WAIT-2
provoke close
send . ack rcv.nxt
END
cat >"$scratch/groups.vim" <<'END'
let out = [&filetype]
let places = [[1, 1], [2, 1], [2, 12], [2, 14], [3, 6], [5, 1], [5, 8], [5, 11], [5, 23]]
let places += [[6, 7], [6, 12], [7, 9], [8, 6], [8, 12]]
for [line, column] in places
	call add(out, line . ':' . column . ' ' . synIDattr(synID(line, column, 1), 'name'))
endfor
call writefile(out, $COLOURS)
quitall!
END
export COLOURS="$scratch/groups"
HOME=$scratch vim -Nu NONE -i NONE -es --cmd "set runtimepath^=$top_srcdir/vim" \
	--cmd 'filetype plugin on' --cmd 'syntax on' "$scratch/t.wave" \
	-S "$scratch/groups.vim" </dev/null >/dev/null 2>&1
cat >"$scratch/wanted" <<'END'
wave
1:1 waveComment
2:1 waveHeader
2:12 waveString
2:14 waveEscape
3:6 waveRole
5:1 waveStep
5:8 waveFlags
5:11 waveLost
5:23 waveNumber
6:7 waveState
6:12 waveState
7:9 waveProvoke
8:6 waveFlags
8:12 waveNumber
END
diff "$scratch/wanted" "$scratch/groups" || fail "vim colours otherwise"
finish
