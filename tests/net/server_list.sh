# Servers that nobody here wrote, each with a configuration of a few lines: for
# tests/net/servers.sh and scripts/servers-table. Sourced by sh after tests/net/pair.sh, whose
# peer they run on. Files of theirs are in $scratch/NAME, what they say in $scratch/NAME.log.
# shellcheck shell=sh disable=SC2154 # scratch and peer_pid are of those before

# A line for each: its name here, the program, Debian's package, its port, how many
# runs it is asked for side by side (more than exim, sshd and dropbear have room for; s_server
# serves one after the other), what tells its version.
server_list() {
	cat <<-'END'
		nginx      nginx           nginx              80    40 -v
		apache     apache2         apache2            80    40 -v
		lighttpd   lighttpd        lighttpd           80    40 -v
		haproxy    haproxy         haproxy            80    40 -v
		varnish    varnishd        varnish            80    40 -V
		node       node            nodejs             80    40 --version
		python     python3         python3            80    40 --version
		nginx-tls  nginx           nginx              443   40 -v
		stunnel    stunnel4        stunnel4           443   40 -version
		openssl    openssl         openssl            443   8  version
		exim       exim4           exim4-daemon-light 25    40 -bV
		dovecot    dovecot         dovecot-imapd      143   40 --version
		pop3       dovecot         dovecot-pop3d      110   40 --version
		vsftpd     vsftpd          vsftpd             21    40 -
		redis      redis-server    redis-server       6379  40 --version
		memcached  memcached       memcached          11211 40 --version
		postgres   postgres        postgresql         5432  40 --version
		mariadb    mariadbd        mariadb-server     3306  40 --version
		mosquitto  mosquitto       mosquitto          1883  40 -h
		slapd      slapd           slapd              389   40 -VV
		sshd       sshd            openssh-server     22    40 -V
		dropbear   dropbear        dropbear-bin       22    40 -V
	END
}

# One column of a server's line: 2 program, 3 package, 4 port, 5 side by side, 6 version
server_column() { # NAME COLUMN
	server_list | awk -v name="$1" -v column="$2" '$1 == name { print $column }'
}

# Its version as it says it itself, as Debian numbers it where it does not.
server_version() { # NAME
	server_flag=$(server_column "$1" 6)
	{
		[ "$server_flag" = - ] ||
			"$(server_program "$(server_column "$1" 2)")" "$server_flag" </dev/null 2>&1 | grep -v '^nginx version: $'
		dpkg-query -W -f '${Version}\n' "$(server_column "$1" 3)" 2>/dev/null
	} | grep -Eo '[0-9]+[.][0-9]+[0-9.]*[a-z0-9]*' | head -1
}

# Debian has daemons where an ordinary user does not look, and some elsewhere again. python3 is
# Debian's: others are wrappers that start it as a child.
server_program() { # PROGRAM
	[ "$1" != python3 ] || [ ! -x /usr/bin/python3 ] || set -- /usr/bin/python3
	PATH=$(printf '%s:' /usr/lib/postgresql/*/bin)$PATH:/usr/sbin:/sbin command -v "$1"
}

# These take another user's place once they listen, who is nobody in an ordinary user's namespace.
server_needs_root() { # NAME
	case $1 in
	apache | varnish | exim | dovecot | pop3 | vsftpd | postgres | mariadb | slapd | sshd) return 0 ;;
	esac
	return 1
}

# A certificate of its own for those that speak TLS.
server_certificate() { # DIRECTORY
	openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -subj /CN=peer -days 1 \
		-keyout "$1/key.pem" -out "$1/cert.pem" 2>/dev/null && cat "$1/key.pem" "$1/cert.pem" >"$1/both.pem"
}

# Begins it on the peer's host, in the foreground; $started is its process.
# What it needs in /run it finds in a /run of the test's own.
server_begin() { # NAME
	server_at=$scratch/$1
	mkdir -p "$server_at/www" && chmod 755 "$scratch" "$server_at" "$server_at/www" || return 1
	echo hello >"$server_at/www/index.html"
	: >"$server_at/empty"
	server_binary=$(server_program "$(server_column "$1" 2)") || return 1
	"server_$(echo "$1" | tr - _)" >"$scratch/$1.log" 2>&1
}

# A user who is not root, for those that refuse to be.
server_as() { # USER COMMAND...
	server_user=$1
	shift
	begin_at_peer setpriv --reuid "$server_user" --regid "$(id -g "$server_user")" --clear-groups "$@"
}

server_nginx() {
	nginx_configuration "$server_at" 80 '[::]:80' >"$server_at/conf"
	begin_at_peer "$server_binary" -e stderr -p "$server_at" -c "$server_at/conf"
}

server_nginx_tls() {
	server_certificate "$server_at" || return 1
	nginx_configuration "$server_at" '443 ssl' '[::]:443 ssl' |
		sed "s|^\(	*\)root |\1ssl_certificate $server_at/cert.pem; ssl_certificate_key $server_at/key.pem; root |" \
			>"$server_at/conf"
	begin_at_peer "$server_binary" -e stderr -p "$server_at" -c "$server_at/conf"
}

server_apache() {
	cat >"$server_at/conf" <<-END
		ServerRoot $server_at
		ServerName peer
		PidFile $server_at/pid
		DefaultRuntimeDir $server_at
		Mutex file:$server_at
		ErrorLog $server_at/error
		Listen 80
		User www-data
		Group www-data
		LoadModule mpm_event_module /usr/lib/apache2/modules/mod_mpm_event.so
		LoadModule authz_core_module /usr/lib/apache2/modules/mod_authz_core.so
		LoadModule dir_module /usr/lib/apache2/modules/mod_dir.so
		DocumentRoot $server_at/www
	END
	begin_at_peer "$server_binary" -D FOREGROUND -d "$server_at" -f "$server_at/conf"
}

server_lighttpd() {
	cat >"$server_at/conf" <<-END
		server.document-root = "$server_at/www"
		server.port = 80
		server.bind = "[::]"
		server.v4mapped = "enable"
		server.network-backend = "writev"
		index-file.names = ("index.html")
	END
	begin_at_peer "$server_binary" -D -f "$server_at/conf"
}

server_haproxy() {
	cat >"$server_at/conf" <<-END
		defaults
			mode http
			timeout client 60s
			timeout server 60s
			timeout connect 5s
		frontend front
			bind :::80 v4v6
			http-request return status 200 content-type text/plain string hello
	END
	begin_at_peer "$server_binary" -db -f "$server_at/conf"
}

server_varnish() {
	cat >"$server_at/vcl" <<-END
		vcl 4.1;
		backend none none;
		sub vcl_recv { return (synth(200)); }
	END
	begin_at_peer "$server_binary" -F -j none -n "$server_at/work" -a 0.0.0.0:80 -a '[::]:80' -f "$server_at/vcl" \
		-s malloc,16m
}

server_node() {
	begin_at_peer "$server_binary" -e 'require("http").createServer((_, answer) => answer.end("hello\n")).listen(80, "::")'
}

server_python() {
	begin_at_peer "$server_binary" -m http.server --bind :: --directory "$server_at/www" 80
}

server_openssl() {
	server_certificate "$server_at" || return 1
	begin_at_peer "$server_binary" s_server -accept 443 -cert "$server_at/cert.pem" -key "$server_at/key.pem" -www -quiet
}

server_stunnel() {
	server_certificate "$server_at" || return 1
	cat >"$server_at/conf" <<-END
		foreground = yes
		pid =
		cert = $server_at/both.pem
		[echo]
		accept = :::443
		exec = /bin/cat
	END
	begin_at_peer "$server_binary" "$server_at/conf"
}

server_exim() {
	mkdir -p "$server_at/spool" && chown Debian-exim "$server_at/spool" || return 1
	cat >"$server_at/conf" <<-END
		primary_hostname = peer
		spool_directory = $server_at/spool
		log_file_path = $server_at/spool/%slog
		host_lookup =
		rfc1413_query_timeout = 0s
		acl_smtp_rcpt = deny
		begin acl
		deny:
			deny
	END
	chown root "$server_at/conf" && chmod 644 "$server_at/conf"
	begin_at_peer "$server_binary" -bdf -oX 25 -C "$server_at/conf"
}

dovecot_configuration() {
	cat <<-END
		base_dir = $server_at/run
		state_dir = $server_at/run
		protocols = imap pop3
		listen = *, ::
		ssl = no
		log_path = /dev/stderr
		passdb {
			driver = static
			args = password=none
		}
		userdb {
			driver = static
			args = uid=nobody gid=nogroup home=$server_at
		}
		service imap-login {
			inet_listener imap {
				port = 143
			}
			inet_listener imaps {
				port = 0
			}
		}
		service pop3-login {
			inet_listener pop3 {
				port = 110
			}
			inet_listener pop3s {
				port = 0
			}
		}
		mail_max_userip_connections = 1000
	END
}

server_dovecot() {
	mkdir -p "$server_at/run" && dovecot_configuration >"$server_at/conf"
	begin_at_peer "$server_binary" -F -c "$server_at/conf"
}

server_pop3() { server_dovecot; }

server_vsftpd() {
	mkdir -p "$server_at/chroot"
	cat >"$server_at/conf" <<-END
		listen=YES
		listen_ipv6=NO
		background=NO
		anonymous_enable=YES
		secure_chroot_dir=$server_at/chroot
		anon_root=$server_at/www
		max_per_ip=0
		seccomp_sandbox=NO
	END
	sed 's/^listen=YES/listen=NO/; s/listen_ipv6=NO/listen_ipv6=YES/' "$server_at/conf" >"$server_at/conf6"
	begin_at_peer "$server_binary" "$server_at/conf6"
}

server_redis() {
	begin_at_peer "$server_binary" --port 6379 --bind '*' '-::*' --protected-mode no --save '' --dir "$server_at"
}

server_memcached() { begin_at_peer "$server_binary" -u root -p 11211 -U 0 -l '0.0.0.0,::' -m 8; }

server_postgres() {
	chown postgres "$server_at" || return 1
	setpriv --reuid postgres --regid "$(id -g postgres)" --clear-groups "${server_binary%/*}/initdb" -D "$server_at/data" -A trust --no-sync ||
		return 1
	server_as postgres "$server_binary" -D "$server_at/data" -p 5432 -k "$server_at" -h '*' -F
}

server_mariadb() {
	mkdir -p "$server_at/data" && chown -R mysql "$server_at" || return 1
	begin_at_peer "$server_binary" --no-defaults --datadir="$server_at/data" --skip-grant-tables --skip-networking=0 \
		--socket="$server_at/socket" --pid-file="$server_at/pid" --port=3306 --bind-address='*' --user=mysql \
		--innodb-log-file-size=4M --innodb-buffer-pool-size=8M --skip-name-resolve --lc-messages-dir=/usr/share/mysql
}

server_mosquitto() {
	printf '%s\n' 'listener 1883' 'allow_anonymous true' 'user root' >"$server_at/conf"
	begin_at_peer "$server_binary" -c "$server_at/conf"
}

server_slapd() {
	mkdir -p "$server_at/data"
	cat >"$server_at/conf" <<-END
		include /etc/ldap/schema/core.schema
		modulepath /usr/lib/ldap
		moduleload back_ldif
		pidfile $server_at/pid
		database ldif
		suffix "dc=peer"
		directory $server_at/data
	END
	begin_at_peer "$server_binary" -d 0 -h 'ldap://0.0.0.0:389/ ldap://[::]:389/' -f "$server_at/conf"
}

server_sshd() {
	mkdir -p /run/sshd && chmod 755 /run/sshd || return 1
	ssh-keygen -q -t ed25519 -N '' -f "$server_at/key" || return 1
	cat >"$server_at/conf" <<-END
		HostKey $server_at/key
		Port 22
		PidFile none
		UsePAM no
		LoginGraceTime 30
	END
	begin_at_peer "$server_binary" -D -e -f "$server_at/conf"
}

server_dropbear() {
	dropbearkey -t ed25519 -f "$server_at/key" || return 1
	begin_at_peer "$server_binary" -F -E -r "$server_at/key" -p 22 -P "$server_at/pid"
}
