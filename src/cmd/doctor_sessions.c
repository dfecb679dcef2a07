/* Whose a connection is, what is known of it, and how a session goes: what of an agent is not about its
 * program. */
#include <errno.h>
#include <poll.h>
#include <string.h>

#include "base/address.h"
#include "base/clock.h"
#include "base/duration.h"
#include "cmd/exam.h"

#define IN(state) (1U << STATE_##state)

enum { MANY = 100 };
static const int64_t WAITS_NS = 3 * NS_PER_S;

/* --- whose it is --- */

static bool check_claim(struct exam *e)
{
	e->one = ours_bind(e);
	return e->one.fd >= 0 && exam_do(e, VERB_CLAIM, &e->one, NULL) &&
	       exam_do(e, VERB_CLAIM, &e->one, NULL);
}

/* Asks for what must be answered with no. */
static bool refuses(struct exam *e, enum verb verb, const struct ours *o, const char *why)
{
	size_t which = exam_ask(e, verb, o, NULL);

	return exam_answered(e, which) && (!e->asked[which].reply.ok || exam_wrong(e, "%s", why));
}

static bool check_unclaimed(struct exam *e)
{
	int error;

	e->one = ours_bind(e);
	if (e->one.fd < 0 || !refuses(e, VERB_STATE, &e->one, "though nobody claimed it"))
		return false;
	e->about = SIZE_MAX;
	error = ours_connect(e, &e->one);
	if (error == ETIMEDOUT)
		return exam_wrong(e, "no connection to port %u comes about: does a firewall stop it?",
		                  e->data.port);
	return error || ours_gone(e, &e->one) != COMES_NOTHING ||
	       exam_wrong(e, "a connection to port %u that nobody claimed is not reset", e->data.port);
}

static bool check_unseen(struct exam *e)
{
	const struct control_reply *r;
	size_t state, len = 1;
	char byte;

	e->one = ours_bind(e);
	e->two = ours_bind(e);
	if (e->one.fd < 0 || e->two.fd < 0 || !exam_do(e, VERB_CLAIM, &e->one, NULL))
		return false;
	if (ours_connect(e, &e->two) == 0)
		ours_next(&e->two, e->pause_ms, &byte, &len);
	state = exam_ask(e, VERB_STATE, &e->one, NULL);
	if (!exam_answered(e, state))
		return false;
	r = &e->asked[state].reply;
	if (r->ok && r->state.state == STATE_CLOSED)
		return exam_missing(e, "it says CLOSED; a NAT between is then not found out");
	if (r->ok)
		return exam_wrong(e, "and there was never a connection");
	if (!r->unseen)
		return exam_missing(e, "it says \"%s\"", r->text);
	if (!r->other.family)
		return exam_missing(e, "it does not say that port %u came, and was not claimed", e->two.port);
	return (r->other_port == e->two.port && addr_equal(&r->other, &e->own)) ||
	       exam_wrong(e, "and it was port %u that came: does a NAT lie between?", e->two.port);
}

static bool tells_states(struct exam *e)
{
	const struct control_reply *r;
	size_t state;

	if (!ours_open(e, &e->one))
		return false;
	state = exam_ask(e, VERB_STATE, &e->one, NULL);
	if (!exam_answered(e, state))
		return false;
	r = &e->asked[state].reply;
	if (r->unseen)
		return exam_wrong(e, "and the connection has come about: does a NAT lie between?");
	if (!r->ok)
		return exam_missing(e, "it says \"%s\"", r->text);
	if (!exam_state(e, &e->one, IN(ESTABLISHED)))
		return false;
	ours_shutdown(&e->one);
	if (!exam_state(e, &e->one, IN(CLOSE_WAIT)))
		return false;
	if (e->cannot & 1U << PROVOKE_CLOSE)
		return true;
	return exam_do(e, VERB_CLOSE, &e->one, NULL) && exam_state(e, &e->one, IN(CLOSED));
}

/* Where it tells them wrong, or not at all, no other check asks for them. */
static bool check_state(struct exam *e)
{
	e->stateless = !tells_states(e);
	return !e->stateless;
}

static bool check_release(struct exam *e)
{
	return ours_open(e, &e->one) && exam_do(e, VERB_RELEASE, &e->one, NULL) &&
	       ours_gone(e, &e->one) != COMES_NOTHING &&
	       refuses(e, VERB_STATE, &e->one, "though it was released") &&
	       exam_do(e, VERB_CLAIM, &e->one, NULL);
}

static bool check_sysctl(struct exam *e)
{
	size_t which = exam_ask_sysctl(e, "tcp_no_such_thing");

	if (!exam_answered(e, which))
		return false;
	if (e->asked[which].reply.ok)
		return exam_wrong(e, "and there is no such sysctl anywhere");
	which = exam_ask_sysctl(e, "tcp_fin_timeout");
	if (!exam_answered(e, which))
		return false;
	return e->asked[which].reply.ok ? exam_fine(e, "tcp_fin_timeout is %s", e->asked[which].reply.text)
	                                : exam_fine(e, "it has none of Linux'");
}

static bool check_owns(struct exam *e)
{
	char name[PROTOCOL_NAME_BYTES], text[ADDR_TEXT_BYTES];
	size_t which;

	snprintf(name, sizeof name, PROTOCOL_OWNS "%s", addr_text(&e->data.address, text));
	which = exam_ask_sysctl(e, name);
	if (!exam_answered(e, which))
		return false;
	if (!e->asked[which].reply.ok)
		return exam_missing(e, "a translated target is then not found out");
	if (strcmp(e->asked[which].reply.text, "1") != 0)
		return exam_wrong(e, "and there it was asked: does a NAT lie between?");
	/* An address of a documentation network, which nobody has (RFC 5737). */
	which = exam_ask_sysctl(e, PROTOCOL_OWNS "192.0.2.77");
	return exam_answered(e, which) &&
	       ((e->asked[which].reply.ok && strcmp(e->asked[which].reply.text, "0") == 0) ||
	        exam_wrong(e, "and nobody has that address"));
}

const struct check claim_checks[] = {
    {"claim", -1, "Connections from there are this session's from now on.", check_claim},
    {"unclaimed", -1,
     "A connection to the data port that nobody claimed is reset at once. All requests below are about a "
     "claimed connection; about any other they are no.",
     check_unclaimed},
    {"unseen", -1, "Where no connection from there was ever seen at this host: no unseen.", check_unseen},
    {"state", -1,
     "It is the stack's, not the program's: also before the program has the connection, and after it "
     "closed or died.",
     check_state},
    {"release", -1, "The program of its connection is ended, as by crash; what is left of it is the stack's.",
     check_release},
    {"sysctl", -1, "ok value TEXT, or no where there is none of that name.", check_sysctl},
    {"fourwave.owns", -1, "1 where this host has the address, 0 where not, and no where it is not known.",
     check_owns},
    {0},
};

/* --- how a session goes --- */

/* Something that its program can do without harm. False: there is nothing. */
static bool harmless(const struct exam *e, enum verb *out)
{
	static const struct {
		enum provoke kind;
		enum verb verb;
	} known[] = {{PROVOKE_HOLD, VERB_HOLD},
	             {PROVOKE_READ, VERB_READ},
	             {PROVOKE_CLOSE, VERB_CLOSE},
	             {PROVOKE_SHUTDOWN, VERB_SHUTDOWN},
	             {PROVOKE_RESET, VERB_RESET}};

	for (size_t i = 0; i < sizeof known / sizeof *known; i++)
		if (!(e->cannot & 1U << known[i].kind) && !(e->refused & 1U << known[i].verb)) {
			*out = known[i].verb;
			return true;
		}
	return false;
}

/* Many requests in one piece, and one in two. */
static bool many_answered(struct exam *e)
{
	size_t first = exam_ask_sysctl(e, "tcp_no_such_thing");

	for (int i = 1; i < MANY; i++)
		exam_ask_sysctl(e, "tcp_no_such_thing");
	for (size_t i = first; i < first + MANY; i++) {
		e->about = i;
		if (!exam_answered_in(e, i, e->effect_ms))
			return exam_wrong(e, "no answer to it, of many that were asked at once");
	}
	return true;
}

/* One request waits for its connection, and the others are answered meanwhile. */
static bool check_at_once(struct exam *e)
{
	int64_t until_ns;
	size_t which;
	enum verb verb;

	e->one = ours_bind(e);
	if (e->one.fd < 0)
		return false;
	which = exam_ask(e, VERB_CLAIM, &e->one, NULL);
	exam_send_in_two(e);
	if (!exam_answered(e, which))
		return false;
	if (!e->asked[which].reply.ok)
		return exam_wrong(e, "it refuses");
	if (!harmless(e, &verb))
		return many_answered(e);
	/* It waits for 4 s, and no longer: where we, or the path, take as long nothing can be told. */
	until_ns = clock_mono_ns() + WAITS_NS;
	which = exam_ask(e, verb, &e->one, NULL);
	if (!many_answered(e))
		return false;
	e->about = which;
	if (clock_mono_ns() < until_ns && e->asked[which].answers > 0)
		return exam_wrong(e, "and its connection had not come yet");
	if (ours_connect(e, &e->one) != 0)
		return exam_wrong(e, "but its connection does not come about");
	if (!exam_answered(e, which))
		return false;
	return e->asked[which].reply.ok ||
	       (clock_mono_ns() < until_ns ? exam_wrong(e, "and its connection came within 4 s")
	                                   : exam_fine(e, "too slow to tell whether a request waits"));
}

static bool check_answers(struct exam *e)
{
	exam_listen(e, e->pause_ms);
	e->about = SIZE_MAX;
	return *e->strange ? exam_wrong(e, "%s", e->strange) : exam_fine(e, "%zu requests", e->asked_count);
}

static bool check_sessions(struct exam *e)
{
	struct exam other = exam_new(&e->at, &e->data);
	struct diag d = {.text = ""};
	size_t claim;
	bool fine;

	e->one = ours_bind(e);
	if (e->one.fd < 0 || !exam_do(e, VERB_CLAIM, &e->one, NULL))
		return false;
	if (!exam_begin(&other, &d) || !exam_greeted(&other, &d)) {
		fine = strncmp(other.greeting, PROTOCOL_HELLO "no ", strlen(PROTOCOL_HELLO "no ")) == 0
		           ? exam_fine(e, "one at a time")
		           : exam_wrong(e, "a second session: %s", d.text);
	} else {
		claim = exam_ask(&other, VERB_CLAIM, &e->one, NULL);
		fine = exam_answered(&other, claim);
		if (!fine)
			exam_wrong(e, "no answer to it in a second session");
		else if (other.asked[claim].reply.ok)
			fine = exam_wrong(e, "and in a second session too");
	}
	exam_free(&other);
	return fine;
}

/* A session after another: the agent may have room for one, and be busy with the end of the last. */
static bool begin_again(struct exam *e)
{
	int64_t deadline = clock_mono_ns() + e->effect_ms * NS_PER_MS;
	struct diag d;

	do {
		if (exam_begin(e, &d) && exam_greeted(e, &d))
			return true;
		poll(NULL, 0, e->pause_ms);
	} while (clock_mono_ns() < deadline);
	return exam_wrong(e, "another session: %s", d.text);
}

static bool check_end(struct exam *e)
{
	if (!ours_open(e, &e->one))
		return false;
	exam_end(e);
	e->about = SIZE_MAX;
	if (ours_gone(e, &e->one) == COMES_NOTHING)
		return exam_wrong(e,
		                  "the session was ended, but a connection of its is as it was after %.1f s",
		                  e->effect_ms / 1e3);
	return begin_again(e) && exam_do(e, VERB_CLAIM, &e->one, NULL);
}

static bool check_bad_lines(struct exam *e)
{
	static char longest[PROTOCOL_LINE_BYTES + 1];
	static const char *const lines[] = {"nonsense\n", "1 claim\n", "1 claim 192.0.2.1 port\n", longest};
	char said[PROTOCOL_LINE_BYTES];

	memset(longest, 'x', sizeof longest - 1);
	for (size_t i = 0; i < sizeof lines / sizeof *lines; i++) {
		if (!begin_again(e))
			return false;
		exam_send(e, lines[i]);
		if (!exam_ends(e, said, e->effect_ms))
			return exam_wrong(e, "sent %s, and the session goes on%s%s",
			                  lines[i] == longest ? "320 octets without a newline"
			                                      : "a line that is no request",
			                  *said ? " after " : "", said);
	}
	return strncmp(said, "0 no ", 5) == 0 ? exam_fine(e, "it says why: \"%s\"", said + 5)
	                                      : exam_fine(e, "without a word");
}

const struct check session_checks[] = {
    {"at once", -1,
     "one that has to wait holds up no other, but for those about the same connection, which are done in "
     "their order.",
     check_at_once},
    {"sessions", -1, "what another session has claimed is no.", check_sessions},
    {"answers", -1, "Each request is answered exactly once, with its ID, in any order", check_answers},
    {"end", -1, "The tester ends a session by closing the channel. All that was claimed is then released.",
     check_end},
    {"bad lines", -1, "A line that is not of this form, or is too long, ends the session.", check_bad_lines},
    {0},
};
