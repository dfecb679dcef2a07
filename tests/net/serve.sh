#!/bin/sh
# fourwave table --serve: servers that nobody here wrote, and one of twenty lines, each begun by fourwave in
# its lab, as an ordinary user and as root. What can be asked of them passes, over both families, and is
# named here; the rest is skipped, and says why.
#
# Servers that are not installed are left out. FOURWAVE_TESTS_LONG=1 plays each for both users.
#
# Of two that shut down and read on, Apache and lighttpd, that is seen: what is asked of one that closes is
# skipped, and not held against their TCP.
set -u
# shellcheck source=tests/project/common.sh
. "$(dirname "$0")/../project/common.sh"

need_lab
perl -MJSON::PP -e 1 2>/dev/null || skip "perl has no JSON::PP"
FOURWAVE=$(realpath "$FOURWAVE")
top_srcdir=$(realpath "$top_srcdir")
twenty=$(realpath "${top_builddir:-.}")/tests/net/twenty_lines
chmod 755 "$scratch"

# What a program can be asked in the lab: to close, by its own protocol, and on end-of-file; what its kernel's
# settings change; to be stopped, and to be killed. It can't be told to shut down, or to reset.
asked='row1-active-eof row1-passive-default row1-passive-orphan-retries1 row1-passive-orphan-retries3
	row2-active row2-active-eof row2-passive row2-passive-first-resend row3-active-eof row3-passive
	row4-active-eof row4-passive row5-active-crash row5-active-crash-unread row5-passive-crash
	row5-passive-crash-unread row5-passive-data-after-close row5-passive-data-after-fin'

# Apache's kernel keeps the connection until data comes, so it can't be stopped or killed before. What a
# connection that is shut down is not asked for is skipped; how soon lighttpd closes after all is its own.
asked_apache='row1-active-eof row1-passive-default row2-active-eof row2-passive row2-passive-first-resend
	row3-active-eof row4-active-eof row4-passive row5-passive-data-after-fin'
asked_lighttpd="$asked_apache row2-active row5-active-crash row5-active-crash-unread row5-passive-crash
	row5-passive-crash-unread ?row1-passive-orphan-retries3"

players=user
if [ "$(id -u)" = 0 ]; then
	players=root
	user_prefix='setpriv --reuid=65534 --regid=65534 --clear-groups --inh-caps=-all --bounding-set=-all --no-new-privs'
	if $user_prefix unshare -Urn true 2>/dev/null && $user_prefix test -x "$FOURWAVE" -a -r "$top_srcdir/profiles/linux.profile"; then
		players='user root'
	else
		echo "an ordinary user can't have a lab here, or can't read this build"
	fi
else
	user_prefix=
fi

program() { # NAME: where it is
	PATH=/usr/bin:$PATH:/usr/sbin:/sbin command -v "$1"
}

# Its command, as a user would write it, in a directory of its own; nothing where it is not installed.
command_of() { # NAME DIRECTORY
	case $1 in
	nginx)
		found=$(program nginx) || return 1
		nginx_configuration "$2" 8080 '[::]:8080' >"$2/conf"
		echo "$found -e stderr -p $2 -c $2/conf"
		;;
	python)
		found=$(program python3) || return 1
		echo "cd $2/www && $found -m http.server --bind :: 8000"
		;;
	redis)
		found=$(program redis-server) || return 1
		echo "$found --port 6379 --bind '*' '-::*' --protected-mode no --save '' --dir $2"
		;;
	apache)
		found=$(program apache2) || return 1
		cat >"$2/conf" <<-END
			ServerRoot $2
			ServerName peer
			PidFile $2/pid
			DefaultRuntimeDir $2
			Mutex file:$2
			ErrorLog $2/error
			Listen 8080
			LoadModule mpm_event_module /usr/lib/apache2/modules/mod_mpm_event.so
			LoadModule authz_core_module /usr/lib/apache2/modules/mod_authz_core.so
			LoadModule dir_module /usr/lib/apache2/modules/mod_dir.so
			DocumentRoot $2/www
		END
		echo "$found -D FOREGROUND -d $2 -f $2/conf"
		;;
	lighttpd)
		found=$(program lighttpd) || return 1
		cat >"$2/conf" <<-END
			server.document-root = "$2/www"
			server.port = 80
			server.bind = "[::]"
			server.v4mapped = "enable"
			server.network-backend = "writev"
			index-file.names = ("index.html")
		END
		echo "$found -D -f $2/conf"
		;;
	twenty)
		echo "$twenty 7000"
		;;
	esac
}

# What passed is on the list and the other way round, but for what may pass (?NAME); what is skipped says that
# it needs the agent.
judge() { # FILE NAME...
	perl -MJSON::PP -e '
		my ($file, @want) = @ARGV;
		my (%got, %skipped, $bad, $states);
		open my $f, "<", $file or die "$file: $!\n";
		while (<$f>) {
			my $r = decode_json($_);
			next unless $r->{kind} eq "run";
			$states += @{$r->{observed}};
			$got{$r->{name}}{$r->{family}} = 1 if $r->{verdict} eq "pass";
			$skipped{$r->{name}} = 1 if $r->{verdict} eq "skip";
			next if $r->{verdict} eq "pass";
			next if $r->{verdict} eq "skip" && $r->{code} eq "needs-agent";
			print "$r->{name} $r->{family}: $r->{verdict}: $r->{reason}\n";
			$bad = 1;
		}
		for my $name (@want) {
			delete $got{$name}, next if $name =~ s/^[?]//;
			for my $family ("ipv4", "ipv6") {
				next if $got{$name}{$family};
				print "$name $family did not pass\n";
				$bad = 1;
			}
			delete $got{$name};
		}
		$bad = 1, print "$_ passed, and is not on the list\n" for sort keys %got;
		$bad = 1, print "no state was observed\n" if !$states;
		printf "%d states observed, skipped: %s\n", $states, join " ", sort keys %skipped;
		exit($bad ? 1 : 0);
	' "$@"
}

ask() { # PLAYER SERVER PROVOKE...
	player=$1 server=$2 at=$scratch/$1-$2
	shift 2
	mkdir -p "$at/www" "$at/tmp" && echo hello >"$at/www/index.html"
	prefix=
	if [ "$player" = user ] && [ -n "$user_prefix" ]; then
		prefix=$user_prefix
		chown -R 65534:65534 "$at"
	fi
	command=$(command_of "$server" "$at") || {
		echo "$server" >>"$scratch/missing"
		return
	}
	# shellcheck disable=SC2086
	(cd "$at/tmp" && $prefix env HOME="$at" TMPDIR="$at/tmp" "$FOURWAVE" table --quick --serve "$command" "$@" --json "$at/json") \
		>"$at/out" 2>&1 </dev/null
	status=$?
	case $server in
	apache) names=$asked_apache ;;
	lighttpd) names=$asked_lighttpd ;;
	*) names=$asked ;;
	esac
	# shellcheck disable=SC2086
	judge "$at/json" $names >"$at/judged"
	judged=$?
	echo "$server as $player: $(tail -n 1 "$at/out"), $(tail -n 1 "$at/judged" | sed 's/,.*//')"
	if [ $status != 0 ] || [ $judged != 0 ]; then
		cat "$at/out" "$at/judged"
		echo "$server as $player: status $status, what is wrong stands above" >>"$scratch/wrong"
	fi
	[ -z "$(find "$at/tmp" -mindepth 1)" ] || echo "$server as $player: files are left" >>"$scratch/wrong"
}

: >"$scratch/wrong"
: >"$scratch/missing"
for player in $players; do
	ask "$player" nginx --port 8080 &
	ask "$player" twenty --port 7000 --provoke eof --provoke 'bye\n' &
	if [ "$player" = user ] || [ -n "${FOURWAVE_TESTS_LONG-}" ]; then
		ask "$player" python &
		ask "$player" redis &
		ask "$player" lighttpd &
		ask "$player" apache --port 8080 &
	fi
done
wait
while read -r what; do
	fail "$what"
done <"$scratch/wrong"
[ "${CI-}" != true ] || [ ! -s "$scratch/missing" ] || fail "not all servers are here: scripts/setup --test"
[ ! -s "$scratch/missing" ] || echo "not installed: $(sort -u "$scratch/missing" | tr '\n' ' ')"
finish
