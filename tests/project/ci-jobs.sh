#!/bin/sh
# The jobs of examples/ci as their runners play them: each line of theirs, from the
# release to the report. It is a machine with nothing of this tree: /usr/local and /tmp
# are empty, and the server is nginx, or one that resets: fourwave starts it (GitHub), or it is
# there already, in a network namespace (GitLab).
# sudo, apt-get and sysctl are stubs; nothing is downloaded. GitLab's runs with the
# capabilities that Docker gives, and no more. Each job has one scenario that fails, and its
# baseline knows it. Then examples/automake is built with the fourwave that was installed so.
set -u
# shellcheck source=tests/project/common.sh
. "$(dirname "$0")/common.sh"
for tool in ip curl xz setpriv; do
	command -v $tool >/dev/null || skip "no $tool here"
done
nginx=$(PATH=$PATH:/usr/sbin:/sbin command -v nginx) || skip "no nginx here"
python3 -c 'import yaml' 2>/dev/null || skip "no python3-yaml here"
if [ "$(id -u)" = 0 ]; then namespaces=-nm; else namespaces=-rnm; fi
unshare $namespaces sh -c 'mount -t tmpfs tmpfs /usr/local' 2>/dev/null || skip "no namespaces here"
unset MAKEFLAGS MFLAGS MAKELEVEL
cd "$scratch" || exit 99

# --- the release, and what a runner has

version=$("$FOURWAVE" --version | sed 's/^[^0-9]*//')
"${MAKE:-make}" -s -C "${top_builddir:-.}" distdir distdir="$scratch/fourwave-$version" >dist.log 2>&1 || {
	cat dist.log
	fail "there is no release to install"
	finish
}
# As fast as can be: it is built twice.
tar -cJf release.tar.xz "fourwave-$version" || exit 99

mkdir stubs
cat >stubs/sudo <<'END'
#!/bin/sh
exec "$@"
END
cat >stubs/apt-get <<'END'
#!/bin/sh
echo "apt-get $*" >>/tmp/stubs.log
END
# What scripts/setup asks: is it installed?
cat >stubs/dpkg-query <<'END'
#!/bin/sh
for word; do echo "installed $word"; done
END
cat >stubs/sysctl <<'END'
#!/bin/sh
echo "sysctl $*" >>/tmp/stubs.log
END
cat >stubs/serve <<END
#!/bin/sh
# serve nginx|rude: on port 80, from now on.
case \$1 in
nginx) setsid $nginx -e stderr -p /tmp -c /tmp/nginx.conf >/tmp/nginx.log 2>&1 & ;;
rude) setsid /usr/bin/python3 /tmp/rude.py 80 >/tmp/rude.log 2>&1 & ;;
esac
echo \$! >/tmp/server.pid
for try in 1 2 3 4 5 6 7 8 9 10; do
	grep -q ':0050 0*:0000 0A' /proc/net/tcp /proc/net/tcp6 && exit 0
	sleep 0.5
done
exit 1
END
chmod +x stubs/*
nginx_configuration /tmp 80 '[::]:80' >nginx.conf
# A scenario that no server of Linux's keeps.
cat >wish.wave <<'END'
scenario "Our FIN is not acknowledged"
role     passive
open
provoke  close
expect   F. seq rcv.nxt ack snd.nxt within 2s as fin
send     . ack fin.end
send     F. ack fin.end
silence  1s
END
"$FOURWAVE" run -q --write-baseline known.txt wish.wave >wish.log 2>&1
grep -q '^wish ' known.txt || {
	cat wish.log
	fail "there is no baseline"
}
# A server that throws its connections away: RST instead of FIN.
cat >rude.py <<'END'
import socket, struct, sys
listener = socket.create_server(("", int(sys.argv[1])), family=socket.AF_INET6, dualstack_ipv6=True)
while True:
    connection, _ = listener.accept()
    connection.recv(4096)
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    connection.close()
END
printf '127.0.0.1 localhost web\n::1 localhost web\n' >hosts

# --- each job's own lines: all of them, and the one that judges

python3 - "$top_srcdir/examples/ci" <<'END' || fail "the jobs cannot be read"
import sys, yaml
github = yaml.safe_load(open(sys.argv[1] + "/github.yml"))
gitlab = yaml.safe_load(open(sys.argv[1] + "/gitlab.yml"))
steps = github["jobs"]["fourwave"]["steps"]
# Each step of GitHub's is a shell of its own, in the same directory.
lines = {"github": ["(\n%s)" % step["run"] for step in steps if "run" in step],
         "gitlab": gitlab["fourwave"]["before_script"] + gitlab["fourwave"]["script"]}
variables = {"github": github["env"], "gitlab": gitlab["variables"]}
for job in lines:
    judging = [line for line in lines[job] if "fourwave run" in line]
    assert len(judging) == 1, job
    for name, wanted in (("all", lines[job]), ("judging", judging)):
        with open("%s.%s" % (job, name), "w") as out:
            for variable, value in variables[job].items():
                if variable != "FOURWAVE_RELEASE":
                    out.write("export %s='%s'\n" % (variable, value))
            out.write("\n".join(wanted) + "\n")
    assert "--baseline known.txt" in judging[0], job
# What they keep is what is made.
kept = [step["with"]["path"].split() for step in steps if "upload-artifact" in step.get("uses", "")]
assert kept == [["result.xml", "result.html", "captures/"]], kept
artifacts = gitlab["fourwave"]["artifacts"]
assert artifacts["paths"] + [artifacts["reports"]["junit"]] == ["result.html", "captures/", "result.xml"], artifacts
END

cat >machine.sh <<'END'
# machine.sh SCRATCH JOB: within the namespaces
scratch=$1 job=$2
ip link set lo up && mount --bind "$scratch/hosts" /etc/hosts && mount -t tmpfs tmpfs /usr/local &&
	mkdir /usr/local/bin && mount --bind "$scratch/$job" /tmp && cd /tmp/project || exit 99
trap '[ ! -e /tmp/server.pid ] || kill "$(cat /tmp/server.pid)"' EXIT
play() { # FILE
	env -i PATH=/tmp/stubs:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin HOME=/tmp CFLAGS=-O0 \
		FOURWAVE_RELEASE=file:///tmp/release.tar.xz RUNNER_TEMP=/tmp/runner ${server:+"$server"} $capabilities bash -e "$1"
}
capabilities='' server=''
if [ "$job" = gitlab ]; then
	# Its service runs already. Docker's capabilities.
	/tmp/serve nginx || exit 99
	few=-all,+chown,+dac_override,+fowner,+fsetid,+kill,+setgid,+setuid,+setpcap
	few=$few,+net_bind_service,+net_raw,+sys_chroot,+mknod,+audit_write,+setfcap
	capabilities="setpriv --bounding-set=$few"
fi
play /tmp/all
echo $? >/tmp/status
mkdir /tmp/good && mv result.xml result.html captures /tmp/good/
# Without its baseline the job is red.
mv known.txt /tmp/ && : >known.txt
play /tmp/judging >/tmp/unknown-job.log 2>&1
echo $? >/tmp/unknown-status
mv /tmp/known.txt .
server=
if [ "$job" = gitlab ]; then
	kill "$(cat /tmp/server.pid)"
	# As long as it listens it would be taken for the next.
	for try in $(seq 100); do grep -q ':0050 0*:0000 0A' /proc/net/tcp /proc/net/tcp6 || break; sleep 0.1; done
	/tmp/serve rude || exit 99
else
	server=SERVER='exec /usr/bin/python3 /tmp/rude.py 8080'
fi
play /tmp/judging >/tmp/rude-job.log 2>&1
echo $? >/tmp/rude-status
if [ "$job" = github ]; then
	cd /tmp/automake || exit 99
	echo 'autoreconf -fi >/tmp/autoreconf.log 2>&1; ./configure -q; make -s; make -s check' >/tmp/automake.sh
	play /tmp/automake.sh >/tmp/automake.log 2>&1
	echo $? >/tmp/automake-status
fi
exit 0
END

status_is() { # FILE STATUS LOG
	[ "$(cat "$1")" = "$2" ] || {
		tail -n 40 "$3"
		fail "$1 is $(cat "$1"), expected $2"
	}
}

for job in github gitlab; do
	mkdir -p $job/project/scenarios $job/runner $job/www
	"$FOURWAVE" new $job/project/scenarios/plain >/dev/null
	"$FOURWAVE" new --row 2 $job/project/scenarios/lost-ack >/dev/null
	cp wish.wave $job/project/scenarios/
	cp known.txt $job/project/
	nginx_configuration . 8080 '[::]:8080' >$job/project/nginx.conf
	cp -r stubs stubs/serve nginx.conf rude.py release.tar.xz $job/
	cp $job.all $job/all
	cp $job.judging $job/judging
	cp -r "$top_srcdir/examples/automake" $job/automake && chmod -R u+w $job/automake
	echo hello >$job/www/index.html
	unshare $namespaces -- sh machine.sh "$scratch" $job >$job/log 2>&1 || {
		cat $job/log
		fail "$job: the machine for it could not be made"
		continue
	}

	# nginx closes as it should; all is judged, and all is kept.
	status_is $job/status 0 $job/log
	grep -q '4 passed, 0 failed, 2 known' $job/log || fail "$job: not four results that passed"
	for made in result.xml result.html captures/plain-ipv4.pcap captures/lost-ack-ipv6.pcap; do
		[ -s "$job/good/$made" ] || fail "$job: $made is not there"
	done
	[ "$(grep -c '<testcase' $job/good/result.xml)" = 6 ] || fail "$job: not six cases in the JUnit file"
	status_is $job/unknown-status 1 $job/unknown-job.log
	! grep -q '<failure' $job/good/result.xml || fail "$job: a failure in the JUnit file"

	# A server that resets: its program may, so it can't be judged. The job is red, keeps the
	# proof, and what was seen can be looked at elsewhere.
	status_is $job/rude-status 99 $job/rude-job.log
	grep -q '<error' $job/project/result.xml || fail "$job: no error in the JUnit file"
	"$FOURWAVE" judge -r $job/project/captures/plain-ipv4.pcap $job/project/scenarios/plain.wave >judged 2>&1
	[ $? = 99 ] && grep -q '^error  plain' judged || {
		cat judged
		fail "$job: the error's capture is judged otherwise"
	}
done
grep -q '^apt-get .*nginx' github/stubs.log || fail "github: its server was not installed by it"

status_is github/automake-status 0 github/automake.log
for name in closes lost-fin lost-ack short-wait; do
	for family in 4 6; do
		grep -q "^PASS: tests/$name.wave .* (IPv$family)" github/automake.log || {
			cat github/automake.log
			fail "make check: $name is not judged over IPv$family, or not passed"
		}
	done
done
finish
