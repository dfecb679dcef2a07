/* What a keeper is asked, its loop and its end. */
#include "lab/keeper_impl.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include "base/address.h"
#include "base/clock.h"
#include "base/duration.h"
#include "base/memory.h"
#include "lab/sysctl.h"
#include "lab/tap.h"

/* --- answers --- */

static void reply(struct keeper *k, const struct control_reply *r)
{
	char line[PROTOCOL_LINE_BYTES];

	lines_put(&k->lines, line, reply_format(r, line));
}

static void done(struct keeper *k, unsigned id) { reply(k, &(struct control_reply){.id = id, .ok = true}); }

__attribute__((format(printf, 3, 4))) static void refuse(struct keeper *k, unsigned id, const char *fmt, ...)
{
	struct control_reply r = {.id = id};
	va_list args;

	va_start(args, fmt);
	vsnprintf(r.text, sizeof r.text, fmt, args);
	va_end(args);
	reply(k, &r);
}

/* The signal of a request, or 0. */
static int signal_of(const struct keeper *k, enum verb verb)
{
	enum verb its;

	for (int i = 0; i < PROVOKE_COUNT; i++)
		if (verb_parse(provoke_name((enum provoke)i), &its) && its == verb)
			return k->what->signals[i];
	return 0;
}

static void greet(struct keeper *k)
{
	char line[PROTOCOL_LINE_BYTES];
	struct cut to = cut_start(line, sizeof line);
	const char *comma = "";

	cut_add(&to, PROTOCOL_HELLO "data-port %u stack linux cannot ", k->where.port);
	for (int i = 0; i < PROVOKE_COUNT; i++)
		if (!k->what->signals[i] && !(i == PROVOKE_CONNECT && k->what->client)) {
			cut_add(&to, "%s%s", comma, provoke_name((enum provoke)i));
			comma = ",";
		}
	cut_add(&to, "\n");
	lines_put(&k->lines, line, strlen(line));
}

/* Says why it is over. */
static void farewell(struct keeper *k, const char *why)
{
	refuse(k, 0, "%s", why);
	lines_flush(&k->lines);
	k->over = true;
}

/* A server that a signal ended is begun anew, as somebody would; all that is left of it is ended. */
static void restart(struct keeper *k)
{
	struct diag why;

	program_signal(&k->programs->program, SIGKILL);
	keeper_await_gone(k, KILLED_MS);
	if (!keeper_start_server(k, &why))
		farewell(k, why.text);
}

/* The server ended by itself: nothing that is seen now is its TCP's fault. */
static void look_after_server(struct keeper *k, bool some)
{
	struct program *p = &k->programs->program;
	char story[CONTROL_TEXT_BYTES - 40], text[CONTROL_TEXT_BYTES];

	if (p->signalled || (some && !keeper_ended_badly(p)))
		return;
	snprintf(text, sizeof text, "the program of --serve %s", program_story(p, story, sizeof story));
	farewell(k, text);
}

/* --- requests --- */

/* This kernel knows nothing of the connections of a stack of its own, but of its program. */
static void tell_story(struct keeper *k, const struct request *r)
{
	char story[CONTROL_TEXT_BYTES - 80];
	bool attached = tap_is_attached(k->what->tap);

	program_story(&k->programs->program, story, sizeof story);
	refuse(k, r->id, "it has %s %s%s%s", attached ? "opened" : "not opened", k->what->tap,
	       *story ? ", and " : "", story);
}

static void do_state(struct keeper *k, const struct request *r)
{
	struct control_reply answer = {.id = r->id, .ok = true};
	struct socket_facts facts = {0};
	struct diag why;
	bool good = keeper_look_up(k, r, &answer.state, &facts, &why);

	answer.state.held = facts.accepted;
	if (good)
		reply(k, &answer);
	else
		refuse(k, r->id, "%s", why.text);
}

static void do_sysctl(struct keeper *k, const struct request *r)
{
	struct control_reply answer = {.id = r->id, .ok = true};
	struct diag why;

	if (sysctl_read(r->name, answer.text, &why) == LAB_OK)
		reply(k, &answer);
	else
		refuse(k, r->id, "%s", why.text);
}

/* Its kernel has taken the connection over from all that was killed. */
static bool has_let_go(struct keeper *k, const struct question *q, const struct kept_program *p)
{
	enum { TRIES = 20 };
	struct observed_state state;
	struct socket_facts facts = {.accepted = true};
	struct diag why;

	if (p->program.alone)
		keeper_await_gone(k, KILLED_MS);
	for (int i = 0; i < TRIES && facts.accepted; i++) {
		if (i > 0)
			poll(NULL, 0, 1);
		if (!keeper_look_up(k, &q->request, &state, &facts, &why))
			return true;
	}
	return !facts.accepted;
}

/* Can it be done now, or never? True: it is answered. */
static bool try_question(struct keeper *k, struct question *q)
{
	const struct request *r = &q->request;
	struct kept_program *p = keeper_program_of(k, r);
	int number = signal_of(k, r->verb);
	char story[CONTROL_TEXT_BYTES - 40];
	struct observed_state state;
	struct socket_facts facts;
	struct diag why;

	if (!keeper_look_up(k, r, &state, &facts, &why)) {
		refuse(k, r->id, "%s", why.text);
		return true;
	}
	if (r->verb == VERB_CONNECT && p && keeper_has_connected(p)) {
		done(k, r->id);
		return true;
	}
	/* That it is gone may be what was asked for. */
	if (!p || (!q->signalled && !p->program.alone && !p->program.pid)) {
		refuse(k, r->id, "the program of --client %s",
		       p ? program_story(&p->program, story, sizeof story) : "was not begun");
		return true;
	}
	if (!q->signalled &&
	    (r->verb == VERB_CONNECT || !facts.accepted || (r->verb == VERB_CRASH_UNREAD && !facts.unread)))
		return false;
	if (!q->signalled)
		program_signal(&p->program, number);
	q->signalled = true;
	if (number == SIGSTOP && !program_is_stopped(&p->program))
		return false;
	if (number == SIGKILL && !has_let_go(k, q, p))
		return false;
	done(k, r->id);
	return true;
}

/* A connection that no program has yet is waited for. */
static void ask(struct keeper *k, const struct request *r)
{
	bool connects = r->verb == VERB_CONNECT;
	struct question *q;
	struct diag why;

	if (connects && !keeper_start_client(k, r, &why)) {
		refuse(k, r->id, "%s", why.text);
		return;
	}
	q = memory_new(1, sizeof *q);
	q->request = *r;
	q->deadline_ns = clock_mono_ns() + (connects ? k->what->patience_ns : CONNECTION_WAITS_S * NS_PER_S);
	q->next = k->questions;
	k->questions = q;
}

/* It runs, and does not come. */
static void refuse_client(struct keeper *k, const struct request *r)
{
	struct kept_program *p = keeper_program_of(k, r);
	char story[CONTROL_TEXT_BYTES - 100] = "";

	if (p)
		program_story(&p->program, story, sizeof story);
	refuse(k, r->id, "the program of --client does not come to $FOURWAVE_AT within %g s%s%s",
	       seconds(k->what->patience_ns), *story ? "; it " : "", story);
}

/* Its kernel keeps a connection from a program that asked for none without data (TCP_DEFER_ACCEPT): "unseen"
 * says so. */
static bool is_deferred(const struct keeper *k, const struct request *r)
{
	struct observed_state state;
	struct diag why;

	return keeper_look_up(k, r, &state, NULL, &why) && state.state == STATE_SYN_RECEIVED;
}

static void give_up(struct keeper *k, const struct question *q)
{
	const char *why = q->signalled                           ? "did not stop, or end"
	                  : q->request.verb == VERB_CRASH_UNREAD ? "had no such connection with data unread"
	                                                         : "had no such connection";

	if (!q->signalled && is_deferred(k, &q->request))
		reply(k, &(struct control_reply){.id = q->request.id, .unseen = true});
	else
		refuse(k, q->request.id, "within %d s the program %s", CONNECTION_WAITS_S, why);
}

static void try_questions(struct keeper *k)
{
	struct question **place = &k->questions, *q;

	while ((q = *place)) {
		bool late = clock_mono_ns() >= q->deadline_ns, answered = try_question(k, q);

		if (!answered && !late) {
			place = &q->next;
			continue;
		}
		if (!answered && q->request.verb == VERB_CONNECT)
			refuse_client(k, &q->request);
		else if (!answered)
			give_up(k, q);
		*place = q->next;
		free(q);
	}
}

static void take_request(struct keeper *k, const struct request *r)
{
	bool connects = r->verb == VERB_CONNECT && k->what->client;

	if (r->verb == VERB_SYSCTL) {
		do_sysctl(k, r);
	} else if (r->verb == VERB_STATE && k->what->tap) {
		tell_story(k, r);
	} else if (r->verb == VERB_STATE) {
		do_state(k, r);
	} else if (r->verb == VERB_RELEASE) {
		keeper_end_clients(k, r);
		done(k, r->id);
	} else if (r->verb == VERB_CLAIM) {
		if (!k->what->client && k->programs->program.signalled)
			restart(k);
		if (!k->over)
			done(k, r->id);
	} else if (connects || signal_of(k, r->verb)) {
		ask(k, r);
	} else {
		refuse(k, r->id, "no signal makes a program do that");
	}
}

/* --- the loop --- */

static void take_lines(struct keeper *k)
{
	char line[PROTOCOL_LINE_BYTES];
	struct request r;
	int got;

	lines_read(&k->lines);
	while (!k->over && (got = lines_take(&k->lines, line)) != 0) {
		if (got > 0 && request_parse(line, &r))
			take_request(k, &r);
		else
			k->over = true;
	}
}

static bool open_signals(struct keeper *k, struct diag *d)
{
	sigset_t set;

	signal(SIGPIPE, SIG_IGN);
	signal(SIGCHLD, SIG_DFL);
	sigemptyset(&set);
	sigaddset(&set, SIGCHLD);
	sigprocmask(SIG_SETMASK, &set, NULL);
	k->signals = signalfd(-1, &set, SFD_NONBLOCK | SFD_CLOEXEC);
	return k->signals >= 0 || diag_set(d, "signalfd: %s", strerror(errno));
}

static void turn(struct keeper *k)
{
	struct pollfd *fds;
	nfds_t count = 2;
	bool hasty = k->questions, some;

	for (struct kept_program *p = k->programs; p; p = p->next)
		count++;
	fds = memory_new(count, sizeof *fds);
	fds[0] = (struct pollfd){.fd = k->lines.fd, .events = POLLIN};
	fds[1] = (struct pollfd){.fd = k->signals, .events = POLLIN};
	if (k->lines.out_len > 0)
		fds[0].events |= POLLOUT;
	/* Who says much must not wait long: a pipe that is full stops it. But nor does it keep us busy. */
	count = 2;
	for (struct kept_program *p = k->programs; p; p = p->next) {
		hasty = hasty || p->program.says_more;
		fds[count++] =
		    (struct pollfd){.fd = p->program.says_more ? -1 : p->program.output, .events = POLLIN};
	}
	poll(fds, count, hasty ? LOOK_MS : SETTLED_MS);
	free(fds);
	some = keeper_reap(k);
	for (struct kept_program *p = k->programs; p; p = p->next)
		program_hear(&p->program);
	if (!k->what->client)
		look_after_server(k, some);
	take_lines(k);
	try_questions(k);
	lines_flush(&k->lines);
}

static void keeper_end(struct keeper *k)
{
	kill(-1, SIGTERM);
	kill(-1, SIGCONT);
	keeper_await_gone(k, GOODBYE_MS);
}

bool keeper_run(const struct keeper_options *options, struct diag *d)
{
	struct keeper k = {.options = options, .what = options->program, .lines.fd = options->channel};
	/* Its signals go to all but itself: nowhere else than as the first of a namespace. */
	bool good = (getpid() == 1 || diag_set(d, "no PID namespace for a program")) && open_signals(&k, d) &&
	            (k.what->client || keeper_start_server(&k, d));

	if (good) {
		options->ready(options->context, &k.where);
		greet(&k);
	}
	while (good && !k.over && !k.lines.gone)
		turn(&k);
	if (getpid() == 1)
		keeper_end(&k);
	/* Else the channel is yet to say why. */
	if (good)
		lines_free(&k.lines);
	return good;
}
