/* The child's side of a lab host. Knows no other host, nor what is asked of its agent. */
#include "lab/host.h"

#include <cap-ng.h>
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/address.h"
#include "lab/agent.h"
#include "lab/program.h"
#include "lab/tap.h"

enum { HOST_CONNECTIONS = 4096, HOST_WRITE_BYTES = 64 << 20 };

void host_quiet_ipv6(void)
{
	static const char *const settings[][2] = {
	    {"ipv6.conf.all.disable_ipv6", "0"},
	    {"ipv6.conf.default.disable_ipv6", "0"},
	    {"ipv6.conf.all.accept_dad", "0"},
	    {"ipv6.conf.default.accept_dad", "0"},
	    {"ipv6.conf.default.router_solicitations", "0"},
	    {"ipv6.conf.default.accept_ra", "0"},
	    {"ipv6.conf.default.addr_gen_mode", "1"},
	};

	for (size_t i = 0; i < sizeof settings / sizeof *settings; i++)
		sysctl_write(settings[i][0], settings[i][1], NULL);
}

static bool send_report(int fd, const struct host_report *r)
{
	return send(fd, r, sizeof *r, MSG_NOSIGNAL) == sizeof *r;
}

_Noreturn static void fail(int fd, enum lab_result result, const struct diag *why)
{
	send_report(fd, &(struct host_report){.result = result, .why = *why});
	_exit(1);
}

static void apply_all(const struct host_plan *plan)
{
	struct diag why, refused;

	/* Without it no set of sysctls can be had: nothing to skip one for. */
	if (sysctl_write("tcp_no_metrics_save", "1", &refused) != LAB_OK) {
		diag_set(&why, "no lab here: %s; run outside of the container, or name a target with -t HOST",
		         refused.text);
		fail(plan->channel, LAB_FAILED, &why);
	}
	host_quiet_ipv6();
	/* A server may take its usual port without being root. */
	if (plan->program)
		sysctl_write("ip_unprivileged_port_start", "0", NULL);
	for (size_t i = 0; i < plan->count; i++) {
		enum lab_result result = sysctl_write(plan->settings[i].name, plan->settings[i].value, &why);

		why.where = plan->settings[i].where;
		if (result != LAB_OK)
			fail(plan->channel, result, &why);
	}
}

static void tell_ready(void *context, uint16_t control_port, uint16_t data_port)
{
	const struct host_plan *plan = context;

	(void)control_port;
	send_report(plan->channel,
	            &(struct host_report){.result = LAB_OK, .where = {data_port, {true, true}}});
}

static void tell_listening(void *context, const struct listening *where)
{
	const struct host_plan *plan = context;

	send_report(plan->channel, &(struct host_report){.result = LAB_OK, .where = *where});
}

/* The agent needs no privilege. A program has what the user has that begins it: that of root, or none. */
static void drop_privilege(const struct host_plan *plan)
{
	if (plan->program && geteuid() == 0)
		return;
	prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
	capng_clear(CAPNG_SELECT_BOTH);
	capng_apply(CAPNG_SELECT_BOTH);
}

static void be_agent(const struct host_plan *plan)
{
	struct agent_options options;
	struct diag why;

	agent_defaults(&options);
	memcpy(options.listen, plan->theirs.address, sizeof options.listen);
	options.remote_allowed = true;
	options.max_connections = HOST_CONNECTIONS;
	options.max_write_bytes = HOST_WRITE_BYTES;
	options.idle_ns = 0;
	options.inherited_control = plan->channel;
	options.ready = tell_ready;
	options.context = (void *)(uintptr_t)plan;
	if (!agent_serve(&options, &why))
		fail(plan->channel, LAB_FAILED, &why);
}

/* What a server is told; a client is told where to connect to, by its keeper. */
static void tell_addresses(const struct host_plan *plan)
{
	static const char *const names[] = {"FOURWAVE_ADDRESS", "FOURWAVE_ADDRESS6"};
	char text[ADDR_TEXT_BYTES], port[8] = "";

	for (int i = 0; i < 2; i++) {
		const struct addr *a = &plan->theirs.address[i];

		program_environment(names[i], a->family ? addr_text(a, text) : "");
	}
	if (plan->program->port)
		snprintf(port, sizeof port, "%u", plan->program->port);
	program_environment("FOURWAVE_PORT", port);
}

/* What a stack of its own has to be configured with. */
static void tell_stack(const struct host_plan *plan)
{
	static const char *const gateways[] = {"FOURWAVE_GATEWAY", "FOURWAVE_GATEWAY6"};
	static const char *const prefixes[] = {"FOURWAVE_PREFIX", "FOURWAVE_PREFIX6"};
	static const int bits[] = {TAP_PREFIX_IPV4, VETH_PREFIX_IPV6};
	const uint8_t *mac = plan->theirs.mac;
	char text[ADDR_TEXT_BYTES];

	program_environment("FOURWAVE_TAP", plan->program->tap);
	for (int i = 0; i < 2; i++) {
		const struct addr *a = &plan->ours.address[i];

		program_environment(gateways[i], a->family ? addr_text(a, text) : "");
		snprintf(text, sizeof text, "%d", bits[i]);
		program_environment(prefixes[i], a->family ? text : "");
	}
	/* Not the veth's: the bridge would keep it to itself. */
	snprintf(text, sizeof text, "%02x:%02x:%02x:%02x:%02x:%02x", mac[0], mac[1], mac[2], mac[3], mac[4],
	         mac[5] + 1);
	program_environment("FOURWAVE_MAC", text);
	snprintf(text, sizeof text, "%d", plan->inherited);
	program_environment("FOURWAVE_CONTROL", plan->inherited < 0 ? "" : text);
}

/* The process that is left is what the tester knows, and ends with the keeper. */
static void be_keeper(const struct host_plan *plan)
{
	struct keeper_options options = {.program = plan->program,
	                                 .channel = plan->channel,
	                                 .inherited = plan->inherited,
	                                 .ready = tell_listening};
	struct diag why;
	pid_t keeper;

	options.context = (void *)(uintptr_t)plan;
	memcpy(options.own, plan->theirs.address, sizeof options.own);
	keeper = unshare(CLONE_NEWPID) == 0 ? fork() : -1;
	if (keeper < 0) {
		diag_set(&why, "no lab here: a PID namespace for the program is refused: %s",
		         strerror(errno));
		fail(plan->channel, LAB_FAILED, &why);
	}
	if (keeper > 0) {
		close_range(3, ~0U, 0);
		waitpid(keeper, NULL, 0);
		return;
	}
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	/* A /proc that shows the namespace. Where it is refused the programs do with the one there is. */
	if (unshare(CLONE_NEWNS) == 0 && mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL) == 0)
		(void)!mount("proc", "/proc", "proc", MS_NOSUID | MS_NODEV | MS_NOEXEC, NULL);
	drop_privilege(plan);
	tell_addresses(plan);
	if (plan->program->tap)
		tell_stack(plan);
	if (!keeper_run(&options, &why))
		fail(plan->channel, LAB_NO_PROGRAM, &why);
}

/* Closes all that a host has no use for: only its channels and standard error stay. */
static void close_others(const struct host_plan *plan)
{
	int null = open("/dev/null", O_RDWR | O_CLOEXEC);
	int low = plan->inherited, high = plan->channel;

	if (low > high) {
		low = plan->channel;
		high = plan->inherited;
	}
	dup2(null, STDIN_FILENO);
	dup2(null, STDOUT_FILENO);
	for (unsigned fd = 3; fd < (unsigned)high; fd++)
		if ((int)fd != low)
			close((int)fd);
	close_range((unsigned)high + 1, ~0U, 0);
}

/* The host's end of the link: this kernel's, or that of a stack on a TAP device, which has addresses by
 * itself.
 */
static bool open_link(const struct host_plan *plan, struct diag *d)
{
	const char *tap = plan->program ? plan->program->tap : NULL;

	if (tap ? !tap_make(&plan->theirs, tap, geteuid(), d) : !veth_up(&plan->theirs, d))
		return false;
	send_report(plan->channel, &(struct host_report){.result = LAB_OK});
	return tap || veth_address(&plan->theirs, &plan->ours, d);
}

_Noreturn void host_be(const struct host_plan *plan, pid_t parent)
{
	struct diag why;
	char go;

	prctl(PR_SET_NAME, "fourwave-peer");
	if (prctl(PR_SET_PDEATHSIG, SIGKILL) < 0 || getppid() != parent)
		_exit(1);
	close_others(plan);
	signal(SIGINT, SIG_IGN);
	signal(SIGQUIT, SIG_IGN);
	if (!namespace_split(&why) || !veth_loopback_up(&why))
		fail(plan->channel, LAB_FAILED, &why);
	apply_all(plan);
	if (!send_report(plan->channel, &(struct host_report){.result = LAB_OK}) ||
	    recv(plan->channel, &go, 1, 0) != 1)
		_exit(1);
	if (!open_link(plan, &why))
		fail(plan->channel, LAB_FAILED, &why);
	if (plan->program) {
		be_keeper(plan);
	} else {
		drop_privilege(plan);
		be_agent(plan);
	}
	_exit(0);
}
