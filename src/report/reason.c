/* Reasons in words, a group of codes to a function. What a reason's numbers are stands in core/reason.h; they
 * may come from anybody's journal, so what they index is looked up with care. */
#include "report/reason.h"

#include <math.h>
#include <stdio.h>

#include "base/duration.h"
#include "base/text.h"
#include "core/rules.h"
#include "report/words.h"

struct saying {
	struct cut c;
	const struct result *r;
	const struct reason *why;
	struct mismatch_words field; /* the first that differed */
};

static const char *plural(int64_t n) { return n == 1 ? "" : "s"; }

static const char *name_of(const struct saying *s, int64_t slot)
{
	return slot >= 0 && slot < (int64_t)s->r->scenario->name_count ? s->r->scenario->names[slot] : "?";
}

static void say_field(struct saying *s, const struct mismatch_words *m, enum difference field)
{
	bool many = field == DIFFERS_FLAGS || field == DIFFERS_OPTIONS;

	cut_add(&s->c, "; its %s %s %s, expected %s", m->field, many ? "are" : "is", m->got, m->expected);
}

/* --- segments --- */

static void say_wrong(struct saying *s)
{
	const struct reason *why = s->why;
	struct mismatch_words second;

	cut_add(&s->c, "%s came", why->text);
	if (why->fields[0].field == DIFFERS_FILTER)
		cut_add(&s->c, "; it does not match the filter %s", s->field.expected);
	else
		say_field(s, &s->field, why->fields[0].field);
	if (why->field_count > 1) {
		second = mismatch_words(&why->fields[1]);
		say_field(s, &second, why->fields[1].field);
	}
	if (why->field_count > 2)
		cut_add(&s->c, "; more differs");
	if (why->n[0] > 1)
		cut_add(&s->c, " (the nearest of the segments listed)");
}

static void say_rule(struct saying *s)
{
	const int64_t *n = s->why->n;
	char words[BREACH_TEXT_BYTES];

	if (n[0] >= 0 && n[0] < RULE_COUNT)
		cut_add(&s->c, "%s %s", s->why->text,
		        breach_text(&(struct breach){(enum rule)n[0], n[1], n[2]}, words));
}

static void say_segments(struct saying *s)
{
	const struct mismatch_words *f = &s->field;
	const char *text = s->why->text;
	const int64_t *n = s->why->n;

	switch ((int)s->why->code) {
	case CODE_RULE: say_rule(s); break;
	case CODE_WRONG_SEGMENT: say_wrong(s); break;
	case CODE_HANDSHAKE:
		cut_add(&s->c, "the handshake: %s came", text);
		say_field(s, f, s->why->fields[0].field);
		break;
	case CODE_UNEXPECTED_SEGMENT:
		cut_add(&s->c, "%s came %s accounts for it", text,
		        n[0] ? "after the last step and nothing" : "and no step");
		break;
	case CODE_NO_SEGMENT: cut_add(&s->c, "no such segment came within %.3f s", seconds(n[0])); break;
	case CODE_TOO_EARLY:
		cut_add(&s->c, "the segment came %s%s, expected %s",
		        s->why->fields[0].got.kind == DATUM_TIME ? "after " : "", f->got, f->expected);
		break;
	case CODE_NOT_SILENT:
		cut_add(&s->c, "%s came %.3f s %s a silence of %.3f s", text, fabs(seconds(n[0])),
		        n[0] < 0 ? "before" : "into", seconds(n[1]));
		break;
	case CODE_BEFORE_FENCE:
		cut_add(&s->c, "%s came before the answer to the fence", text);
		say_field(s, f, s->why->fields[0].field);
		cut_add(&s->c, ": the peer was not silent");
		break;
	case CODE_NO_FENCE_ANSWER:
		cut_add(&s->c, "the peer did not answer the fence, an old octet, within %.3f s",
		        seconds(n[0]));
		break;
	case CODE_INTERVAL:
		cut_add(&s->c, "from %s to %s it took %s, expected %s", name_of(s, n[0]), name_of(s, n[1]),
		        f->got, f->expected);
		break;
	}
}

/* --- series --- */

static void say_series(struct saying *s)
{
	const struct mismatch_words *f = &s->field;
	const int64_t *n = s->why->n;
	char name[SERIES_TEXT_BYTES];
	int count = (int)n[0];

	snprintf(name, sizeof name, n[3] >= 0 ? "%.20s with %.20s" : "%.30s", name_of(s, n[2]),
	         name_of(s, n[3]));
	switch ((int)s->why->code) {
	case CODE_RESEND_OCTETS:
		cut_add(&s->c, "resend %d of %s has other octets than the first sending", count, name);
		break;
	case CODE_FIRST_GAP:
		cut_add(&s->c, "the first resend came after %s, expected %s", f->got, f->expected);
		break;
	case CODE_GAP:
		cut_add(&s->c, "resend %d came after a gap of %s, expected %s", count, f->got, f->expected);
		break;
	case CODE_RESEND_COUNT:
		cut_add(&s->c, "%s resent %d time%s, expected %s", name, count, plural(count), f->expected);
		break;
	case CODE_NO_RESEND:
		if (count)
			cut_add(&s->c, "%s was resent %d time%s, and not again within %.3f s", name, count,
			        plural(count), seconds(n[1]));
		else
			cut_add(&s->c, "%s was not resent within %.3f s", name, seconds(n[1]));
		break;
	case CODE_GAVE_UP_EARLY:
		cut_add(&s->c, "the peer gave up too early: %s, its budget is %s", f->got, f->expected);
		break;
	case CODE_GAVE_UP_LATE:
		cut_add(&s->c, "the peer went on too long: %s, its budget is %s", f->got, f->expected);
		break;
	case CODE_NOT_GIVEN_UP:
		cut_add(&s->c, "after %d resend%s it is not known that the peer gave up: not within %.3f s",
		        count, plural(count), seconds(n[1]));
		break;
	}
}

/* --- states, and no connection --- */

static void say_states(struct saying *s)
{
	const struct mismatch_words *f = &s->field;
	int64_t state = s->why->n[0];

	switch ((int)s->why->code) {
	case CODE_STATE: cut_add(&s->c, "the peer is in %s, expected %s", f->got, f->expected); break;
	case CODE_STATE_EARLY:
		cut_add(&s->c, "the peer was in %s after %s already, expected %s",
		        state >= 0 && state < STATE_COUNT ? state_name((enum tcp_state)state) : "?", f->got,
		        f->expected);
		break;
	case CODE_STATE_TIMER:
		cut_add(&s->c, "the peer's timer is %s, expected %s", f->got, f->expected);
		break;
	case CODE_NOT_CLOSED: cut_add(&s->c, "the peer is not CLOSED: the probe met %s", s->why->text); break;
	case CODE_NO_PROBE_ANSWER:
		cut_add(&s->c, "the probe was not answered: a closed port answers with RST");
		break;
	}
}

static void say_opening(struct saying *s)
{
	const struct connection *c = s->r->connection;
	const int64_t *n = s->why->n;
	char peer[ADDR_TEXT_BYTES] = "the peer";

	if (c)
		addr_text(&c->remote, peer);
	switch ((int)s->why->code) {
	case CODE_NO_ANSWER:
		cut_add(
		    &s->c,
		    "no answer from %s port %u to our %s in %d %s: is the host up, and no firewall between?",
		    peer, c ? c->remote_port : 0, s->r->scenario->listen ? "SYN-ACK" : "SYN", (int)n[0],
		    n[0] == 1 ? "try" : "tries");
		break;
	case CODE_NO_SYN:
		cut_add(&s->c, "no SYN came from %s to our port %u", peer, c ? c->local_port : 0);
		break;
	case CODE_REFUSED:
		cut_add(&s->c,
		        "the peer answered our SYN with RST: is the port open, and does something listen "
		        "there?");
		break;
	case CODE_OLD_CONNECTION:
		cut_add(&s->c,
		        "%s came where the answer to our SYN was expected: does the peer still hold an old "
		        "connection from this port?",
		        s->why->text);
		break;
	case CODE_NO_GREETING:
		cut_add(&s->c, "%s did not speak first within %.1f s: the target's program should greet",
		        peer, seconds(n[0]));
		break;
	}
}

/* --- what the peer can't be asked, and what its agent does not do --- */

static void say_provocations(struct saying *s)
{
	const int64_t *n = s->why->n;
	const char *between = "";

	cut_add(&s->c, "needs a peer that can be told to ");
	for (int i = 0; i < PROVOKE_COUNT; i++)
		if (n[1] & 1 << i) {
			cut_add(&s->c, "%s%s", between, provoke_name((enum provoke)i));
			between = ", ";
		}
	if (n[2])
		cut_add(&s->c, "%sclose on end-of-file", between);
	cut_add(&s->c, ": run fourwave peer on the target");
	if (!(n[1] & ~(1 << PROVOKE_CLOSE)))
		cut_add(&s->c, ", or say how its server is made to close, with --provoke");
}

static void say_agent_needed(struct saying *s)
{
	switch (s->why->n[0]) {
	case NEED_PROVOKE: say_provocations(s); return;
	case NEED_QUIET: cut_add(&s->c, "needs a peer that reads any data and says nothing"); break;
	case NEED_BY_HAND:
		cut_add(&s->c,
		        "needs a peer that can be told what to do with a connection that was not made by "
		        "\"open\"");
		break;
	case NEED_DELAY: cut_add(&s->c, "needs a peer that waits before it closes"); break;
	case NEED_CONNECT: cut_add(&s->c, "needs a peer that connects to us"); break;
	}
	cut_add(&s->c, ": run fourwave peer on the target");
	if (s->why->n[0] == NEED_CONNECT)
		cut_add(&s->c, ", or name our port with -p and let the target connect to it");
}

static void say_needs(struct saying *s)
{
	const char *wanted = s->field.expected, *got = s->field.got;

	switch ((int)s->why->code) {
	case CODE_NEEDS_AGENT: say_agent_needed(s); break;
	case CODE_NEEDS_PORT:
		cut_add(&s->c, "needs a port to connect to: -t HOST:PORT, or fourwave peer on the target");
		break;
	case CODE_SYSCTL_DIFFERS:
		cut_add(&s->c, "needs %s on the target, ", wanted);
		cut_add(&s->c,
		        s->why->n[0] ? "which has %s as --assume says"
		                     : "where it is %s: set it there with sysctl",
		        got);
		break;
	case CODE_SYSCTL_UNKNOWN:
		cut_add(&s->c,
		        "needs %s on the target: where it is so, say --assume %s, or run fourwave peer there",
		        wanted, wanted);
		break;
	case CODE_SYSCTL_UNREADABLE:
		cut_add(&s->c, "needs %s on the target, and it can't be read there: %s", wanted,
		        s->why->text);
		break;
	}
}

static void say_agent(struct saying *s)
{
	static const char *const refusals[] = {
	    [ASKED_CLAIM] = "fourwave peer on the target refuses",
	    [ASKED_PROVOKE] = "the peer's agent could not",
	    [ASKED_CONNECT] = "the peer's agent could not connect to us",
	    [ASKED_STATE] = "the peer's state can't be read",
	};
	const char *text = s->why->text;
	int64_t n = s->why->n[0];

	switch ((int)s->why->code) {
	case CODE_AGENT_SILENT:
		if (n)
			cut_add(&s->c, "the peer's agent did not answer within %.0f s", seconds(n));
		else
			cut_add(&s->c, "fourwave peer on the target does not answer");
		break;
	case CODE_AGENT_REFUSED:
		cut_add(&s->c, "%s%s%s", refusals[n >= ASKED_CLAIM && n <= ASKED_STATE ? n : ASKED_PROVOKE],
		        *text ? ": " : "", text);
		break;
	case CODE_AGENT_GONE:
		cut_add(&s->c, "%s", *text ? text : "the control channel to fourwave peer has ended");
		break;
	}
}

/* --- the scenario, the capture that it is judged by --- */

static void say_misfit(struct saying *s)
{
	const struct scenario *scenario = s->r->scenario;
	const int64_t *n = s->why->n;
	const char *asked = n[2] >= 0 && n[2] < PROVOKE_COUNT ? provoke_name((enum provoke)n[2]) : "?";

	if (n[1] >= 0 && n[1] < (int64_t)scenario->step_count)
		cut_add(&s->c,
		        "the capture does not fit the scenario at step %lld, line %d: ", (long long)n[1] + 1,
		        scenario->steps[n[1]].where.line);
	else
		cut_add(&s->c, "the capture does not fit the scenario after its last step: ");
	switch (n[0]) {
	case MISFIT_NOT_SENT:
		cut_add(&s->c, "our segment in frame %lld (%s) is not sent by it", (long long)n[2],
		        s->why->text);
		break;
	case MISFIT_NOT_THERE: cut_add(&s->c, "a segment that the run saw is not in it"); break;
	case MISFIT_NOT_CAPTURED:
		cut_add(&s->c, "its segment (%s) is not in the capture", s->why->text);
		break;
	case MISFIT_ASKED: cut_add(&s->c, "in the run the peer was asked here to %s", asked); break;
	case MISFIT_NOT_ASKED: cut_add(&s->c, "in the run the peer was not asked to %s", asked); break;
	case MISFIT_STATE_NOT_ASKED: cut_add(&s->c, "in the run the peer's state was not asked for"); break;
	case MISFIT_ENDS: cut_add(&s->c, "the capture ends before this step is decided"); break;
	}
}

static void say_scenario(struct saying *s)
{
	const char *text = s->why->text;
	const int64_t *n = s->why->n;

	switch ((int)s->why->code) {
	case CODE_NOT_ADJACENT:
		cut_add(&s->c, "%s does not follow %s: the two can't be resent as one", name_of(s, n[0]),
		        name_of(s, n[1]));
		break;
	case CODE_FILTER: cut_add(&s->c, "the filter was refused: %s", text); break;
	case CODE_FILTER_BUG:
		cut_add(&s->c, "a bug in fourwave: the filter %s this segment and the fields do not: %s",
		        n[0] ? "takes" : "refuses", text);
		break;
	case CODE_MISFIT: say_misfit(s); break;
	case CODE_UNREACHABLE:
	case CODE_CANNOT_BUILD:
	case CODE_HOST: cut_add(&s->c, "%s", text); break;
	}
}

/* --- all of it --- */

static void say(struct saying *s, const struct reason *why)
{
	s->why = why;
	s->field = mismatch_words(&why->fields[0]);
	say_segments(s);
	say_series(s);
	say_states(s);
	say_opening(s);
	say_needs(s);
	say_agent(s);
	say_scenario(s);
	error_add(&s->c, why);
}

const char *reason_text(const struct result *r, char *buf, size_t size)
{
	const struct verdict *v = r->verdict;
	struct saying s = {.c = cut_start(buf, size), .r = r};

	if (v->kind == VERDICT_NONE)
		cut_add(&s.c, "it was not judged: the run ended before");
	else
		say(&s, &v->reason);
	/* Who excuses a failure says which. */
	if (v->overruled.code && v->reason.code >= CODE_LATE) {
		cut_add(&s.c, ": ");
		say(&s, &v->overruled);
	}
	if (v->kind == VERDICT_ERROR && v->syn_unseen)
		cut_add(&s.c,
		        " (our SYN was never seen leaving: nobody answers %s there, a firewall of this host "
		        "drops it, or it leaves by another interface, which -i would name)",
		        r->family == 6 ? "neighbour discovery" : "ARP");
	if (v->kind != VERDICT_PASS && v->damaged)
		cut_add(&s.c, " (%zu of the peer's segments had a wrong checksum)", v->damaged);
	return buf;
}

const char *also_text(const struct verdict *v, char *buf, size_t size)
{
	struct cut c = cut_start(buf, size);

	for (size_t i = 1; i < v->reason.field_count; i++) {
		struct mismatch_words m = mismatch_words(&v->reason.fields[i]);

		cut_add(&c, "%s%s %s, expected %s", i > 1 ? "; " : "", m.field, m.got, m.expected);
	}
	return buf;
}
