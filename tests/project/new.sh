#!/bin/sh
# Each scenario that fourwave new writes is sound and plays in the lab; what is
# there already is left alone.
set -u
# shellcheck source=tests/project/common.sh
. "$(dirname "$0")/common.sh"
cd "$scratch" || exit 99

refused() { # TEXT ARGUMENT...
	text=$1
	shift
	"$FOURWAVE" new "$@" >out 2>&1
	[ $? = 2 ] || fail "fourwave new $*: not refused"
	grep -Fq -- "$text" out || fail "fourwave new $*: does not say \"$text\": $(cat out)"
}

mkdir all
"$FOURWAVE" new all/plain >out || fail "fourwave new"
grep -q 'fourwave run -v all/plain.wave' out || fail "what to do next is not said"
for role in active passive simultaneous listen; do
	"$FOURWAVE" new --role "$role" "all/$role.wave" >/dev/null || fail "fourwave new --role $role"
	for row in 1 2 3 4 5; do
		case $role in simultaneous | listen) continue ;; esac
		"$FOURWAVE" new --row "$row" --role "$role" "all/row$row-$role" >/dev/null ||
			fail "fourwave new --row $row --role $role"
	done
done
[ "$(find all -name '*.wave' | wc -l)" = 15 ] || fail "not 15 files, or not with one .wave each"
"$FOURWAVE" check -q all || fail "they are not all sound"
grep -q '^row      4$' all/row4-active.wave || fail "--row is not in the file"

echo mine >all/mine.wave
refused 'is there already' all/mine
[ "$(cat all/mine.wave)" = mine ] || fail "a file that was there was overwritten"
rm all/mine.wave
refused 'No such file or directory' nowhere/x
refused 'names no file' all/
refused "did you mean 'passive'" --role pasive x
refused 'active or passive' --row 2 --role listen x
refused 'too large' --row 6 x
refused 'missing'
refused 'is the second' a b
refused 'control character' "$(printf 'a\033[31mb')"
! grep -q "$(printf '\033')" out || fail "an escape goes to the terminal as it is"
[ -z "$(find . -name '*31mb*')" ] || fail "a name with a control character is taken"

# What it says to type next can be typed.
for name in -x 'a b' "it's" 'do$llar'; do
	"$FOURWAVE" new -- "$name" >out || fail "fourwave new -- $name"
	sed -n 's/^    fourwave/"$FOURWAVE"/p' out >next.sh
	[ "$(wc -l <next.sh)" = 2 ] || fail "new $name: not two commands are said: $(cat out)"
	head -n 1 next.sh >check.sh
	sh check.sh >checked 2>&1 && grep -q ': ok' checked || fail "new $name: $(cat check.sh): $(cat checked)"
	rm "./$name.wave"
done

lab_possible || {
	[ "$failures" = 0 ] || finish
	skip "no lab here to play them in"
}
"$FOURWAVE" run -q all >out 2>&1 || {
	cat out
	fail "they do not all pass in the lab"
}
finish
