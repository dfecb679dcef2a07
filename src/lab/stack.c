/* Waiting for a stack that is no kernel of ours: whatever it needs to begin, it is only seen from outside.
 * Knows nothing of how its host was made. */
#include "lab/stack.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/duration.h"

enum {
	LOOK_MS = 20,
	TRY_MS = 300,      /* a SYN may have to wait for ARP or neighbour discovery */
	CALL_MS = 1000,    /* an agent's greeting, too */
	ANSWERS_MS = 3000, /* at each address, once it is ready */
};

enum answer { ANSWER_NONE, ANSWER_REFUSED, ANSWER_TAKEN };

/* Does it answer a SYN within TRY_MS? Nothing is left of the connection. */
static enum answer try_port(const struct addr *to, uint16_t port)
{
	const struct linger none = {.l_onoff = 1, .l_linger = 0};
	struct sockaddr_storage at;
	socklen_t len = address_to_socket(to, port, &at), error_len = sizeof(int);
	int fd = socket(at.ss_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0), error = 0;

	if (fd < 0)
		return ANSWER_NONE;
	setsockopt(fd, SOL_SOCKET, SO_LINGER, &none, sizeof none);
	if (connect(fd, (struct sockaddr *)&at, len) < 0)
		error = errno;
	if (error == EINPROGRESS) {
		struct pollfd p = {.fd = fd, .events = POLLOUT};

		if (poll(&p, 1, TRY_MS) <= 0)
			error = ETIMEDOUT;
		else
			getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &error_len);
	}
	close(fd);
	if (error == ECONNREFUSED)
		return ANSWER_REFUSED;
	/* Accepted, and reset at once: an agent does that with what nobody claimed. */
	return !error || error == ECONNRESET ? ANSWER_TAKEN : ANSWER_NONE;
}

/* The keeper says nothing but that its program ended. */
static bool has_ended(struct control *keeper, struct diag *d)
{
	struct control_reply reply;
	int got;

	do
		got = control_read(keeper, &reply, d);
	while (got > 0);
	return got < 0;
}

/* In time for what is next; the keeper wakes us. */
static void pause_for(struct control *keeper, int fd)
{
	struct pollfd p[2] = {{.fd = control_fd(keeper), .events = POLLIN}, {.fd = fd, .events = POLLIN}};

	poll(p, 2, LOOK_MS);
}

/* --- ready? --- */

struct waiting {
	const struct lab_host *host;
	const struct lab_program *program;
	const bool *wanted;
	struct stack *out;
	int channel; /* that the program inherited; -1: none, or it said what is no greeting */
	struct diag why;
};

static bool agent_greets(struct waiting *w)
{
	struct pollfd p = {.fd = w->channel, .events = POLLIN};

	if (w->channel < 0 || poll(&p, 1, 0) <= 0)
		return false;
	w->out->agent[0] = control_adopt(w->channel, &w->why);
	if (!w->out->agent[0])
		w->channel = -1;
	return w->out->agent[0];
}

static bool call_agent(struct waiting *w, int i, int patience_ms)
{
	const struct control_place at = {.address = w->host->remote[i], .port = w->program->agent};
	bool refused;

	if (w->wanted[i] && !w->out->agent[i])
		w->out->agent[i] = control_connect(&at, patience_ms, &refused, &w->why);
	return w->out->agent[i];
}

/* A channel for each family that it is reached by, as it connects back only to where it was called from. */
static bool agent_answers(struct waiting *w)
{
	if (!call_agent(w, 0, CALL_MS) && !call_agent(w, 1, CALL_MS))
		return false;
	/* Twice: ARP that was asked before anybody was there gives up for all who wait (EHOSTUNREACH). */
	for (int tries = 0; tries < 2; tries++)
		for (int i = 0; i < 2; i++)
			call_agent(w, i, ANSWERS_MS);
	return true;
}

static bool port_answers(struct waiting *w)
{
	char text[ADDR_TEXT_BYTES];
	enum answer answer;

	for (int i = 0; i < 2; i++) {
		answer = w->wanted[i] ? try_port(&w->host->remote[i], w->program->port) : ANSWER_NONE;
		if (answer == ANSWER_TAKEN)
			return true;
		if (w->wanted[i])
			diag_set(&w->why, "%s port %u %s", addr_text(&w->host->remote[i], text),
			         w->program->port, answer ? "refuses connections" : "does not answer");
	}
	return false;
}

static bool is_ready(struct waiting *w)
{
	if (w->program->agent)
		return agent_answers(w);
	return w->program->port ? port_answers(w) : agent_greets(w);
}

/* What it says of its program, of which this kernel knows no more. */
static const char *ask_keeper(struct control *keeper, struct control_reply *reply)
{
	static const struct addr nobody = {.family = 4};
	struct pollfd p = {.fd = control_fd(keeper), .events = POLLIN};

	reply->text[0] = '\0';
	if (control_ask(keeper, VERB_STATE, &nobody, 1) && poll(&p, 1, TRY_MS) > 0)
		control_read(keeper, reply, NULL);
	return reply->text;
}

static bool await_ready(struct waiting *w, struct control *keeper, struct diag *d)
{
	int64_t until_ns = clock_mono_ns() + w->program->patience_ns;
	struct control_reply reply;

	diag_set(&w->why,
	         "it does not greet on FOURWAVE_CONTROL; where it is a plain server say --port N, where its "
	         "agent listens --agent PORT");
	while (!is_ready(w)) {
		if (has_ended(keeper, d))
			return false;
		if (clock_mono_ns() >= until_ns)
			return diag_set(d, "the program of --serve is not ready within %g s: %s; %s",
			                seconds(w->program->patience_ns), w->why.text,
			                ask_keeper(keeper, &reply));
		pause_for(keeper, w->channel);
	}
	return true;
}

/* --- where? --- */

static bool try_address(const struct waiting *w, int i, struct control *keeper, struct diag *d)
{
	int64_t until_ns = clock_mono_ns() + ANSWERS_MS * NS_PER_MS;
	enum answer answer;
	char text[ADDR_TEXT_BYTES];

	do {
		answer = try_port(&w->host->remote[i], w->out->port);
		if (answer == ANSWER_TAKEN)
			return w->out->answers[i] = true;
		if (has_ended(keeper, d))
			return false;
		pause_for(keeper, -1);
	} while (clock_mono_ns() < until_ns);
	addr_text(&w->host->remote[i], text);
	diag_set(&w->out->silent[i],
	         answer == ANSWER_REFUSED ? "the program's stack refuses connections to %s port %u"
	                                  : "the program's stack does not answer at %s (port %u)",
	         text, w->out->port);
	return true;
}

bool stack_await(const struct lab_host *host, const struct lab_program *program, struct control *keeper,
                 const bool wanted[2], struct stack *out, struct diag *d)
{
	struct waiting w = {host, program, wanted, out, host->agent, {.text = ""}};
	const struct control *agent;

	*out = (struct stack){.port = program->port};
	if (!await_ready(&w, keeper, d))
		return false;
	agent = out->agent[0] ? out->agent[0] : out->agent[1];
	if (agent)
		out->port = control_data_port(agent);
	for (int i = 0; i < 2; i++)
		if (wanted[i] && !try_address(&w, i, keeper, d))
			return false;
	return out->answers[0] || out->answers[1] || diag_set(d, "%s", out->silent[!wanted[0]].text);
}
