/* The lab: peer hosts, one for each distinct set of sysctls. Knows nothing of
 * scenarios beyond their sysctls, nor of what the agents are told. */
#include "lab/lab.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/address.h"
#include "base/clock.h"
#include "base/duration.h"
#include "base/memory.h"
#include "base/text.h"

#define utarray_oom() memory_ended()
#include <utarray.h>

#include "lab/host.h"

enum {
	HOSTS_MAX = 500,
	HOST_TIMEOUT_S = 10,       /* for each step of a host's beginning */
	GOODBYE_MS = 1000,         /* of an agent */
	PROGRAM_GOODBYE_MS = 5000, /* it has time to end by itself */
	NOBODY_PORT = 1,           /* where it is asked whether a host answers at all */
	ANSWER_WAITS_S = 5,        /* on a machine that has much to do */
	ANSWER_TRY_MS = 20,
};

struct host {
	struct lab_host public;
	struct host *next;
	char *key; /* its settings, in order */
	pid_t pid;
	struct veth_end ours, theirs;
};

struct lab {
	struct host *hosts;
	unsigned count;                    /* also of those that failed: numbers are not used twice */
	const struct lab_program *program; /* NULL: agents */
	bool failed;                       /* the program does not come up: nor would it in another host */
	struct diag why;
};

struct lab *lab_open(const struct lab_program *program, struct diag *d)
{
	struct lab *lab;

	if (!namespace_enter(d) || !veth_loopback_up(d))
		return NULL;
	host_quiet_ipv6();
	lab = memory_new(1, sizeof *lab);
	lab->program = program;
	return lab;
}

/* Addresses that are for benchmarks (RFC 2544) and documentation (RFC 3849):
 * host k has 198.18.k.1 and .2, 2001:db8:k::1 and ::2, if this kernel has IPv6. */
static void number_end(struct veth_end *end, unsigned k, uint8_t which)
{
	uint8_t high = (uint8_t)(k >> 8), low = (uint8_t)k;
	int fd = socket(AF_INET6, SOCK_STREAM | SOCK_CLOEXEC, 0);

	memcpy(end->mac, (uint8_t[6]){0x02, 0x46, 0x57, high, low, which}, 6);
	end->address[0] = (struct addr){.family = 4, .bytes = {198, (uint8_t)(18 + high), low, which}};
	if (fd < 0)
		return;
	close(fd);
	end->address[1] =
	    (struct addr){.family = 6, .bytes = {0x20, 0x01, 0x0d, 0xb8, high, low, [15] = which}};
}

static enum lab_result hear(const struct host *h, struct host_report *r, struct diag *d)
{
	size_t have = 0;
	ssize_t got;

	/* A process that was stopped and goes on finds a wait with a time-out interrupted (signal(7)). */
	do {
		got = recv(h->public.control, (char *)r + have, sizeof *r - have, MSG_WAITALL);
		have += got > 0 ? (size_t)got : 0;
	} while (have < sizeof *r && (got > 0 || (got < 0 && errno == EINTR)));
	if (have != sizeof *r)
		*r = (struct host_report){.result = LAB_FAILED,
		                          .why.text = "a peer of the lab does not come up"};
	if (r->result != LAB_OK)
		*d = r->why;
	return r->result;
}

/* Does the host answer a connection within ANSWER_TRY_MS, refused or even accepted? Nothing is left of it. A
 * program never sees it.
 */
static bool is_answered(const struct host *h, int i)
{
	const struct timeval timeout = {.tv_usec = ANSWER_TRY_MS * 1000};
	const struct linger none = {.l_onoff = 1, .l_linger = 0};
	struct sockaddr_storage source, target;
	socklen_t len = address_to_socket(&h->ours.address[i], 0, &source);
	int fd = socket(source.ss_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
	bool answered;

	if (fd < 0)
		return false;
	address_to_socket(&h->theirs.address[i], NOBODY_PORT, &target);
	setsockopt(fd, SOL_SOCKET, SO_LINGER, &none, sizeof none);
	setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &timeout, sizeof timeout);
	answered = bind(fd, (struct sockaddr *)&source, len) == 0 &&
	           (connect(fd, (struct sockaddr *)&target, len) == 0 || errno == ECONNRESET ||
	            errno == ECONNREFUSED);
	close(fd);
	return answered;
}

/* Linux adds an IPv6 address at once, but the route to it a moment later, from a work queue: until then a SYN
 * is lost without a word. */
static bool await_answer(const struct host *h, int i, struct diag *d)
{
	char text[ADDR_TEXT_BYTES];

	int64_t until_ns = clock_mono_ns() + ANSWER_WAITS_S * NS_PER_S;

	do {
		if (is_answered(h, i))
			return true;
		/* A try that fails at once has not waited. */
		poll(NULL, 0, 1);
	} while (clock_mono_ns() < until_ns);
	return diag_set(d, "no lab here: its peer does not answer at %s",
	                addr_text(&h->theirs.address[i], text));
}

static bool has_tap(const struct lab *lab) { return lab->program && lab->program->tap; }

/* A stack of its own whose program is no plain server, nor has its agent elsewhere. */
static bool wants_channel(const struct lab *lab)
{
	return has_tap(lab) && !lab->program->port && !lab->program->agent;
}

/* It came up, and ended before all of its host was there: behind the keeper's greeting stands its farewell.
 */
static bool last_words(const struct host *h, struct diag *d)
{
	static const char farewell[] = "\n0 no ";
	struct timeval soon = {.tv_sec = 1};
	char text[1024], *from;
	size_t len = 0;
	ssize_t got;

	setsockopt(h->public.control, SOL_SOCKET, SO_RCVTIMEO, &soon, sizeof soon);
	while (len < sizeof text - 1 &&
	       (got = recv(h->public.control, text + len, sizeof text - 1 - len, 0)) > 0)
		len += (size_t)got;
	text[len] = '\0';
	from = strstr(text, farewell);
	if (!from)
		return false;
	from += strlen(farewell);
	from[strcspn(from, "\n")] = '\0';
	diag_set(d, "%s", from);
	return true;
}

/* Takes the child, step by step, until its agent, or its program, listens. */
static enum lab_result bring_up(const struct lab *lab, struct host *h, struct diag *d)
{
	struct timeval timeout = {.tv_sec = HOST_TIMEOUT_S};
	struct host_report report;
	enum lab_result result;
	struct diag why;
	bool addressed;

	setsockopt(h->public.control, SOL_SOCKET, SO_RCVTIMEO, &timeout, sizeof timeout);
	result = hear(h, &report, d);
	if (result != LAB_OK)
		return result;
	if (!veth_make(&h->ours, &h->theirs, h->pid, d))
		return LAB_FAILED;
	if (!veth_up(&h->ours, d))
		return LAB_FAILED;
	if (send(h->public.control, "g", 1, MSG_NOSIGNAL) != 1)
		return LAB_FAILED;
	result = hear(h, &report, d);
	if (result != LAB_OK)
		return result;
	addressed = veth_address(&h->ours, has_tap(lab) ? NULL : &h->theirs, d);
	if (lab->program)
		timeout.tv_sec += (time_t)(lab->program->patience_ns / NS_PER_S) + 1;
	setsockopt(h->public.control, SOL_SOCKET, SO_RCVTIMEO, &timeout, sizeof timeout);
	/* A program that ended at once may have taken its host along already: then it says why. */
	result = hear(h, &report, addressed ? d : &why);
	if (!addressed) {
		*d = result == LAB_NO_PROGRAM ? why : *d;
		return result == LAB_NO_PROGRAM ? result : LAB_FAILED;
	}
	h->public.data_port = report.where.port;
	memcpy(h->public.listens, report.where.family, sizeof h->public.listens);
	for (int i = 0; i < 2 && result == LAB_OK && !has_tap(lab); i++)
		if (h->ours.address[i].family && !await_answer(h, i, d))
			result = LAB_FAILED;
	return result == LAB_FAILED && lab->program && last_words(h, d) ? LAB_NO_PROGRAM : result;
}

static void hang_up(const struct host *h)
{
	if (h->public.control >= 0)
		shutdown(h->public.control, SHUT_RDWR);
	if (h->public.agent >= 0)
		shutdown(h->public.agent, SHUT_RDWR);
}

/* Ends a host: its agent, or its program, goes when its channel ends, and takes its processes along; one that
 * does not is killed. */
static void host_free(struct host *h, int goodbye_ms)
{
	hang_up(h);
	for (int i = 0; h->pid > 0 && i < goodbye_ms; i++) {
		if (waitpid(h->pid, NULL, WNOHANG) != 0)
			h->pid = 0;
		else
			poll(NULL, 0, 1);
	}
	if (h->pid > 0) {
		kill(h->pid, SIGKILL);
		waitpid(h->pid, NULL, 0);
	}
	if (h->public.control >= 0)
		close(h->public.control);
	if (h->public.agent >= 0)
		close(h->public.agent);
	free(h->key);
	free(h);
}

static int goodbye_ms(const struct lab *lab) { return lab->program ? PROGRAM_GOODBYE_MS : GOODBYE_MS; }

static enum lab_result start(const struct lab *lab, struct host *h, const struct sysctl_setting *settings,
                             size_t count, struct diag *d)
{
	struct host_plan plan = {.ours = h->ours,
	                         .theirs = h->theirs,
	                         .settings = settings,
	                         .count = count,
	                         .program = lab->program};
	pid_t parent = getpid();
	int pair[2], agent[2] = {-1, -1};

	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) < 0 ||
	    (wants_channel(lab) && socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, agent) < 0)) {
		diag_set(d, "no channel to a peer of the lab: %s", strerror(errno));
		return LAB_FAILED;
	}
	plan.channel = pair[1];
	plan.inherited = agent[1];
	h->public.agent = agent[0];
	h->pid = fork();
	if (h->pid == 0)
		host_be(&plan, parent);
	close(pair[1]);
	if (agent[1] >= 0)
		close(agent[1]);
	h->public.control = pair[0];
	if (h->pid > 0)
		return bring_up(lab, h, d);
	diag_set(d, "no process for a peer of the lab: %s", strerror(errno));
	return LAB_FAILED;
}

static int compare(const void *a, const void *b) { return strcmp(*(char *const *)a, *(char *const *)b); }

/* The same text for the same settings in whatever order, to be freed: "/proc/sys/net/ipv4/tcp_x=1\n" for
 * each. Of those with the same name the last counts. */
static char *make_key(const struct sysctl_setting *settings, size_t count, unsigned instance)
{
	char path[SYSCTL_PATH_BYTES], other[SYSCTL_PATH_BYTES], value[SYSCTL_VALUE_BYTES];
	UT_array *lines;
	UT_string key, one;

	utarray_new(lines, &ut_str_icd);
	utstring_init(&one);
	for (size_t i = 0; i < count; i++) {
		bool last = true;

		if (!sysctl_path(settings[i].name, path))
			snprintf(path, sizeof path, "%s", settings[i].name);
		for (size_t k = i + 1; k < count; k++)
			last = last && !(sysctl_path(settings[k].name, other) && strcmp(path, other) == 0);
		sysctl_canonical(settings[i].value, value);
		utstring_clear(&one);
		utstring_printf(&one, "%s=%s\n", path, value);
		if (last)
			utarray_push_back(lines, &utstring_body(&one));
	}
	if (utarray_len(lines) > 0)
		utarray_sort(lines, compare);
	utstring_init(&key);
	utstring_printf(&key, "%u\n", instance);
	for (unsigned i = 0; i < utarray_len(lines); i++)
		utstring_printf(&key, "%s", *(char **)utarray_eltptr(lines, i));
	utstring_done(&one);
	utarray_free(lines);
	return utstring_body(&key);
}

/* Takes over key. */
static enum lab_result new_host(struct lab *lab, char *key, const struct sysctl_setting *settings,
                                size_t count, struct host **out, struct diag *d)
{
	struct host *h;
	enum lab_result result;

	if (lab->count == HOSTS_MAX) {
		diag_set(d,
		         "the lab has room for %d hosts: each set of sysctls has one, and each run that "
		         "stops or kills its program",
		         HOSTS_MAX);
		free(key);
		return LAB_FAILED;
	}
	h = memory_new(1, sizeof *h);
	h->key = key;
	h->public.control = h->public.agent = -1;
	lab->count++;
	snprintf(h->ours.name, sizeof h->ours.name, "fw%u", lab->count);
	snprintf(h->theirs.name, sizeof h->theirs.name, "eth0");
	number_end(&h->ours, lab->count, 1);
	number_end(&h->theirs, lab->count, 2);
	memcpy(h->public.local, h->ours.address, sizeof h->public.local);
	memcpy(h->public.remote, h->theirs.address, sizeof h->public.remote);
	memcpy(h->public.interface, h->ours.name, sizeof h->public.interface);
	result = start(lab, h, settings, count, d);
	if (result != LAB_OK) {
		host_free(h, goodbye_ms(lab));
		return result;
	}
	h->next = lab->hosts;
	*out = lab->hosts = h;
	return LAB_OK;
}

enum lab_result lab_host(struct lab *lab, const struct sysctl_setting *settings, size_t count,
                         unsigned instance, const struct lab_host **out, struct diag *d)
{
	char *key = make_key(settings, count, instance);
	struct host *h = lab->hosts;
	enum lab_result result = LAB_OK;

	while (h && strcmp(h->key, key) != 0)
		h = h->next;
	if (h || lab->failed)
		free(key);
	else
		result = new_host(lab, key, settings, count, &h, d);
	if (!h && lab->failed) {
		*d = lab->why;
		result = LAB_NO_PROGRAM;
	}
	/* It would end in the same way in the next host, after as long a wait. */
	if (result == LAB_NO_PROGRAM && !lab->failed) {
		lab->failed = true;
		lab->why = *d;
	}
	*out = h ? &h->public : NULL;
	return result;
}

void lab_close(struct lab *lab)
{
	struct host *next;

	/* All at one time: programs may take a while. */
	for (struct host *h = lab ? lab->hosts : NULL; h; h = h->next)
		hang_up(h);
	for (struct host *h = lab ? lab->hosts : NULL; h; h = next) {
		next = h->next;
		host_free(h, goodbye_ms(lab));
	}
	free(lab);
}
