#!/bin/sh
# No file of src and stacks is over 450 lines and no function over 60. A function's body begins with a
# "{" in the first column and ends with the next "}" there, as clang-format leaves it; its
# head counts, however many lines it takes. Reads the tree at $srcdir, or at the first argument.
set -u
top=${1:-${srcdir:-.}}
cd "$top" || exit 99

# A grammar is one file for bison, so its functions are measured and its length is not. What
# flex and bison make of theirs is nobody's to read.
find src stacks -name '*.[chly]' ! -path 'src/lang/parse.[ch]' ! -path 'src/lang/lex.[ch]' | sort | xargs awk '
	FNR == 1 { body = 0 }
	FNR == 451 && FILENAME !~ /\.y$/ { print FILENAME ": over 450 lines"; bad = 1 }
	/^[A-Za-z_].*\(/ { head = FNR; name = $0 }
	/^{$/ { body = head; functions++ }
	/^}/ && body {
		lines = FNR - body + 1
		if (lines > longest) longest = lines
		if (lines > 60) { print FILENAME ":" body ": " lines " lines: " name; bad = 1 }
		body = 0
	}
	END {
		printf "%d functions, the longest has %d lines\n", functions, longest
		if (functions < 500) { print "FAIL: these are not all of them"; bad = 1 }
		exit bad
	}'
