/* fourwave doctor: says what this machine can and cannot do. Sends nothing to another host, changes nothing.
 */
#include <errno.h>
#include <ifaddrs.h>
#include <linux/ethtool.h>
#include <linux/sockios.h>
#include <net/if.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "cmd/collect.h"
#include "cmd/doctor.h"
#include "cmd/options.h"
#include "core/scenario.h"
#include "lab/lab.h"
#include "report/pen.h"
#include "wire/capture.h"
#include "wire/privilege.h"
#include "wire/route.h"
#include "wire/send.h"
#include "wire/shield.h"

enum { INTERFACES_SHOWN = 8 };

/* --- what is tried in a child --- */

/* Runs try in a forked child, which must not touch more than the answer: it comes back through a pipe. */
static bool ask_child(void (*try)(void *answer), void *answer, size_t bytes, struct diag *why)
{
	int ends[2], status;
	bool whole;
	pid_t child;

	fflush(NULL);
	if (pipe(ends) < 0)
		return diag_set(why, "no pipe to a child process could be made");
	child = fork();
	if (child == 0) {
		close(ends[0]);
		try(answer);
		_exit(write(ends[1], answer, bytes) == (ssize_t)bytes ? 0 : 1);
	}
	close(ends[1]);
	whole = child > 0 && read(ends[0], answer, bytes) == (ssize_t)bytes;
	close(ends[0]);
	if (child > 0)
		waitpid(child, &status, 0);
	return whole || diag_set(why, "a child process to try it in could not be run");
}

/* --- the lab --- */

struct lab_answer {
	bool made, family[2];
	struct diag why;
};

static void try_lab(void *answer)
{
	struct lab_answer *a = answer;
	struct lab *lab = lab_open(NULL, &a->why);
	const struct lab_host *host = NULL;

	if (lab && lab_host(lab, NULL, 0, 0, &host, &a->why) == LAB_OK) {
		a->made = true;
		a->family[0] = host->remote[0].family != 0;
		a->family[1] = host->remote[1].family != 0;
	}
	lab_close(lab);
}

/* In a child, because entering namespaces is for good. */
static bool look_at_lab(struct doctor *f)
{
	struct lab_answer a = {.made = false};

	if (!ask_child(try_lab, &a, sizeof a, &a.why) || !a.made)
		return doctor_say(f, FINDING_NO, "lab", "%s", a.why.text);
	doctor_say(f, FINDING_OK, "lab", "namespaces of our own%s: fourwave run and table need no target",
	           geteuid() == 0 ? "" : ", without root");
	for (int i = 0; i < 2; i++)
		if (!a.family[i])
			doctor_say(f, FINDING_NO, i == 0 ? "lab, IPv4" : "lab, IPv6",
			           "this kernel gives none there: is it switched off on the kernel's command "
			           "line (ipv6.disable)?");
	return true;
}

/* --tap makes its device in a lab host, and its program takes it: both open this file. */
static void look_at_tap(struct doctor *f)
{
	if (access("/dev/net/tun", R_OK | W_OK) == 0)
		doctor_say(f, FINDING_OK, "lab, TAP", "a program may bring a TCP of its own: --tap");
	else
		doctor_say(f, FINDING_NOTE, "lab, TAP", "/dev/net/tun: %s: without it no --tap; %s",
		           strerror(errno),
		           errno == ENOENT ? "as root: modprobe tun" : "as root: chmod 666 /dev/net/tun");
}

/* --- this host --- */

static bool look_at_sending(struct doctor *f)
{
	struct sender_options options = {.families = FAMILY_IPV4};
	struct diag d;
	struct sender *s = sender_open(&options, &d);

	if (!s && !privilege_have_raw())
		return doctor_say(f, FINDING_NO, "raw sockets", "not permitted: %s", privilege_advice());
	if (!s)
		return doctor_say(f, FINDING_NO, "raw sockets", "%s", d.text);
	sender_close(s);
	return doctor_say(f, FINDING_OK, "raw sockets", "segments can be sent to a real host");
}

static bool look_at_capture(struct doctor *f)
{
	struct capture_options options = {.interface = "any"};
	struct diag d;
	struct capture *c = capture_open(&options, &d);

	if (!c)
		return doctor_say(f, FINDING_NO, "capture", "%s", d.text);
	capture_close(c);
	return doctor_say(f, FINDING_OK, "capture", "on every interface, with nanoseconds");
}

/* The ways out are asked for with addresses for documents (RFC 5737, 3849):
 * the kernel looks into its table, nothing is sent. */
static void look_at_family(struct doctor *f, bool six)
{
	const char *what = six ? "IPv6" : "IPv4";
	struct addr loopback, far;
	struct route route;
	struct diag d;

	address_parse(six ? "::1" : "127.0.0.1", &loopback);
	address_parse(six ? "2001:db8::1" : "192.0.2.1", &far);
	if (!route_owns(&loopback))
		doctor_say(
		    f, FINDING_NO, what, "%s",
		    six ? "switched off: sysctl net.ipv6.conf.all.disable_ipv6=0; until then run with -4"
		        : "no loopback address: ip link set lo up");
	else if (route_find(&far, NULL, &route, &d))
		doctor_say(f, FINDING_OK, what, "on this host, and a route to others over %s",
		           route.interface);
	else
		doctor_say(f, FINDING_NOTE, what,
		           "on this host, but no default route: only its own networks can be judged");
}

/* Is a shielded port deaf? A connection to it must neither come about nor be refused. Loopback only. */
static bool shield_holds(const struct addr *local, uint16_t port)
{
	struct timeval wait = {.tv_usec = 200000};
	struct sockaddr_storage to;
	socklen_t size = address_to_socket(local, port, &to);
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	bool silent;

	setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &wait, sizeof wait);
	silent = connect(fd, (struct sockaddr *)&to, size) < 0 && errno == EINPROGRESS;
	close(fd);
	return silent;
}

struct shield_answer {
	bool open, holds;
	enum shield_kind kind;
	struct diag why;
};

static void try_shield(void *answer)
{
	struct shield_answer *a = answer;
	struct addr local = {.family = 4, .bytes = {127, 0, 0, 1}};
	uint16_t port = 0;
	int fd = privilege_drop(&a->why) ? shield_open(&local, &port, &a->why) : -1;

	a->open = fd >= 0;
	if (!a->open)
		return;
	a->kind = shield_kind(fd);
	a->holds = shield_holds(&local, port);
	close(fd);
}

/* In a child, with no more privilege than a run has when it opens its own. */
static bool look_at_shield(struct doctor *f)
{
	struct shield_answer a = {.open = false};

	if (!ask_child(try_shield, &a, sizeof a, &a.why) || !a.open)
		return doctor_say(f, FINDING_NO, "shield", "%s", a.why.text);
	if (!a.holds)
		return doctor_say(
		    f, FINDING_NO, "shield",
		    "our own kernel answers on a shielded port: use a spare address (-S ADDR --spare)");
	switch (a.kind) {
	case SHIELD_FILTER:
		return doctor_say(f, FINDING_OK, "shield", "by a socket filter: our own kernel stays silent");
	case SHIELD_SIGNED:
		return doctor_say(f, FINDING_OK, "shield",
		                  "by TCP MD5 signatures: our own kernel stays silent");
	case SHIELD_TTL: break;
	}
	return doctor_say(
	    f, FINDING_NOTE, "shield",
	    "by the TTL, for want of TCP MD5 signatures in this kernel (CONFIG_TCP_MD5SIG): our own kernel "
	    "answers a peer on the same network that sends with TTL 255, as lwIP does; judge such a "
	    "one from a spare address (-S ADDR --spare)");
}

static bool look_at_ports(struct doctor *f)
{
	struct port_rules ports;
	unsigned unused = 0;

	port_rules_read(&ports);
	for (unsigned port = 10000; port <= UINT16_MAX; port++)
		unused += port_rules_allow(&ports, (uint16_t)port);
	if (unused > 1000)
		doctor_say(f, FINDING_OK, "source ports", "%u are outside the kernel's own, %u-%u", unused,
		           ports.low, ports.high);
	else
		doctor_say(
		    f, FINDING_NO, "source ports",
		    "only %u above 9999 are outside the kernel's own, %u-%u: name the first with -p, or "
		    "sysctl net.ipv4.ip_local_port_range=\"32768 60999\"",
		    unused, ports.low, ports.high);
	return unused > 0;
}

static unsigned ethtool_value(int fd, const char *interface, unsigned command)
{
	struct ethtool_value value = {.cmd = command};
	struct ifreq request = {.ifr_data = (void *)&value};

	snprintf(request.ifr_name, sizeof request.ifr_name, "%s", interface);
	return ioctl(fd, SIOCETHTOOL, &request) == 0 ? value.data : 0;
}

/* Segments that are merged before the capture sees them can't be judged one by one. */
static void look_at_interface(struct doctor *f, int fd, const char *name)
{
	bool gro = ethtool_value(fd, name, ETHTOOL_GGRO) != 0;
	bool lro = (ethtool_value(fd, name, ETHTOOL_GFLAGS) & ETH_FLAG_LRO) != 0;
	char what[40];

	snprintf(what, sizeof what, "offload of %s", name);
	if (!gro && !lro)
		doctor_say(f, FINDING_OK, what, "received segments come as they were sent");
	else
		doctor_say(
		    f, FINDING_NOTE, what,
		    "%s%s%s may merge segments with data before they are captured; a close without data is "
		    "not touched. Where a scenario counts data: ethtool -K %s%s%s",
		    gro ? "GRO" : "", gro && lro ? " and " : "", lro ? "LRO" : "", name,
		    gro ? " gro off" : "", lro ? " lro off" : "");
}

static void look_at_interfaces(struct doctor *f)
{
	struct ifaddrs *list = NULL;
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	unsigned shown = 0;

	if (fd < 0 || getifaddrs(&list) < 0)
		list = NULL;
	for (const struct ifaddrs *i = list; i && shown < INTERFACES_SHOWN; i = i->ifa_next) {
		bool link = i->ifa_addr && i->ifa_addr->sa_family == AF_PACKET;
		if (!link || !(i->ifa_flags & IFF_UP) || (i->ifa_flags & IFF_LOOPBACK))
			continue;
		look_at_interface(f, fd, i->ifa_name);
		shown++;
	}
	freeifaddrs(list);
	if (fd >= 0)
		close(fd);
}

/* Can a real host be judged from here? All is looked at in any case. */
static bool look_at_host(struct doctor *f)
{
	bool good = look_at_sending(f);
	struct rlimit limit;

	good &= look_at_capture(f);
	good &= look_at_shield(f);
	look_at_family(f, false);
	look_at_family(f, true);
	good &= look_at_ports(f);
	if (getrlimit(RLIMIT_NOFILE, &limit) == 0 && limit.rlim_max < 1024)
		doctor_say(f, FINDING_NOTE, "open files",
		           "at most %lu: run few scenarios side by side (-j), or raise it (ulimit -Hn)",
		           (unsigned long)limit.rlim_max);
	look_at_interfaces(f);
	return good;
}

/* --- what comes with the program, and what goes well with it --- */

static void look_at_scenarios(struct doctor *f)
{
	char *dir = scenarios_path("table");
	struct collection c = {0};
	struct diag d;

	if (!profile_is_there("rfc"))
		doctor_say(
		    f, FINDING_NO, "profiles",
		    "they are not here: install them (make install), or say where with FOURWAVE_PROFILES");
	if (collection_find(&c, (const char *const *)&dir, 1, &d))
		doctor_say(f, FINDING_OK, "scenarios", "%zu of the exception table in %s", c.file_count, dir);
	else
		doctor_say(f, FINDING_NO, "scenarios",
		           "%s: install them (make install), or say where with FOURWAVE_SCENARIOS", d.text);
	collection_free(&c);
	free(dir);
}

static bool in_path(const char *tool)
{
	const char *path = getenv("PATH");
	char file[512];

	while (path && *path != '\0') {
		size_t len = strcspn(path, ":");
		snprintf(file, sizeof file, "%.*s/%s", (int)len, path, tool);
		if (access(file, X_OK) == 0)
			return true;
		path += len + (path[len] == ':');
	}
	return false;
}

static void look_at_tools(struct doctor *f)
{
	static const char *const tools[] = {"tcpdump", "tshark"};

	for (size_t i = 0; i < sizeof tools / sizeof *tools; i++)
		if (in_path(tools[i]))
			doctor_say(f, FINDING_OK, tools[i], "reads the captures of -w");
		else
			doctor_say(f, FINDING_NOTE, tools[i],
			           "is not here; fourwave does without, but it reads the captures of -w: "
			           "apt-get install %s",
			           tools[i]);
}

/* --- all --- */

static int examine(const struct command *c, const struct options *o)
{
	struct style style = style_detect(STDOUT_FILENO, o->color, false);
	struct doctor f = {.words = {"ok", "note", "no"}, .column = 6, .text_column = 24, .quiet = o->quiet};
	struct diag d;
	bool lab, host;
	const char *end;

	if (o->path_count > (o->target ? 1 : 0))
		return command_usage(c, o->target ? "one stack is tried at a time" : "it takes no operands");
	if (o->target)
		return doctor_agent(c, o);
	pen_init(&f.pen, stdout, &style);
	lab = look_at_lab(&f);
	look_at_tap(&f);
	host = look_at_host(&f);
	look_at_scenarios(&f);
	look_at_tools(&f);
	if (style.unicode)
		doctor_say(&f, FINDING_OK, "locale", "UTF-8: ladders are drawn with lines");
	else
		doctor_say(
		    &f, FINDING_NOTE, "locale",
		    "is not UTF-8: ladders are drawn with 7-bit characters; LC_ALL=C.UTF-8 changes that");
	end = lab && host ? "Both the lab and real hosts can be judged. Begin with: fourwave table --quick"
	      : lab       ? "The lab works. Begin with: fourwave table --quick"
	      : host      ? "Real hosts can be judged. Begin with: fourwave table -t HOST:PORT"
	                  : "Nothing can be judged from here until a line above is mended.";
	if (!o->quiet) {
		pen_line(&f.pen);
		pen_wrap(&f.pen, 0, end);
		pen_line(&f.pen);
	}
	if (!pen_done(&f.pen, &d))
		return command_error(c, d.text);
	return f.said[FINDING_NO] ? STATUS_FAIL : STATUS_OK;
}

static const struct flag flags[] = {
    {0, "--agent", "HOST[:PORT]",
     "try an agent instead: each command of fourwave-agent(7);\ndefault port 4144",
     FLAG_TEXT(struct options, target)},
    OPTION_COLOR,
    OPTION_QUIET("show only what does not work"),
    {0}};

const struct command command_doctor = {
    .name = "doctor",
    .brief = "say what this machine can do, and what not",
    .synopsis = "[-q] [--agent HOST[:PORT] [STACK]]",
    .summary = "Says what this machine can and cannot do, each with the remedy. Tries the lab and\n"
               "the port shield on this machine itself; sends nothing to others, changes nothing.\n"
               "Ends with 0 where all is well, and with 1 where a line says \"no\".\n"
               "With --agent it says of each command of the agent there whether it is fine,\n"
               "missing or wrong, and ends with 1 where one is wrong. STACK is the address of the\n"
               "stack, where the agent has another.",
    .examples = "fourwave doctor\twhat this machine can do\n"
                "fourwave doctor -q\tonly what it cannot\n"
                "fourwave doctor --agent 192.0.2.1\tan agent that you wrote\n"
                "fourwave doctor --agent localhost 192.0.2.1\tits stack has an address of its own\n",
    .flags = flags,
    .run = options_play,
    .play = examine,
};
