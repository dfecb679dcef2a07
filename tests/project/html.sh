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
has '<h1>5 of 10 failed</h1>'
for verdict in 'pass">✓ pass' 'warn">△ warn' 'fail">✗ fail' 'skip">– skip' 'error">! error'; do
	has "<span class=\"badge $verdict</span>"
done
has 'F. 2:2(0) ack 1 came; its seq is 2, expected 1'
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
# What is warned about is listed apart; a step that need not be kept is no failed one; rules have a part.
has '<ul class="troubles warn"><li><span class="badge warn">'
has '(the profile linux says time_wait = 59s..60s)'
has 'expected 1 (must, RFC 9293, 3.10.7.4)'
has '<rect class="band warn"'
has '>warned here</text>'
has 'id="rfc9293-3.2-mss"'
has 'in 2 runs, 4 times'
has 'href="https://www.rfc-editor.org/rfc/rfc6298#section-2.4"'
# What is known, or gone from a baseline, is counted and listed apart.
has_not 'badge known|badge gone|</b> known'
"${top_builddir:-.}/tests/unit/sample_report" html "$scratch/known.html" known || fail "the samples cannot be written"
is_clean "$scratch/known.html"
has '<h1>3 of 10 failed</h1>'
has '<li class="known"><b>3</b> known</li>'
has '<ul class="troubles known"><li><span class="badge known">○ known</span>'
has '; known: issue &lt;12&gt; &amp; "more"</li>'
has '<dl class="outcome known">'
has '<dt>Known</dt><dd>old firmware</dd>'
has '<span class="badge gone">gone</span> known:4: row1-passive-retries1 (IPv4, IPv6): gap, rfc6298-5.5, does not'
is_clean "$samples"
# No script, nothing from elsewhere: the page stands alone.
has_not '<script|<link|<img|<iframe|@import| on[a-z]+='
has_not 'src=|url\('
# What the parser made of it has the elements where they were written.
[ "$(grep -ao '<article' "$scratch/dom" | wc -l)" = 7 ] || fail "seven scenarios were wanted"
[ "$(grep -ao '<svg' "$scratch/dom" | wc -l)" -ge 6 ] || fail "ladders or plots are missing"

browse "$samples" --screenshot="$scratch/light.png" || fail "no screenshot"
browse "$samples" --blink-settings=preferredColorScheme=0 --screenshot="$scratch/dark.png" || fail "no dark screenshot"
browse "$samples" --print-to-pdf="$scratch/page.pdf" || fail "it cannot be printed"
for file in light.png dark.png page.pdf; do
	[ "$(wc -c <"$scratch/$file")" -gt 20000 ] || fail "$file is too small to show anything"
done
! cmp -s "$scratch/light.png" "$scratch/dark.png" || fail "light and dark are the same"

# A capture of a peer whose second wait is too short for a doubling: its dot lies below the ideal.
perl - >"$scratch/waits.pcap" <<'END'
sub sum { my $n = 0; $n += $_ for unpack 'n*', $_[0]; $n = ($n & 65535) + ($n >> 16) while $n >> 16; ~$n & 65535 }
sub put { # SECONDS OURS FLAGS SEQ ACK OPTIONS
	my ($s, $ours, $flags, $seq, $ack, $options) = @_;
	my ($us, $peer) = ("\xc0\0\2\1", "\xc0\0\2\2");
	my $ends = $ours ? $us . $peer : $peer . $us;
	my $tcp = pack 'nnNNCCnnna*', ($ours ? (40000, 80) : (80, 40000)), $seq, $ack,
		(20 + length $options) * 4, $flags, 65535, 0, 0, $options;
	substr($tcp, 16, 2) = pack 'n', sum($ends . pack('nn', 6, length $tcp) . $tcp);
	my $ip = pack('CCnnnCCn', 0x45, 0, 20 + length $tcp, ++$id, 0x4000, 64, 6, 0) . $ends;
	substr($ip, 10, 2) = pack 'n', sum($ip);
	print pack('VVVV', int $s, 1e6 * ($s - int $s), (length $ip . $tcp) x 2), $ip, $tcp;
}
print pack 'VvvVVVV', 0xa1b2c3d4, 2, 4, 0, 0, 65535, 101;
put(1, 1, 2, 100, 0, "\2\4\5\xb4");
put(1.01, 0, 18, 900, 101, '');
put(1.02, 1, 16, 101, 901, '');
put($_, 0, 17, 901, 101, '') for 2, 2.206, 2.512, 3.412;
put(3.413, 1, 16, 101, 902, '');
END
cat >"$scratch/waits.wave" <<'END'
scenario "The waits of a FIN"
role passive
open <mss 1460>
provoke close
expect F. lost as fin
expect retransmit fin lost count 3 within 20s
send . ack fin.end
END
"$FOURWAVE" judge -q -r "$scratch/waits.pcap" --html "$scratch/waits.html" "$scratch/waits.wave" >"$scratch/judged" 2>&1 ||
	fail "the waits: $(cat "$scratch/judged")"

# At no width is anything of the table cut off, and the plot's dashes strike through no label:
# asked of the browser by a script that is put behind the page.
cat >"$scratch/ask" <<'END'
<script>
const cut = [...document.querySelectorAll("body, .wide")].filter(e => e.scrollWidth > e.clientWidth).length;
let struck = 0, labels = 0;
for (const line of document.querySelectorAll("line.ideal")) {
	const [x1, y1, x2, y2] = ["x1", "y1", "x2", "y2"].map(name => Number(line.getAttribute(name)));
	const at = x => y1 + (y2 - y1) * (x - x1) / (x2 - x1);
	for (const text of line.ownerSVGElement.querySelectorAll("text.value")) {
		const box = text.getBBox();
		const left = Math.max(box.x, x1), right = Math.min(box.x + box.width, x2);
		const high = Math.min(at(left), at(right)), low = Math.max(at(left), at(right));
		labels++;
		struck += left < right && high < box.y + box.height && low > box.y;
	}
}
document.title = `cut ${cut} struck ${struck} of ${labels > 0}`;
</script>
END
ask() { # PAGE WIDTH
	cat "$1" "$scratch/ask" >"$scratch/asked.html"
	browse "$scratch/asked.html" --window-size="$2",1000 --dump-dom || fail "$2: the browser fails"
	asked=$(grep -ao '<title>cut [^<]*' "$scratch/dom")
	[ "$asked" = '<title>cut 0 struck 0 of true' ] || fail "$1, $2 pixels wide: $asked"
}
for width in 1200 1050 950 800 500; do ask "$samples" $width; done
ask "$scratch/waits.html" 1200

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
