#!/bin/sh
# The page of --html is opened in a browser: nothing in its console, the verdicts
# are found, and nothing that came from outside has become markup.
set -u
# shellcheck source=tests/project/common.sh
. "$(dirname "$0")/common.sh"
# shellcheck source=tests/project/reports.sh
. "$(dirname "$0")/reports.sh"

browse() { # PAGE FLAGS...
	"$top_srcdir/scripts/browse" "$@" >"$scratch/dom" 2>"$scratch/log" && return 0
	tail -n 5 "$scratch/log"
	return 1
}

# Opens the page, and its console stays empty.
is_clean() { # PAGE
	browse "$1" --dump-dom || {
		fail "$1: the browser fails, or a script of the page keeps it"
		finish
	}
	! grep -a 'CONSOLE' "$scratch/log" || fail "$1: the console has messages"
}

has() { # TEXT
	grep -aFq -- "$1" "$scratch/dom" || fail "the page lacks: $1"
}

has_not() { # PATTERN
	! grep -aEq -- "$1" "$scratch/dom" || fail "the page has: $1"
}

# The check of the console can fail.
echo '<!DOCTYPE html><title>x</title><script>console.error("seen")</script>' >"$scratch/noisy.html"
browse "$scratch/noisy.html" --dump-dom || skip "there is no browser that starts here"
grep -aq 'CONSOLE.*seen' "$scratch/log" || fail "the browser does not tell its console"

samples=$scratch/samples.html
"${top_builddir:-.}/tests/unit/sample_report" html "$samples" || fail "the samples cannot be written"
is_clean "$samples"
has '<h1>2 of 6 failed</h1>'
for verdict in 'pass">✓ pass' 'fail">✗ fail' 'skip">– skip' 'error">! error'; do
	has "<span class=\"badge $verdict</span>"
done
has 'the segment that came is no resend of fin: its seq is 2, not 1'
has '2 resends, gaps 0.21 0.42 s, gave up after 1.5 s'
has '&lt;script&gt;alert(1)&lt;/script&gt;'
has 'lost 3 packets'
has '21 segments: bad checksum 1, another host or port 2, '
has 'Plot of 2 resends'
# What was told of the peer's state is told from what was inferred.
has '(STATE) inferred, ● STATE observed'
has '>(FIN-WAIT-1)</text>'
has '<circle class="seen"'
has '>FIN-WAIT-1</text>'
# No script, nothing from elsewhere: the page stands alone.
has_not '<script|<link|<img|<iframe|@import| on[a-z]+='
has_not 'src=|url\('
# What the parser made of it has the elements where they were written.
[ "$(grep -ao '<article' "$scratch/dom" | wc -l)" = 5 ] || fail "five scenarios were wanted"
[ "$(grep -ao '<svg' "$scratch/dom" | wc -l)" -ge 6 ] || fail "ladders or plots are missing"

browse "$samples" --screenshot="$scratch/light.png" || fail "no screenshot"
browse "$samples" --blink-settings=preferredColorScheme=0 --screenshot="$scratch/dark.png" || fail "no dark screenshot"
browse "$samples" --print-to-pdf="$scratch/page.pdf" || fail "it cannot be printed"
for file in light.png dark.png page.pdf; do
	[ "$(wc -c <"$scratch/$file")" -gt 20000 ] || fail "$file is too small to show anything"
done
! cmp -s "$scratch/light.png" "$scratch/dark.png" || fail "light and dark are the same"

if lab_possible; then
	write_waves
	mkdir "$scratch/out"
	play_waves --html "$scratch/out/report.html"
	is_clean "$scratch/out/report.html"
	has '<h1>1 of 3 failed</h1>'
	has 'href="../captures/passes-ipv6.pcap"'
	has "fourwave run -q -w"
	has "$(uname -r)"
	has 'tcp_orphan_retries = 3'
	has "A FIN &amp; &lt;script&gt;alert('no')&lt;/script&gt; that nobody sends"
	has_not '<script'
	[ "$(ls -A "$scratch/out")" = report.html ] || fail "something is left beside the report"
else
	echo "no user namespaces here: only the samples were looked at"
fi
finish
