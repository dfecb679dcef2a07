#!/bin/sh
# scripts/stacks with two stacks that are made up of real results: what agrees, is new, is gone,
# is skipped or could not be judged, and the pages. And each capture that is kept in stacks/ is
# judged again: it shows what its baseline says.
set -u
# shellcheck source=tests/project/common.sh
. "$(dirname "$0")/common.sh"

command -v python3 >/dev/null || skip "no python3"
samples=$top_srcdir/tests/project/stacks
export FOURWAVE_STACKS="$scratch/stacks" FOURWAVE_STACKS_OUT="$scratch/results" FOURWAVE_STACKS_DOC="$scratch/doc"
unset FOURWAVE_STACKS_LONG
mkdir -p "$scratch/doc"

# A stack: its play takes the results of a sample, and changes them by a script for sed.
stack() { # NAME [SED-SCRIPT]
	mkdir -p "$FOURWAVE_STACKS/$1"
	cat >"$FOURWAVE_STACKS/$1/play" <<-END
		#!/bin/sh
		[ "\$1" != --version ] || { echo "$1 1.0 <i>|"; exit; }
		echo "\$*" >>"$scratch/asked"
		while [ "\$1" != --json ]; do shift; done
		sed -e 's|@DIR@|$samples|' -e '${2-}' "$samples/$1.json" >"\$2"
		exit 1
	END
	chmod +x "$FOURWAVE_STACKS/$1/play"
}

play() { # STATUS LAST-LINE [ARGUMENT...]
	status=$1 last=$2
	shift 2
	"$top_srcdir/scripts/stacks" "$@" >"$scratch/out" 2>&1
	got=$?
	[ "$got" = "$status" ] && [ "$(tail -n 1 "$scratch/out")" = "$last" ] && return
	cat "$scratch/out"
	fail "exit $got, expected $status and '$last' (stacks $*)"
}

page_has() { # TEXT
	grep -Fq -- "$1" "$scratch/results/stacks.html" || fail "the page lacks: $1"
}
doc_has() { # TEXT
	grep -Fq -- "$1" "$scratch/doc/stacks.md" || fail "stacks.md lacks: $1"
}

# Nobody has looked at them yet.
stack one
stack two
play 1 '2 stacks, 0 agree, 6 new, 0 gone'
says '^one \(one 1\.0 <i>\|\): 2 passed, 0 known, 2 new, 0 gone, 2 skipped, 0 errors in '
says '^  new: bare-fin \(IPv4, IPv6\), before-fence, RFC 9293, 3\.10\.7\.4: \. 1:1\(0\) ack 2 came'
says '^  new: rule:rfc7323-2\.2-wscale-unasked \(IPv4\), '
says 'bare-fin-ipv4\.pcap$'
grep -q -- '--baseline /dev/null --quick --json .*/one/play\.json -w .*/one/play scenarios/claims/ scenarios/rfc/ .*scenarios/table/' \
	"$scratch/asked" || fail "play was not asked for all suites: $(cat "$scratch/asked")"
! grep -q 'scenarios/\(lib\|examples\)' "$scratch/asked" || fail "the library was played"
page_has '<span class="badge fail"'
doc_has 'Why: new: not looked at yet'

# Known, and stable.
play 0 '2 stacks, 2 agree, 0 new, 0 gone' --update
grep -Eq '^bare-fin both before-fence rfc9293-3\.10\.7\.4  # \. 1:1' "$FOURWAVE_STACKS/one/baseline" || fail "no baseline was written"
cmp -s "$samples/bare-fin-ipv4.pcap" "$FOURWAVE_STACKS/one/captures/bare-fin-ipv4.pcap" || fail "no capture was kept"
play 0 '2 stacks, 2 agree, 0 new, 0 gone'
cp "$scratch/doc/stacks.md" "$scratch/first.md"
cp "$scratch/results/stacks.html" "$scratch/first.html"
cp -R "$FOURWAVE_STACKS" "$scratch/before"
play 0 '2 stacks, 2 agree, 0 new, 0 gone' --update
play 0 '1 stacks, 1 agree, 0 new, 0 gone' two
cmp "$scratch/first.md" "$scratch/doc/stacks.md" || fail "stacks.md is another each time"
cmp "$scratch/first.html" "$scratch/results/stacks.html" || fail "stacks.html is another each time"
diff -r "$scratch/before" "$FOURWAVE_STACKS" || fail "--update changes what agrees"
for text in '△ known](#one-bare-fin)' '– other-stack' '✓ pass' '<pre>' 'send F seq place.seq' 'captures/bare-fin-ipv4.pcap)' \
	'one 1.0 &lt;i&gt;\|' '| **[RFC 9293, 3.10.7.4](https://www.rfc-editor.org/rfc/rfc9293#section-3.10.7.4)**'; do
	doc_has "$text"
done
for text in 'id="one-bare-fin"' 'href="#one-bare-fin"' 'download="one-bare-fin-ipv4.pcap"' 'send F seq place.seq' 'one 1.0 &lt;i&gt;|'; do
	page_has "$text"
done
# The link holds the capture.
sed -n 's/.*base64,\([^"]*\)" download="one-bare-fin-ipv4.pcap".*/\1/p' "$scratch/results/stacks.html" | base64 -d |
	cmp - "$samples/bare-fin-ipv4.pcap" || fail "the page's capture is another"
# No script, nothing from elsewhere; and each element is ended.
! grep -Eiq '<script|<link|<img|@import|url\(| src=' "$scratch/results/stacks.html" || fail "the page is not alone"
python3 -c 'import sys, xml.etree.ElementTree as t; t.parse(sys.argv[1])' "$scratch/results/stacks.html" || fail "the page is not well-formed"

ids=$(grep -o ' id="[^"]*"' "$scratch/results/stacks.html" | sort | uniq -d)
[ -z "$ids" ] || fail "twice in the page: $ids"

# A reason is no markup.
cp "$FOURWAVE_STACKS/one/baseline" "$scratch/one.baseline"
sed -i 's/^bare-fin.*#.*/bare-fin both before-fence rfc9293-3.10.7.4 # <script>alert(1)<\/script> | `x` [y](z)/' "$FOURWAVE_STACKS/one/baseline"
play 0 '2 stacks, 2 agree, 0 new, 0 gone'
page_has '&lt;script&gt;alert(1)&lt;/script&gt; | `x`'
doc_has '&lt;script&gt;alert(1)&lt;/script&gt; \| \`x\` \[y\](z)'
! grep -q '<script' "$scratch/results/stacks.html" "$scratch/doc/stacks.md" || fail "a reason became markup"

# New: on one family. Gone: on one, and altogether; --update narrows it.
sed -i 's/^bare-fin both/bare-fin ipv6/' "$FOURWAVE_STACKS/one/baseline"
play 1 '2 stacks, 1 agree, 1 new, 0 gone'
says '^  new: bare-fin \(IPv4\), '
cp "$scratch/one.baseline" "$FOURWAVE_STACKS/one/baseline"
stack one '/"name":"bare-fin","family":"ipv6"/{s/"verdict":"fail"/"verdict":"pass"/}'
echo 'normal-close-active both gap rfc6298-5.5 # it once did' >>"$FOURWAVE_STACKS/one/baseline"
echo 'row3-passive both gap rfc6298-5.5 # nobody knows' >>"$FOURWAVE_STACKS/one/baseline"
play 1 '2 stacks, 1 agree, 0 new, 2 gone'
says '^  gone: bare-fin \(IPv6\), before-fence, rfc9293-3\.10\.7\.4: '
says '^  gone: normal-close-active \(IPv4, IPv6\), gap, rfc6298-5\.5: it once did$'
play 0 '2 stacks, 2 agree, 0 new, 0 gone' --update
grep -q '^bare-fin ipv4' "$FOURWAVE_STACKS/one/baseline" || fail "what is gone on one family was not narrowed"
grep -q '^row3-passive both gap' "$FOURWAVE_STACKS/one/baseline" || fail "what was not judged is no more in the baseline"
! grep -q '^normal-close' "$FOURWAVE_STACKS/one/baseline" || fail "what is gone is still in the baseline"
cp "$scratch/one.baseline" "$FOURWAVE_STACKS/one/baseline"

# What came once and not again is told, and does not count.
again() { # the sample as it is
	sed -i "s|^sed |case \$2 in */again/*) sed \"s,@DIR@,$samples,\" '$samples/one.json' >\"\$2\"; exit 1;; esac; sed |" \
		"$FOURWAVE_STACKS/one/play"
}
stack one '/"name":"normal-close-active","family":"ipv6"/{s/"verdict":"pass","reason":""/"verdict":"fail","reason":"odd"/;s/"code":null,"level":null/"code":"gap","level":"must"/}'
play 1 '2 stacks, 1 agree, 1 new, 0 gone'
again
play 0 '2 stacks, 2 agree, 0 new, 0 gone'
says '^  once: normal-close-active \(IPv6\) came once, and not again: odd$'

# What could not be judged is played once more, alone; where it stays, that is told.
error='/"name":"bare-fin"/s/"verdict":"fail","reason":"/"verdict":"error","reason":"too late, /'
stack one "$error"
: >"$scratch/asked"
play 1 '2 stacks, 1 agree, 0 new, 0 gone'
says '^one .* 2 passed, 1 known, 0 new, 0 gone, 2 skipped, 2 errors in '
says '^  error: bare-fin \(IPv6\): too late, '
grep -q 'again/play\.json -w .*/one/again/play scenarios/claims/bare-fin\.wave$' "$scratch/asked" ||
	fail "what could not be judged was not played again: $(cat "$scratch/asked")"
again
play 0 '2 stacks, 2 agree, 0 new, 0 gone'

# Another part has what the first one can't be asked.
cp "$FOURWAVE_STACKS/one/play" "$FOURWAVE_STACKS/two/play-more"
rm "$scratch/doc/stacks.md"
play 1 '1 stacks, 0 agree, 2 new, 0 gone' two
says '^two .*: 2 passed, 4 known, 2 new, '
rm "$FOURWAVE_STACKS/two/play-more"

# One that is skipped is told and does not count; where all are, that is the status. What has no result
# leaves stacks.md alone.
rm -r "$scratch/results" "$scratch/doc/stacks.md"
printf '#!/bin/sh\necho "not here: install one-dev"\nexit 77\n' >"$FOURWAVE_STACKS/one/play"
play 0 '1 stacks, 1 agree, 0 new, 0 gone'
says '^one: skipped: not here: install one-dev$'
[ ! -e "$scratch/doc/stacks.md" ] || fail "stacks.md was written without one"
play 77 'no stack can be played here' one
printf '#!/bin/sh\necho "it broke"\nexit 3\n' >"$FOURWAVE_STACKS/one/play"
play 1 '2 stacks, 1 agree, 0 new, 0 gone'
says '^it broke$'
play 2 'stacks: no stack three, there are: one two' three

# Interrupted: what was begun is ended, and nothing is left of it.
printf '#!/bin/sh\necho $$ >%s/player\nsleep 600 &\nwait\n' "$scratch" >"$FOURWAVE_STACKS/one/play"
"$top_srcdir/scripts/stacks" one >"$scratch/out" 2>&1 &
script=$!
for _ in $(seq 100); do [ -s "$scratch/player" ] && break || sleep 0.1; done
kill -TERM $script
for _ in $(seq 100); do kill -0 "-$(cat "$scratch/player")" 2>/dev/null || break; sleep 0.1; done
! kill -s KILL -- "-$(cat "$scratch/player")" 2>/dev/null || fail "what it played is still there"
wait $script
[ $? = 143 ] || fail "interrupted, it ends with another status"
[ ! -e "$scratch/results/one" ] || fail "half a result is left"
[ ! -e "$top_srcdir/scripts/__pycache__" ] || fail "the sources have a new directory"

# What is kept in the tree.
cd "$top_srcdir" || exit 99
for captures in stacks/*/captures; do
	[ -d "$captures" ] || continue
	folder=$(dirname "$captures")
	"$FOURWAVE" judge -q --strict --baseline "$folder/baseline" -r "$captures" scenarios/claims scenarios/rfc scenarios/table \
		>"$scratch/out" 2>&1 || {
		cat "$scratch/out"
		fail "$captures: not what the baseline says"
	}
done
finish
