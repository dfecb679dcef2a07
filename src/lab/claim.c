/* Claims: the connections under test, their workers, and the requests that
 * wait for one or the other. Knows nothing of lines or listeners. */
#include "lab/agent_impl.h"

#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/address.h"
#include "base/clock.h"
#include "base/duration.h"

/* How long a request waits for its connection to be accepted: where the ACK of the handshake was lost, the
 * SYN-ACK comes again after 1 s and after 2 more. */
#define ACCEPT_WAIT_NS (4 * NS_PER_S)

static const char no_more[] = "the program has no such connection any more";

struct claim *claim_find(struct agent *a, const struct addr *tester, uint16_t port)
{
	for (unsigned i = 0; i < a->claim_places; i++) {
		struct claim *c = &a->claims[i];

		if (c->session && c->port == port && addr_equal(&c->tester, tester))
			return c;
	}
	return NULL;
}

struct claim *claim_new(struct agent *a, struct session *s, const struct addr *tester, uint16_t port)
{
	unsigned i = 0;

	while (i < a->claim_places && a->claims[i].session)
		i++;
	if (i == a->options.max_connections)
		return NULL;
	if (i == a->claim_places)
		a->claim_places++;
	a->claims[i] = (struct claim){
	    .session = s, .tester = *tester, .port = port, .link = -1, .since_ns = clock_mono_ns()};
	return &a->claims[i];
}

const struct stranger *claim_stranger(const struct agent *a, const struct claim *c)
{
	const struct stranger *newest = NULL;

	for (size_t i = 0; i < a->stranger_count && i < STRANGERS_MAX; i++) {
		const struct stranger *s = &a->strangers[(a->stranger_count - 1 - i) % STRANGERS_MAX];

		if (s->came_ns < c->since_ns)
			break;
		if (s->port == c->port)
			return s;
		newest = newest ? newest : s;
	}
	return newest;
}

/* Takes the oldest question out of the queue, with its answer: done, or why not. */
static void answer_oldest(struct claim *c, const char *why)
{
	unsigned id = c->queue[0].id;

	c->queued--;
	memmove(c->queue, c->queue + 1, c->queued * sizeof *c->queue);
	if (why)
		session_no(c->session, id, "%s", why);
	else
		session_done(c->session, id);
}

/* The worker's process has ended, whoever ended it. What it was asked is answered: for a crash that was the
 * point. */
static void worker_gone(struct claim *c)
{
	claim_hear(c);
	close(c->link);
	c->link = -1;
	c->worker = 0;
	while (c->queued > 0 && c->queue[0].sent)
		answer_oldest(c, c->queue[0].killing ? NULL : no_more);
}

void claims_reaped(struct agent *a, pid_t pid)
{
	for (unsigned i = 0; i < a->claim_places; i++)
		if (a->claims[i].session && a->claims[i].worker == pid)
			worker_gone(&a->claims[i]);
}

/* Kills the worker without waiting: it is reaped later, as nobody's. */
static void drop_worker(struct claim *c)
{
	if (c->worker == 0)
		return;
	kill(c->worker, SIGKILL);
	worker_gone(c);
}

void claim_release(struct claim *c)
{
	drop_worker(c);
	while (c->queued > 0)
		answer_oldest(c, "the connection was released");
	c->session = NULL;
}

/* Hands a question over. A worker that is just ending does not hear it; then its end is the answer. */
static void send_question(struct claim *c, struct question *q)
{
	q->sent = true;
	(void)!send(c->link, &q->command, sizeof q->command, MSG_NOSIGNAL | MSG_DONTWAIT);
}

static bool spawn(struct claim *c, int connection, struct diag *d)
{
	int pair[2];
	pid_t parent = getpid();

	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair) < 0)
		return diag_set(d, "no channel to a process for the connection: %s", strerror(errno));
	c->worker = fork();
	if (c->worker == 0)
		worker_run(connection, pair[1], parent);
	close(pair[1]);
	if (c->worker > 0) {
		c->link = pair[0];
		return true;
	}
	c->worker = 0;
	close(pair[0]);
	return diag_set(d, "no process for the connection: %s", strerror(errno));
}

void connection_reset(int connection)
{
	struct linger none = {.l_onoff = 1, .l_linger = 0};

	setsockopt(connection, SOL_SOCKET, SO_LINGER, &none, sizeof none);
	close(connection);
}

bool claim_attach(struct claim *c, int connection, struct diag *d)
{
	struct sockaddr_storage local;
	socklen_t len = sizeof local;
	struct diag why;

	drop_worker(c);
	c->seen = true;
	if (getsockname(connection, (struct sockaddr *)&local, &len) == 0)
		address_from_socket(&local, &c->local, &c->local_port);
	if (!spawn(c, connection, &why)) {
		connection_reset(connection);
		while (c->queued > 0)
			answer_oldest(c, why.text);
		return diag_set(d, "%s", why.text);
	}
	/* From here on the worker has the only descriptor. */
	close(connection);
	for (unsigned i = 0; i < c->queued; i++)
		send_question(c, &c->queue[i]);
	return true;
}

void claim_ask(struct claim *c, const struct request *r)
{
	struct question *q = &c->queue[c->queued];

	if (c->queued == CLAIM_QUEUE_MAX) {
		session_no(c->session, r->id, "%d requests about this connection are waiting already",
		           CLAIM_QUEUE_MAX);
		return;
	}
	c->queued++;
	*q = (struct question){
	    .id = r->id,
	    .command.verb = r->verb,
	    .deadline_ns = clock_mono_ns() + ACCEPT_WAIT_NS,
	};
	memcpy(q->command.numbers, r->numbers, sizeof r->numbers);
	if (c->worker)
		send_question(c, q);
}

void claim_hear(struct claim *c)
{
	struct worker_answer answer;

	while (c->queued > 0 && c->queue[0].sent &&
	       recv(c->link, &answer, sizeof answer, MSG_DONTWAIT) == sizeof answer) {
		struct question *q = &c->queue[0];

		/* To a crash it only says that it is ready: the answer is given when the process is gone. */
		if (answer.ok && (q->command.verb == VERB_CRASH || q->command.verb == VERB_CRASH_UNREAD)) {
			q->killing = true;
			kill(c->worker, SIGKILL);
		} else {
			answer_oldest(c, answer.ok ? NULL : answer.text);
		}
	}
}

int64_t claim_expire(struct claim *c, int64_t now_ns)
{
	while (c->queued > 0 && !c->queue[0].sent && c->queue[0].deadline_ns <= now_ns)
		answer_oldest(c,
		              c->local.family ? no_more : "no connection from there has come to the program");
	return c->queued > 0 && !c->queue[0].sent ? c->queue[0].deadline_ns : INT64_MAX;
}
