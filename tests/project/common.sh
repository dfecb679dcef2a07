# What the shell tests of the project share. Sourced by sh, after set -u.
# The caller gets a scratch directory, $scratch, that is removed at the end.
# shellcheck shell=sh

: "${top_srcdir:=$(cd "$(dirname "$0")/../.." && pwd)}"
: "${FOURWAVE:=$PWD/src/fourwave}"
export FOURWAVE
[ -x "$FOURWAVE" ] || {
	echo "$FOURWAVE is not there"
	exit 99
}

scratch=$(mktemp -d "${TMPDIR:-/tmp}/fourwave-check.XXXXXX") || exit 99
trap 'rm -rf "$scratch"' EXIT
trap 'exit 99' INT TERM HUP
failures=0

skip() { # REASON
	echo "skipped: $*"
	exit 77
}

fail() { # SENTENCE; the test goes on
	echo "FAIL: $*"
	failures=$((failures + 1))
}

finish() {
	[ "$failures" = 0 ] || {
		echo "$failures failed"
		exit 1
	}
	exit 0
}

# Can fourwave make its lab here?
lab_possible() {
	[ "$(id -u)" = 0 ] || unshare -Urn true 2>/dev/null
}

need_lab() {
	lab_possible || skip "no user namespaces for an ordinary user here"
}

says() { # PATTERN; what was said is in $scratch/out
	grep -Eq -- "$1" "$scratch/out" || {
		cat "$scratch/out"
		fail "not said: $1"
	}
}

# nginx with all its files in a directory, its page in DIRECTORY/www.
nginx_configuration() { # DIRECTORY ADDRESS...
	cat <<-END
		user root;
		daemon off;
		master_process off;
		pid $1/nginx.pid;
		error_log stderr;
		events { worker_connections 256; }
		http {
			access_log off;
			client_body_temp_path $1/nginx-body;
			proxy_temp_path $1/nginx-proxy;
			fastcgi_temp_path $1/nginx-fastcgi;
			uwsgi_temp_path $1/nginx-uwsgi;
			scgi_temp_path $1/nginx-scgi;
			server {
				root $1/www;
				keepalive_timeout 60;
	END
	shift
	printf 'listen %s;\n' "$@"
	echo '}}'
}
