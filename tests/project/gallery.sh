#!/bin/sh
# doc/gallery.md is what the program prints today. scripts/gallery plays it anew, and
# fails itself where a command ends with another status than stands there; then the
# words of each block are compared, but for what depends on the machine. Pictures are
# whole and show something.
set -u
# shellcheck source=tests/project/common.sh
. "$(dirname "$0")/common.sh"
kept=$top_srcdir/doc
made=$scratch/made

timeout -k 5 300 "$top_srcdir/scripts/gallery" "$made" >"$scratch/log" 2>&1
status=$?
cat "$scratch/log"
case $status in
0) ;;
77) exit 77 ;;
*)
	fail "scripts/gallery ends with $status"
	finish
	;;
esac

# --- the text

# The page without what was printed.
bare() { # FILE
	awk '/^```/ { inside = !inside && /console/ } !inside || /^```/ || /^\$ /' "$1"
}
bare "$kept/gallery.md" >"$scratch/bare-kept"
bare "$made/gallery.md" >"$scratch/bare-made"
diff "$scratch/bare-kept" "$scratch/bare-made" || fail "scripts/gallery changes more than what was printed"

# Each item has its chapter, and a command in it.
for title in 'The ladder' Draw Judge Send Reports Progress 'The command line' 'In continuous integration'; do
	awk -v title="## $title" '/^## / { here = $0 == title } here && /^\$ / { found = 1 } END { exit !found }' \
		"$made/gallery.md" || fail "no command below \"$title\""
done

# A file for each block: 1, 2, ... Its first line is its first command.
blocks() { # FILE DIRECTORY
	mkdir "$2"
	awk -v dir="$2" '/^```console$/ { inside = 1; n++; next } /^```$/ { inside = 0 } inside { print >(dir "/" n) }' "$1"
}
blocks "$kept/gallery.md" "$scratch/kept"
blocks "$made/gallery.md" "$scratch/new"

# Words, not numbers: times and the breaks of lines that hang on them differ.
words() { # FILE
	grep -Eo '[A-Za-z][A-Za-z-]{2,}' "$1" | sort -u
}
compared=0
for block in "$scratch"/new/*; do
	number=${block##*/}
	read -r command <"$block"
	grep -qv '^\$ ' "$block" || fail "nothing was printed: $command"
	case $command in
	# The machine's own: what it can do, its name, its IPv6, how soon its kernel answers.
	'$ fourwave doctor'* | '$ cat result.xml' | *'make -s'* | *'cp -rT examples'* | '$ prove'* | *'fourwave table'*)
		continue
		;;
	esac
	words "$scratch/kept/$number" >"$scratch/a"
	words "$block" >"$scratch/b"
	diff "$scratch/a" "$scratch/b" || fail "out of date, run scripts/gallery: $command"
	compared=$((compared + 1))
done
[ $compared -ge 15 ] || fail "only $compared blocks were compared"

# --- the pictures

cat >"$scratch/png.py" <<'END'
import struct, sys, zlib
data = open(sys.argv[1], "rb").read()
assert data[:8] == b"\x89PNG\r\n\x1a\n", "no PNG"
at, pixels, last = 8, b"", None
while at < len(data):
    length, kind = struct.unpack(">I4s", data[at:at + 8])
    body = data[at + 8:at + 8 + length]
    assert zlib.crc32(kind + body) == struct.unpack(">I", data[at + 8 + length:at + 12 + length])[0], "broken"
    if kind == b"IHDR":
        width, height, depth, colour = struct.unpack(">IIBB", body[:10])
    elif kind == b"IDAT":
        pixels += body
    at, last = at + 12 + length, kind
rows = zlib.decompress(pixels)
stride = len(rows) // height
assert last == b"IEND" and stride * height == len(rows), "cut off"
assert width >= 300 and height >= 100, "too small: %dx%d" % (width, height)
# Without text, row after row is the same.
different = len({rows[y * stride:(y + 1) * stride] for y in range(height)})
assert different > height // 4, "nothing to be seen: %d of %d rows differ" % (different, height)
END
for picture in $(sed -n 's/^!\[.*\](\(.*\.png\))$/\1/p' "$made/gallery.md"); do
	for dir in "$kept" "$made"; do
		python3 "$scratch/png.py" "$dir/$picture" || fail "$dir/$picture"
	done
	[ "$(wc -c <"$kept/$picture")" -lt 150000 ] || fail "$picture is larger than 150 kB"
done
for picture in "$made"/gallery/*.png "$kept"/gallery/*.png; do
	grep -q "(gallery/${picture##*/})" "$made/gallery.md" || fail "$picture is not shown"
done
finish
