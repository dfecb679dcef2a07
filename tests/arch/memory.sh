#!/bin/sh
# Memory that ends is one module's matter: nothing outside of src/base asks for it in another way,
# looks whether it came, or has a sentence for that. And a pointer is asked as "p" and "!p".
# Reads the tree at $srcdir, or at the first argument.
set -u
top=${1:-${srcdir:-.}}
cd "$top/src" || exit 99
bad=0

none() { # WHAT PATTERN [EXCEPT]
	found=$(find . -name '*.[chly]' ! -path './base/*' ! -path './lang/parse.[ch]' ! -path './lang/lex.[ch]' \
		-exec grep -HnE -e "$2" {} + | grep -Ev -e "${3:-^$}")
	[ -z "$found" ] || {
		echo "$found"
		echo "FAIL: $1"
		bad=1
	}
}

none 'memory_new(), memory_text() and LIST_ADD() of base/memory.h are the way to memory' \
	'\<(malloc|calloc|realloc|reallocarray|strdup|asprintf|vasprintf) ?\('
# What flex and uthash call at the end of memory is a macro of theirs.
none 'abort() is base/memory.c'"'"'s; a mistake of ours is an assert()' '\<abort ?\(' '#define'
none 'running out is not told of elsewhere' '[Oo]ut of memory'
none 'a pointer is "p" or "!p"' '[!=]= NULL\>'
exit $bad
