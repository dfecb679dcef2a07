#!/bin/sh
# Includes go one way: base <- core <- lang <- edges (wire, lab, read, report, run) <- cmd <- main,
# with no cycle. Reads src/**/*.[chly] of the tree at $srcdir, or at the
# first argument.
set -eu

top=${1:-${srcdir:-.}}
cd "$top/src"

# What the core may include of the C library: no socket, clock or file.
# <stdio.h> is there for snprintf and vsnprintf alone.
pure='assert ctype errno float inttypes limits math stdalign stdarg stdbool stddef stdint stdio stdlib string strings'

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# "FILE <header>" or "FILE "header"", a line each. The generated parser is not
# ours, and in a build inside the source tree it lies about here.
find . -name '*.[chly]' ! -path './lang/parse.[ch]' ! -path './lang/lex.[ch]' | sed 's|^\./||' | sort >"$work/files"
[ -s "$work/files" ] || { echo "FAIL: no sources in $top/src"; exit 1; }
while read -r file; do
    sed -En 's/^[[:space:]]*#[[:space:]]*include[[:space:]]*([<"][^>"]+[>"]).*/\1/p' "$file" |
        while read -r header; do echo "$file $header"; done
done <"$work/files" >"$work/includes"

# Layers: each rule prints what breaks it.
awk -v pure="$pure" '
    BEGIN {
        n = split(pure, names)
        for (i = 1; i <= n; i++)
            is_pure["<" names[i] ".h>"] = 1
        level["base"] = 0; level["core"] = 1; level["lang"] = 2
        level["wire"] = level["lab"] = level["read"] = level["report"] = level["run"] = 3
        level["cmd"] = 4; level["main"] = 5
    }
    function dir_of(path) { return path ~ /\// ? substr(path, 1, index(path, "/") - 1) : "main" }
    {
        from = dir_of($1)
        name = substr($2, 2, length($2) - 2)
        if (!(from in level)) {
            print $1 ": src/" from " belongs to no layer"
            next
        }
        if (name ~ /\.\.\//) {
            print $1 ": " $2 " climbs out of its directory"
        } else if ($2 ~ /^</) {
            if (from == "core" && !($2 in is_pure))
                print $1 ": " $2 " is no pure C header"
            if (dir_of(name) != "main" && dir_of(name) in level)
                print $1 ": " $2 " is ours: write it in quotes"
        } else if (from == "core" && $2 == "\"base/clock.h\"") {
            print $1 ": " $2 ": the core reads no clock"
        } else if (from == "core") {
            if (dir_of(name) != "base" && dir_of(name) != "core" && (name ~ /\// || system("test -f core/" name)))
                print $1 ": " $2 " is not core"
        } else if (name != "config.h" || from == "main") {
            to = dir_of(name)
            if (!(to in level))
                print $1 ": " $2 " belongs to no layer"
            else if (from != "main" && to == "main")
                print $1 ": " $2 " names no directory, or is main"
            else if (level[to] > level[from])
                print $1 ": " $2 " goes up, from " from " to " to
        }
    }' "$work/includes" >"$work/bad"

# <stdio.h> in the core: no stream, and no function that has one.
grep -En '\b(FILE|stdin|stdout|stderr)\b|\b(v?f?printf|v?dprintf|f?puts|f?putc|putchar|perror|fopen|fread|fwrite|scanf|fscanf)[[:space:]]*\(' \
    core/*.[ch] | sed 's/$/   <- a stream in the core/' >>"$work/bad" || :

# Cycles: among headers, and among directories.
awk '{
        name = substr($2, 2, length($2) - 2)
        if ($2 ~ /^</ || $1 !~ /\.h$/)
            next
        if (name !~ /\// && $1 ~ /\//)
            name = substr($1, 1, index($1, "/")) name
        print name, $1
    }' "$work/includes" >"$work/headers"
awk '$1 == $2 { print $1 ": includes itself" }' "$work/headers" >>"$work/bad"
awk '$2 ~ /^"/ && $1 ~ /\// && $2 ~ /\// {
        from = substr($1, 1, index($1, "/") - 1)
        to = substr($2, 2, index($2, "/") - 2)
        if (from != to)
            print to, from
    }' "$work/includes" | sort -u >"$work/directories"
for graph in headers directories; do
    if ! tsort "$work/$graph" >/dev/null 2>"$work/loop"; then
        echo "a cycle of $graph: $(sed -n 's/^tsort: //p' "$work/loop" | grep -v 'loop:$' | tr '\n' ' ')" >>"$work/bad"
    fi
done

if [ -s "$work/bad" ]; then
    echo "FAIL:"
    cat "$work/bad"
    exit 1
fi
echo "ok: $(wc -l <"$work/includes") includes in $(wc -l <"$work/files") files"
