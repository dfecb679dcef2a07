/* What an agent's program does when it is told to, as far as an ordinary socket at the other end sees it.
 * Knows nothing of greetings and sessions. What the stack beneath chooses is not judged here. */
#include <errno.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>

#include "base/address.h"
#include "base/clock.h"
#include "base/duration.h"
#include "cmd/exam.h"

#define IN(state) (1U << STATE_##state)

/* No more is taken for so long: it is not read. */
#define STALL(e) (2 * (e)->pause_ms + 100)

enum { FIRST_WRITE = 1000, SECOND_WRITE = 30, THIRD_WRITE = 65536, DELAY_MS = 300, READ_BYTES = 1 << 18 };
static const int64_t UNREAD_NS = 3 * NS_PER_S / 2;

static bool can(const struct exam *e, enum provoke kind) { return !(e->cannot & 1U << kind); }

static bool check_close(struct exam *e)
{
	size_t again;

	if (!ours_open(e, &e->one) || !exam_do(e, VERB_CLOSE, &e->one, NULL) ||
	    !ours_sees(e, &e->one, COMES_END, e->effect_ms) ||
	    !exam_state(e, &e->one, IN(FIN_WAIT_1) | IN(FIN_WAIT_2)))
		return false;
	ours_close(&e->one);
	if (!exam_state(e, &e->one, IN(TIME_WAIT) | IN(CLOSED)))
		return false;
	/* Once more: there is nothing to close. Its answer may wait, but not for longer than the claim. */
	again = exam_ask(e, VERB_CLOSE, &e->one, NULL);
	return exam_do(e, VERB_RELEASE, &e->one, NULL) && exam_answered(e, again) &&
	       (!e->asked[again].reply.ok || exam_wrong(e, "and it had closed it before"));
}

static bool check_shutdown(struct exam *e)
{
	if (!ours_open(e, &e->one) || !exam_do(e, VERB_SHUTDOWN, &e->one, NULL) ||
	    !ours_sees(e, &e->one, COMES_END, e->effect_ms))
		return false;
	/* A program that had closed would have our data answered with a reset, and the second piece fail. */
	for (int i = 0; i < 2; i++) {
		if (!ours_send(e, &e->one, 100))
			return false;
		poll(NULL, 0, e->pause_ms);
	}
	return ours_send(e, &e->one, 100) && exam_state(e, &e->one, IN(FIN_WAIT_2));
}

static bool check_reset(struct exam *e)
{
	return ours_open(e, &e->one) && exam_do(e, VERB_RESET, &e->one, NULL) &&
	       ours_sees(e, &e->one, COMES_RESET, e->effect_ms) && exam_state(e, &e->one, IN(CLOSED));
}

static const uint64_t delay[] = {DELAY_MS * (uint64_t)NS_PER_MS, 0, 0};

/* What arms and what takes it back are asked in one piece: on a long path the time would be over between. */
static bool check_hold(struct exam *e)
{
	size_t armed, hold;

	if (!ours_open(e, &e->one) || !exam_do(e, VERB_HOLD, &e->one, NULL))
		return false;
	ours_shutdown(&e->one);
	if (!ours_sees(e, &e->one, COMES_NOTHING, e->pause_ms))
		return false;
	if (!can(e, PROVOKE_CLOSE))
		return true;
	armed = exam_ask(e, VERB_CLOSE_ON_EOF, &e->one, delay);
	hold = exam_ask(e, VERB_HOLD, &e->one, NULL);
	if (!exam_answered(e, armed) || !exam_answered(e, hold))
		return false;
	if (!e->asked[hold].reply.ok)
		return exam_wrong(e, "it refuses, and did it before");
	return !e->asked[armed].reply.ok || ours_sees(e, &e->one, COMES_NOTHING, DELAY_MS + e->pause_ms);
}

/* The time counts from the end-of-file, and not from the asking. */
static bool closes_late(struct exam *e)
{
	int64_t began_ns;

	if (!ours_open(e, &e->two) || !exam_do(e, VERB_CLOSE_ON_EOF, &e->two, delay))
		return false;
	poll(NULL, 0, e->pause_ms);
	began_ns = clock_mono_ns();
	ours_shutdown(&e->two);
	if (!ours_sees(e, &e->two, COMES_END, DELAY_MS + e->effect_ms))
		return false;
	began_ns = clock_mono_ns() - began_ns;
	return began_ns >= (DELAY_MS - 1) * NS_PER_MS ||
	       exam_wrong(e, "and our end is answered with its end after %.3f s", seconds(began_ns));
}

static bool check_close_on_eof(struct exam *e)
{
	static const uint64_t at_once[] = {0, 0, 0};
	size_t asked;

	if (!ours_open(e, &e->one) || (can(e, PROVOKE_NOREAD) && !exam_do(e, VERB_NOREAD, &e->one, NULL)))
		return false;
	asked = exam_ask(e, VERB_CLOSE_ON_EOF, &e->one, at_once);
	if (!exam_answered(e, asked))
		return false;
	if (!e->asked[asked].reply.ok)
		return exam_missing(e, "it refuses; scenarios that need it end in an error");
	if (!ours_sees(e, &e->one, COMES_NOTHING, e->pause_ms))
		return false;
	ours_shutdown(&e->one);
	return ours_sees(e, &e->one, COMES_END, e->effect_ms) && closes_late(e);
}

/* Reads len octets of those that the program writes, from the one of that number on, and no more. */
static bool letters(struct exam *e, const struct ours *o, size_t from, size_t len)
{
	static char bytes[16384];

	for (size_t got = 0; got < len;) {
		size_t piece = sizeof bytes;

		if (ours_next(o, e->effect_ms, bytes, &piece) != COMES_DATA)
			return exam_wrong(e, "but of %zu octets %zu come", len, got);
		if (got + piece > len)
			return exam_wrong(e, "but more than %zu octets come", len);
		for (size_t i = 0; i < piece; i++)
			if (bytes[i] != (char)('a' + (from + got + i) % 26))
				return exam_wrong(e, "but octet %zu of all is not '%c'", from + got + i,
				                  (char)('a' + (from + got + i) % 26));
		got += piece;
	}
	return ours_sees(e, o, COMES_NOTHING, e->pause_ms);
}

static bool check_write(struct exam *e)
{
	static const uint64_t bytes[][3] = {{FIRST_WRITE}, {SECOND_WRITE}, {THIRD_WRITE}};
	size_t from = 0;

	if (!ours_open(e, &e->one))
		return false;
	for (size_t i = 0; i < sizeof bytes / sizeof *bytes; i++) {
		if (!exam_do(e, VERB_WRITE, &e->one, bytes[i]) || !letters(e, &e->one, from, bytes[i][0]))
			return false;
		from += bytes[i][0];
	}
	return true;
}

static bool check_noread(struct exam *e)
{
	return ours_open(e, &e->one) && exam_do(e, VERB_NOREAD, &e->one, NULL) &&
	       (ours_fill(&e->one, STALL(e)) || exam_wrong(e, "but all that we send is taken"));
}

static bool check_read(struct exam *e)
{
	if (!ours_open(e, &e->one))
		return false;
	if (!ours_send(e, &e->one, READ_BYTES) || !ours_taken(e, &e->one))
		return exam_wrong(e,
		                  "and what we send is not taken, though nobody said that it shall not read");
	if (can(e, PROVOKE_NOREAD) && !exam_do(e, VERB_NOREAD, &e->one, NULL))
		return false;
	if (can(e, PROVOKE_NOREAD) && !ours_fill(&e->one, STALL(e)))
		return exam_missing(e, "not tried, because \"noread\" is wrong");
	return exam_do(e, VERB_READ, &e->one, NULL) && ours_taken(e, &e->one);
}

static bool check_keepalive(struct exam *e)
{
	static const uint64_t times[] = {30 * NS_PER_S, NS_PER_S, 3};
	const struct control_reply *r;
	size_t state;

	if (!ours_open(e, &e->one) || !exam_do(e, VERB_KEEPALIVE, &e->one, times))
		return false;
	if (e->stateless)
		return true;
	state = exam_ask(e, VERB_STATE, &e->one, NULL);
	if (!exam_answered(e, state))
		return false;
	r = &e->asked[state].reply;
	if (!r->ok || !r->state.has_timer)
		return true;
	return r->state.timer_ns <= 33 * NS_PER_S
	           ? exam_fine(e, "its timer goes off in %.1f s", seconds(r->state.timer_ns))
	           : exam_wrong(e, "and keepalive was to begin after 30 s");
}

static bool died(struct exam *e)
{
	enum comes how = ours_gone(e, &e->one);

	return how != COMES_NOTHING &&
	       exam_state(e, &e->one, ~(IN(ESTABLISHED) | IN(CLOSE_WAIT) | IN(SYN_RECEIVED))) &&
	       exam_fine(e, how == COMES_END ? "then its end comes" : "then it is reset");
}

static bool check_crash(struct exam *e)
{
	return ours_open(e, &e->one) && exam_do(e, VERB_CRASH, &e->one, NULL) && died(e);
}

/* Nothing waits unread when it is asked, so it has to wait, but only 2 s. */
static bool check_crash_unread(struct exam *e)
{
	int64_t until_ns;
	size_t crash;

	if (!ours_open(e, &e->one))
		return false;
	until_ns = clock_mono_ns() + UNREAD_NS;
	crash = exam_ask(e, VERB_CRASH_UNREAD, &e->one, NULL);
	exam_send(e, "");
	if (!ours_sees(e, &e->one, COMES_NOTHING, e->pause_ms) || !ours_send(e, &e->one, 100) ||
	    !exam_answered(e, crash))
		return false;
	if (e->asked[crash].reply.ok)
		return died(e);
	return clock_mono_ns() < until_ns
	           ? exam_wrong(e, "it refuses, though 100 octets came, and \"cannot\" does not name it")
	           : exam_fine(e, "too slow to tell");
}

static bool check_connect(struct exam *e)
{
	struct pollfd p = {.events = POLLIN};
	struct sockaddr_storage from;
	socklen_t len = sizeof from;
	struct addr address;
	uint16_t port, told;
	int fd;

	e->one = ours_bind(e);
	if (e->one.fd < 0)
		return false;
	if (listen(e->one.fd, 1) < 0)
		return exam_wrong(e, "this host can't listen: %s", strerror(errno));
	if (!exam_do(e, VERB_CONNECT, &e->one, NULL))
		return false;
	told = e->asked[e->about].reply.port;
	p.fd = e->one.fd;
	if (told == 0)
		return exam_wrong(e, "without its port");
	if (poll(&p, 1, e->effect_ms) <= 0)
		return exam_wrong(e, "but no connection comes: does a firewall stop it?");
	fd = accept(e->one.fd, (struct sockaddr *)&from, &len);
	ours_close(&e->one);
	e->one.fd = fd;
	if (fd < 0)
		return exam_wrong(e, "but the connection is gone before it is taken");
	address_from_socket(&from, &address, &port);
	if (port != told)
		return exam_wrong(e, "but the connection comes from port %u", port);
	return exam_state(e, &e->one, IN(ESTABLISHED)) &&
	       (!can(e, PROVOKE_CLOSE) ||
	        (exam_do(e, VERB_CLOSE, &e->one, NULL) && ours_sees(e, &e->one, COMES_END, e->effect_ms)));
}

const struct check verb_checks[] = {
    {"close", PROVOKE_CLOSE, "It closes, as close(2).", check_close},
    {"shutdown", PROVOKE_SHUTDOWN, "It ends its sending side, as shutdown(2) with SHUT_WR, and reads on.",
     check_shutdown},
    {"reset", PROVOKE_RESET, "It aborts: the ABORT call of RFC 9293, a RST.", check_reset},
    {"hold", PROVOKE_HOLD,
     "It keeps the connection at end-of-file; a close-on-eof is taken back, also one whose time runs "
     "already.",
     check_hold},
    {"close-on-eof", PROVOKE_CLOSE, "It closes so long after it has read end-of-file; 0 is at once.",
     check_close_on_eof},
    {"write", PROVOKE_WRITE,
     "octet k of all that it ever writes on a connection, from 0, is letter k mod 26 of "
     "abcdefghijklmnopqrstuvwxyz.",
     check_write},
    {"noread", PROVOKE_NOREAD, "It stops reading: what comes waits in the stack, and the window shuts.",
     check_noread},
    {"read", PROVOKE_READ, "It reads and discards again.", check_read},
    {"keepalive", PROVOKE_KEEPALIVE, "It asks for keepalive: a probe after IDLE without a segment",
     check_keepalive},
    {"crash", PROVOKE_CRASH,
     "nothing of it runs any more, and what becomes of the connection is the stack's.", check_crash},
    {"crash-unread", PROVOKE_CRASH_UNREAD,
     "It stops reading, waits until octets wait unread, and is killed then.", check_crash_unread},
    {"connect", PROVOKE_CONNECT,
     "The program connects to there: ok port N, its own port, as soon as its SYN is sent, not later.",
     check_connect},
    {0},
};
