#!/bin/sh
# The core is pure: what its library needs from outside and beside the base is on this
# list, and there is no socket, clock, file, output or exit on it. Takes the libraries'
# paths as arguments, or finds them in the build tree.
set -eu

lib=${1:-src/core/libfwcore.a}
nm=${NM:-nm}

# Memory, strings, printing into memory, numbers, sorting, assert.
allowed='
malloc calloc realloc free abort __assert_fail
memcpy memmove memset memcmp bcmp memchr
strlen strnlen strcmp strncmp strcasecmp strncasecmp strchr strrchr strstr
snprintf vsnprintf
tolower toupper __ctype_b_loc __ctype_tolower_loc __ctype_toupper_loc
pow log log2 exp sqrt fabs round lround llround floor ceil
qsort bsearch
__memcpy_chk __memmove_chk __memset_chk __snprintf_chk __vsnprintf_chk __stack_chk_fail
_GLOBAL_OFFSET_TABLE_
'

[ -r "$lib" ] || { echo "$lib is not there: build it first"; exit 99; }
command -v "$nm" >/dev/null || { echo "skipped: no nm"; exit 77; }

base=${2:-src/base/libfwbase.a}
defined=$("$nm" -P -g --defined-only "$lib" "$base" | awk 'NF > 1 { print $1 }' | sort -u)
undefined=$("$nm" -P -u "$lib" | awk 'NF > 1 { print $1 }' | sort -u)
[ -n "$defined" ] || { echo "FAIL: nm finds no symbol in $lib"; exit 1; }

if printf '%s\n' "$undefined" | grep -Eq '^(__(asan|ubsan|tsan|msan|lsan|hwasan|sanitizer|gcov|llvm)_|mcount$)'; then
    echo "skipped: built with sanitizers or for coverage"
    exit 77
fi

bad=$(printf '%s\n' "$undefined" | awk -v allowed="$allowed" -v defined="$defined" '
    BEGIN {
        n = split(allowed " " defined, names)
        for (i = 1; i <= n; i++)
            known[names[i]] = 1
    }
    NF && !($1 in known)')

if [ -n "$bad" ]; then
    echo "FAIL: the core needs what is not pure:"
    for symbol in $bad; do
        echo "  $symbol, in $("$nm" -A -P -u "$lib" | awk -v s="$symbol" '$2 == s { print $1 }' | tr '\n' ' ')"
    done
    exit 1
fi
echo "ok: the core needs nothing but $(printf '%s\n' "$undefined" | wc -l) names, all its own or pure"
