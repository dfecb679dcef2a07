/* Puts clauses, rows and segments into words. Knows no layout. */
#include "report/words.h"

#include <stdio.h>
#include <string.h>

#include "base/text.h"

const char *clauses_text(const struct scenario *s, char *buf, size_t size)
{
	struct cut c = cut_start(buf, size);

	for (size_t i = 0; i < s->clause_count; i++) {
		const struct clause *clause = &s->clauses[i];

		if (!i || clause->rfc != s->clauses[i - 1].rfc)
			cut_add(&c, "%sRFC %u", i ? "; " : "", clause->rfc);
		else
			cut_add(&c, ",");
		if (clause->section)
			cut_add(&c, " %s", clause->section);
	}
	return buf;
}

const char *row_title(int row)
{
	static const char *const rows[] = {
	    "Other scenarios",        "The first FIN is lost", "The ACK of the first FIN is lost",
	    "The second FIN is lost", "The last ACK is lost",  "The program crashes",
	};

	return row >= 1 && row <= 5 ? rows[row] : rows[0];
}

const char *role_title(enum role role)
{
	switch (role) {
	case ROLE_NONE: return "nobody closes first";
	case ROLE_ACTIVE: return "we close first";
	case ROLE_PASSIVE: return "the peer closes first";
	case ROLE_SIMULTANEOUS: return "both close at once";
	case ROLE_LISTEN: return "the peer connects to us";
	}
	return "";
}

const char *endpoint_text(const struct addr *a, uint16_t port, char buf[ENDPOINT_TEXT_BYTES])
{
	char text[ADDR_TEXT_BYTES];

	addr_text(a, text);
	snprintf(buf, ENDPOINT_TEXT_BYTES, a->family == 6 ? "[%s]:%u" : "%s:%u", text, port);
	return buf;
}

/* Relative to the ISN where it is near it; else, as in a RST that answers with number 0, as it is. */
static void add_number(struct cut *c, uint32_t number, uint32_t isn)
{
	int64_t relative = (int32_t)(number - isn);

	if (relative > 1 << 30 || relative < -(1 << 24))
		cut_add(c, "abs(%u)", number);
	else
		cut_add(c, "%lld", (long long)relative);
}

const char *segment_words(const struct trace *t, const struct verdict *v, bool full, char *buf, size_t size)
{
	struct cut c = cut_start(buf, size);
	const struct segment *s = &t->segment;
	bool ours = t->passage == PASSED_OUT;
	uint32_t from_isn = ours ? v->iss : v->irs;
	char flags[FLAGS_TEXT_BYTES], options[256];

	cut_add(&c, "%s ", flags_text(s->flags, flags));
	add_number(&c, s->seq, from_isn);
	if (s->payload_len) {
		cut_add(&c, ":");
		add_number(&c, s->seq + s->payload_len, from_isn);
		cut_add(&c, "(%u)", s->payload_len);
	}
	if (s->flags & TCP_ACK) {
		cut_add(&c, " ack ");
		add_number(&c, s->ack, ours ? v->irs : v->iss);
	}
	if (full)
		cut_add(&c, " win %u", s->wnd);
	if (full && s->options_len)
		cut_add(&c, " <%s>", options_text(s->options, s->options_len, options, sizeof options));
	return buf;
}

static const char *const notes[] = {
    [NOTE_OPENS] = "opens",
    [NOTE_ANSWERS_SYN] = "answers the SYN",
    [NOTE_COMPLETES] = "completes the handshake",
    [NOTE_ASKS_AGAIN] = "asks again",
    [NOTE_FENCE] = "fence",
    [NOTE_PROBE] = "probe",
    [NOTE_ASKS_IN_BAND] = "asks in band",
    [NOTE_ACKS_DATA] = "acknowledges the server's data",
    [NOTE_ANSWERS_SYNACK_AGAIN] = "answers the SYN-ACK again",
    [NOTE_TIDIES] = "tidies",
    [NOTE_CONNECTS] = "connects to us",
    [NOTE_REFUSES] = "refuses the connection",
    [NOTE_EXPECTED] = "expected",
    [NOTE_ALLOWED] = "allowed",
    [NOTE_EXCEPTED] = "excepted from the silence",
    [NOTE_ANSWERS_FENCE] = "answers the fence",
    [NOTE_ANSWERS_PROBE] = "answers the probe",
    [NOTE_SERVER_DATA] = "the server's own data",
    [NOTE_ACKS_REQUEST] = "acknowledges",
    [NOTE_SYNACK_AGAIN] = "the handshake's SYN-ACK again",
    [NOTE_BREAKS_RULE] = "breaks a rule",
    [NOTE_UNEXPECTED] = "not expected",
    [NOTE_AFTER_LAST] = "after the last step, again",
    [NOTE_UNTAKEN] = "no step took it yet",
    [NOTE_AFTER_VERDICT] = "after the verdict",
};

const char *series_text(const struct scenario *s, int step, char buf[SERIES_TEXT_BYTES])
{
	const struct series *series = &s->steps[step].series;

	if (series->with >= 0)
		snprintf(buf, SERIES_TEXT_BYTES, "%.20s with %.20s", s->names[series->slot],
		         s->names[series->with]);
	else
		snprintf(buf, SERIES_TEXT_BYTES, "%.30s", s->names[series->slot]);
	return buf;
}

const char *note_text(const struct result *r, const struct trace *t, char buf[NOTE_TEXT_BYTES])
{
	const struct note *n = &t->note;
	char text[MALFORM_TEXT_BYTES], series[SERIES_TEXT_BYTES];

	buf[0] = '\0';
	if (n->kind == NOTE_RESEND)
		snprintf(buf, NOTE_TEXT_BYTES, "resend %u of %s", n->n,
		         series_text(r->scenario, t->step, series));
	else if (n->kind == NOTE_IGNORED)
		snprintf(buf, NOTE_TEXT_BYTES, "%s: ignored", ignored_name((enum ignored)n->n));
	else if (n->kind == NOTE_TEXT)
		return n->text;
	else if (n->kind == NOTE_SENT && *malform_text(&t->segment, text))
		snprintf(buf, NOTE_TEXT_BYTES, "%s", text);
	else if ((n->kind == NOTE_SENT || n->kind == NOTE_EXPECTED) && n->slot >= 0)
		snprintf(buf, NOTE_TEXT_BYTES, "as %.40s", r->scenario->names[n->slot]);
	else if (n->kind != NOTE_NONE && n->kind != NOTE_SENT)
		return notes[n->kind];
	return buf;
}

bool note_says_more(const struct result *r, const struct trace *t)
{
	char buf[NOTE_TEXT_BYTES];
	const char *text = note_text(r, t, buf);
	enum note_kind kind = t->note.kind;
	bool step = t->step >= 0 && (size_t)t->step < r->scenario->step_count;

	if (kind == NOTE_OPENS || kind == NOTE_ANSWERS_SYN || kind == NOTE_COMPLETES || !*text)
		return false;
	if (t->note.slot < 0)
		return kind != NOTE_EXPECTED;
	return !step || !strstr(r->scenario->steps[t->step].text, text);
}

bool ends_text(const struct result *r, char ours[ENDPOINT_TEXT_BYTES], char peer[ENDPOINT_TEXT_BYTES])
{
	const struct trace *t = r->verdict->trace;

	if (r->connection && r->connection->local.family) {
		endpoint_text(&r->connection->local, r->connection->local_port, ours);
		endpoint_text(&r->connection->remote, r->connection->remote_port, peer);
		return true;
	}
	if (r->verdict->trace_count == 0)
		return false;
	endpoint_text(&t->segment.src, t->segment.sport, t->passage == PASSED_OUT ? ours : peer);
	endpoint_text(&t->segment.dst, t->segment.dport, t->passage == PASSED_OUT ? peer : ours);
	return true;
}
