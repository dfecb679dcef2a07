/* The case in words. Knows the facts, and looks at no segment's bytes. */
#include "read/close_impl.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/text.h"

const char *close_kind_name(enum close_kind kind)
{
	static const char *const names[] = {"open",         "normal",     "three-segment", "simultaneous",
	                                    "half-closed",  "unanswered", "reset",         "refused",
	                                    "never-opened", "one-way"};

	return names[kind];
}

const char *close_end_name(const struct close_case *c, int end)
{
	static const char *const names[2][2] = {{"A", "B"}, {"the client", "the server"}};

	return names[c->began][end];
}

const char *close_case_text(const struct close_case *c, char buf[CASE_TEXT_BYTES])
{
	struct cut text = cut_start(buf, CASE_TEXT_BYTES);

	for (unsigned i = 0; i < c->clause_count; i++)
		cut_add(&text, "%s%s", i > 0 ? "; " : "", c->clauses[i]);
	return buf;
}

static void __attribute__((format(printf, 2, 3))) say(struct naming *n, const char *fmt, ...)
{
	struct close_case *c = n->out;
	va_list args;

	if (c->clause_count == CASE_CLAUSES_MAX)
		return;
	va_start(args, fmt);
	vsnprintf(c->clauses[c->clause_count++], CASE_CLAUSE_BYTES, fmt, args);
	va_end(args);
}

static const char *name(const struct naming *n, int end) { return close_end_name(n->out, end); }

/* When its FIN was first sent, and how long it was sent again. */
static int64_t fin_ns(const struct naming *n, int end) { return n->list[n->out->fins[end].first]->time_ns; }

static int64_t sending_ns(const struct naming *n, int end)
{
	return n->list[n->out->fins[end].last]->time_ns - fin_ns(n, end);
}

/* A few words, as a value. */
struct brief {
	char text[32];
};

/* "once", "twice", "3 times" */
static struct brief times(unsigned count)
{
	struct brief b = {"once"};

	if (count != 1)
		snprintf(b.text, sizeof b.text, count == 2 ? "twice" : "%u times", count);
	return b;
}

/* Three digits: "41.2 ms", "1.4 s". */
static struct brief duration(int64_t ns)
{
	struct brief b;

	if (ns < NS_PER_MS)
		snprintf(b.text, sizeof b.text, "%.3g us", (double)ns / 1e3);
	else if (ns < NS_PER_S)
		snprintf(b.text, sizeof b.text, "%.3g ms", (double)ns / 1e6);
	else
		snprintf(b.text, sizeof b.text, "%.3g s", seconds(ns));
	return b;
}

/* --- what was lost --- */

static void say_lost(struct naming *n, unsigned count, const char *what)
{
	if (count > 0)
		say(n, "%s was lost %s", what, times(count).text);
}

/* A FIN's path and its ACK's. */
static void say_fin(struct naming *n, int end, bool second)
{
	const struct close_fin *f = &n->out->fins[end];
	const char *which = second ? "the second FIN" : "the first FIN";

	if (f->acked || f->ack_lost > 0)
		say_lost(n, f->lost, which);
	else if (f->copies > 1)
		say(n, "%s was never acknowledged: sent %s in %s", which, times(f->copies).text,
		    duration(sending_ns(n, end)).text);
	else if (f->copies > 0 && !n->rst.seen)
		say(n, "%s was not acknowledged", which);
	say_lost(n, f->ack_lost, second ? "the last ACK" : "the ACK of the first FIN");
}

static void say_half(struct naming *n, int first)
{
	const struct close_fin *f = &n->out->fins[first];

	if (f->after > 0)
		say(n, "half-closed for %s, in which %llu byte%s came from %s",
		    duration(f->after_ns - fin_ns(n, first)).text, (unsigned long long)f->after,
		    f->after == 1 ? "" : "s", name(n, !first));
}

/* What became of the second FIN where the close is not over. A RST in answer to it is told by say_rst(). */
static void say_second(struct naming *n, int end)
{
	const struct close_fin *f = &n->out->fins[end];

	if (f->copies == 1 && n->rst.answers && n->rst.answered == f->last)
		return;
	if (f->copies == 1 && f->ack_lost == 0)
		say(n, "%s closed too: the second FIN was %sacknowledged", name(n, end),
		    f->acked ? "" : "not ");
	else
		say_fin(n, end, true);
}

/* --- how it ended --- */

/* A RST in the middle: who, and in answer to what. */
static void say_rst(struct naming *n, int first)
{
	const struct rst_facts *r = &n->rst;
	const char *who = name(n, r->from);

	if (r->gave_up)
		say(n, "%s had given up: a late segment met RST", who);
	else if (r->answers && r->answers_data && r->after_fin)
		say(n, "%s answered data after its close with RST", who);
	else if (r->answers && r->after_fin)
		say(n, "%s answered a late segment with RST: its end was gone already", who);
	else if (r->answers)
		say(n, "%s answered with RST: it had no such connection any more", who);
	else if (first < 0)
		say(n, "%s aborted it with RST, with no FIN before", who);
	else if (r->from == first)
		say(n, "%s then aborted it with RST", who);
	else
		say(n, "%s aborted it with RST after the first FIN", who);
}

static void settle_closed(struct naming *n, int first)
{
	struct close_case *c = n->out;
	int64_t end_ns = 0;

	if (n->crossed) {
		c->kind = CLOSE_SIMULTANEOUS;
		say(n, "both closed at once: the FINs crossed");
	} else if (n->merged) {
		c->kind = CLOSE_THREE;
		say(n, "closed by three segments, %s first: the second FIN carried the ACK of the first",
		    name(n, first));
	} else {
		c->kind = CLOSE_NORMAL;
		say(n, "closed by four segments, %s first", name(n, first));
	}
	say_fin(n, first, false);
	say_half(n, first);
	say_fin(n, !first, true);
	for (int end = 0; end < 2; end++)
		if (n->list[c->fins[end].first_ack]->time_ns > end_ns)
			end_ns = n->list[c->fins[end].first_ack]->time_ns;
	c->seconds_ns = end_ns - fin_ns(n, first);
	say(n, "closed after %s", duration(c->seconds_ns).text);
	if (n->rst.answers)
		say(n, "a late segment met RST from %s: nothing was left", name(n, n->rst.from));
	else if (n->rst.seen)
		say(n, "then %s sent RST", name(n, n->rst.from));
}

static void settle_reset(struct naming *n, int first)
{
	struct close_case *c = n->out;

	c->kind = CLOSE_RESET;
	if (first >= 0) {
		say(n, "%s closed first", name(n, first));
		say_fin(n, first, false);
		if (!(n->rst.answers_data && n->rst.from == first))
			say_half(n, first);
		say_second(n, !first);
	}
	say_rst(n, first);
	if (first >= 0) {
		c->seconds_ns = n->list[n->rst.at]->time_ns - fin_ns(n, first);
		say(n, "reset after %s", duration(c->seconds_ns).text);
	}
}

/* An end that says "no more" keeps the other's data, and the FIN behind it, back. */
static void say_shut(struct naming *n)
{
	for (int end = 0; end < 2; end++)
		if (n->out->seen.ends[end].shut_ns && !n->out->seen.ends[!end].fin)
			say(n, "the window of %s is shut: %s cannot send on", name(n, end), name(n, !end));
}

/* No RST, and not all FINs were acknowledged. */
static void settle_unfinished(struct naming *n, int first)
{
	struct close_case *c = n->out;
	bool half = c->fins[!first].copies == 0 && c->fins[first].acked;
	int64_t more_ns = n->end_ns - n->list[n->count - 1]->time_ns;

	say(n, "%s closed first", name(n, first));
	say_fin(n, first, false);
	say_half(n, first);
	say_second(n, !first);
	c->kind = half ? CLOSE_HALF : CLOSE_UNANSWERED;
	if (half)
		say(n, "%s never closed: it stays in CLOSE-WAIT, %s so far", name(n, !first),
		    duration(n->end_ns - fin_ns(n, first)).text);
	else if (more_ns > 0) /* more time was given to it */
		say(n, "the capture goes on for %s", duration(more_ns).text);
	else
		say(n, "the capture ends with that");
	say_shut(n);
}

/* Neither FIN nor RST after the handshake, or none of that either. */
static void settle_open(struct naming *n)
{
	struct close_case *c = n->out;

	c->kind = c->began && !c->seen.opened ? CLOSE_NEVER_OPENED : CLOSE_OPEN;
	if (c->kind == CLOSE_OPEN) {
		say(n, "not closed in the capture");
		say_shut(n);
	} else if (c->seen.syn_acked) {
		say(n, "never opened: the SYN-ACK was not acknowledged");
	} else {
		say(n, "never opened: the SYN, sent %s, was not answered", times(n->syn_copies).text);
	}
}

/* Of one direction only: what its end sent, and nothing of what the other did. */
static void settle_one_way(struct naming *n)
{
	unsigned fins = n->out->fins[n->only].copies;
	bool rst = n->out->seen.ends[n->only].rst;
	const char *who = name(n, n->only);

	n->out->kind = CLOSE_ONE_WAY;
	n->out->first = -1;
	say(n, "only what %s sent is in the capture, not the answers", who);
	if (fins > 1)
		say(n, "%s sent a FIN, %s in %s", who, times(fins).text,
		    duration(sending_ns(n, n->only)).text);
	else if (fins)
		say(n, "%s sent a FIN", who);
	if (rst)
		say(n, "%s sent RST", who);
	if (!fins && !rst)
		say(n, "it sent neither FIN nor RST");
}

void words_settle(struct naming *n)
{
	struct close_case *c = n->out;
	const struct close_fin *a = &c->fins[0], *b = &c->fins[1];
	int first = -1; /* who closed first */

	if (a->copies && (!b->copies || a->first < b->first))
		first = 0;
	else if (b->copies)
		first = 1;
	c->first = first >= 0 ? first : n->rst.seen ? n->rst.from : -1;
	if (!c->began)
		say(n, "its beginning is not in the capture");
	if (n->only >= 0) {
		settle_one_way(n);
	} else if (n->rst.seen && !c->seen.opened && c->began && first < 0) {
		c->kind = CLOSE_REFUSED;
		say(n, "%s refused the connection with RST", name(n, n->rst.from));
	} else if (a->acked && b->acked && (!n->rst.seen || n->rst.was_closed)) {
		settle_closed(n, first);
	} else if (n->rst.seen) {
		settle_reset(n, first);
	} else if (first >= 0) {
		settle_unfinished(n, first);
	} else {
		settle_open(n);
	}
}
