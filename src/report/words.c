/* Puts clauses, rows, segments and the names of results into words. Knows no layout. */
#include "report/words.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

#include "base/text.h"

/* May a step that is broken so rest on it? One that comes to the same, or does not say. */
static bool is_such(const struct clause *c, enum level level)
{
	return c->level == LEVEL_COUNT || level_verdict(c->level) == level_verdict(level);
}

static size_t count_such(const struct scenario *s, enum level level)
{
	size_t count = 0;

	for (size_t i = 0; i < s->clause_count; i++)
		count += is_such(&s->clauses[i], level);
	return count;
}

/* Those of the scenario; with a level only such. */
static void add_clauses(struct cut *c, const struct scenario *s, enum level level)
{
	const struct clause *before = NULL;

	for (size_t i = 0; i < s->clause_count; i++) {
		const struct clause *clause = &s->clauses[i];

		if (level != LEVEL_COUNT && !is_such(clause, level))
			continue;
		if (!before || clause->rfc != before->rfc)
			cut_add(c, "%sRFC %u", before ? "; " : "", clause->rfc);
		else
			cut_add(c, ",");
		if (clause->section)
			cut_add(c, " %s", clause->section);
		before = clause;
	}
}

const char *clauses_text(const struct scenario *s, char *buf, size_t size)
{
	struct cut c = cut_start(buf, size);

	add_clauses(&c, s, LEVEL_COUNT);
	return buf;
}

const struct clause *basis_clause(const struct scenario *s, const struct basis *b)
{
	if (b->clause.rfc || b->choice)
		return b->clause.rfc ? &b->clause : NULL;
	for (size_t i = 0; count_such(s, b->level) == 1 && i < s->clause_count; i++)
		if (is_such(&s->clauses[i], b->level))
			return &s->clauses[i];
	return NULL;
}

const char *basis_text(const struct scenario *s, const struct basis *b, char *buf, size_t size)
{
	const struct clause *clause = basis_clause(s, b);
	struct cut c = cut_start(buf, size);

	for (size_t i = 0; b->choice && i < s->value_count; i++) {
		const struct used_value *v = &s->values[i];

		if (strcmp(v->name, b->choice) != 0 || !v->from)
			continue;
		cut_add(&c, "%s%s says %s = %s", *v->from == '-' ? "" : "the profile ", v->from, v->name,
		        v->text);
		return buf;
	}
	if (b->choice) {
		cut_add(&c, "the profile's %s", b->choice);
		return buf;
	}
	cut_add(&c, "%s", level_name(b->level));
	if (clause) {
		cut_add(&c, ", RFC %u%s%s", clause->rfc, clause->section ? ", " : "",
		        clause->section ? clause->section : "");
	} else if (s->clause_count) {
		cut_add(&c, ", ");
		add_clauses(&c, s, count_such(s, b->level) ? b->level : LEVEL_COUNT);
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
	static const char *const titles[] = {
	    [ROLE_NONE] = "nobody closes first",       [ROLE_ACTIVE] = "we close first",
	    [ROLE_PASSIVE] = "the peer closes first",  [ROLE_SIMULTANEOUS] = "both close at once",
	    [ROLE_LISTEN] = "the peer connects to us",
	};

	return titles[role];
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

const char *breach_segment(const struct verdict *v, enum rule rule, char buf[SEGMENT_WORDS_BYTES])
{
	size_t at = v->breaches[rule].trace;

	buf[0] = '\0';
	return at < v->trace_count ? segment_words(&v->trace[at], v, true, buf, SEGMENT_WORDS_BYTES) : buf;
}

static const char *const notes[] = {
    [NOTE_OPENS] = "opens",
    [NOTE_ANSWERS_SYN] = "answers the SYN",
    [NOTE_COMPLETES] = "completes the handshake",
    [NOTE_ASKS_AGAIN] = "asks again",
    [NOTE_FENCE] = "fence",
    [NOTE_PROBE] = "probe",
    [NOTE_ASKS_IN_BAND] = "asks in band",
    [NOTE_ACKS_DATA] = "acknowledges its data",
    [NOTE_ANSWERS_SYNACK_AGAIN] = "answers the SYN-ACK again",
    [NOTE_TIDIES] = "tidies",
    [NOTE_CONNECTS] = "connects to us",
    [NOTE_REFUSES] = "refuses the connection",
    [NOTE_EXPECTED] = "expected",
    [NOTE_ALLOWED] = "allowed",
    [NOTE_EXCEPTED] = "excepted from the silence",
    [NOTE_ANSWERS_FENCE] = "answers the fence",
    [NOTE_ANSWERS_PROBE] = "answers the probe",
    [NOTE_SERVER_DATA] = "its program's own data",
    [NOTE_ACKS_REQUEST] = "acknowledges",
    [NOTE_SYNACK_AGAIN] = "the handshake's SYN-ACK again",
    [NOTE_UNEXPECTED] = "not expected",
    [NOTE_AFTER_LAST] = "after the last step, again",
    [NOTE_UNTAKEN] = "no step took it yet",
    [NOTE_AFTER_VERDICT] = "after the verdict",
};

/* "resend 2 of fin", "resend 1 of text with fin" */
static void resend_text(const struct scenario *s, const struct trace *t, char buf[NOTE_TEXT_BYTES])
{
	const struct series *series = &s->steps[t->step].series;
	const char *name = s->names[series->slot];

	if (series->with >= 0)
		snprintf(buf, NOTE_TEXT_BYTES, "resend %u of %.20s with %.20s", t->note.n, name,
		         s->names[series->with]);
	else
		snprintf(buf, NOTE_TEXT_BYTES, "resend %u of %.30s", t->note.n, name);
}

const char *note_text(const struct result *r, const struct trace *t, char buf[NOTE_TEXT_BYTES])
{
	const struct note *n = &t->note;
	char text[MALFORM_TEXT_BYTES];

	buf[0] = '\0';
	if (n->kind == NOTE_RESEND)
		resend_text(r->scenario, t, buf);
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

/* --- as tcpdump has it --- */

/* Near the ISN: within what a connection of ours can have sent, or a little before. */
static uint32_t counted(uint32_t number, uint32_t isn, bool relative)
{
	int32_t distance = (int32_t)(number - isn);

	return relative && distance >= 0 && distance < 1 << 30 ? (uint32_t)distance : number;
}

const char *tcpdump_text(const struct segment *s, const struct tcpdump_base *base,
                         char buf[TCPDUMP_TEXT_BYTES])
{
	struct cut c = cut_start(buf, TCPDUMP_TEXT_BYTES);
	bool relative = base->relative && (s->flags & (TCP_SYN | TCP_ACK)) == TCP_ACK;
	uint32_t seq = counted(s->seq, base->from, relative);
	char src[ADDR_TEXT_BYTES], dst[ADDR_TEXT_BYTES], flags[FLAGS_TEXT_BYTES], options[256];
	char malformed[MALFORM_TEXT_BYTES];

	/* the port behind a dot, for IPv6 too */
	cut_add(&c, "%s %s.%u > %s.%u: Flags [%s]", s->src.family == 6 ? "IP6" : "IP",
	        addr_text(&s->src, src), s->sport, addr_text(&s->dst, dst), s->dport,
	        flags_text(s->flags, flags));
	if (s->checksum == CHECKSUM_BAD)
		cut_add(&c, ", cksum incorrect");
	cut_add(&c, ", seq %u", seq);
	if (s->payload_len > 0)
		cut_add(&c, ":%u", seq + s->payload_len);
	if (s->flags & TCP_ACK)
		cut_add(&c, ", ack %u", counted(s->ack, base->to, relative));
	cut_add(&c, ", win %u", s->wnd);
	if (s->flags & TCP_URG)
		cut_add(&c, ", urg %u", s->urg);
	if (s->options_len > 0)
		cut_add(&c, ", options [%s]",
		        options_text(s->options, s->options_len, options, sizeof options));
	cut_add(&c, ", length %u", s->payload_len);
	cut_add(&c, "%s", malform_tcpdump(s, malformed));
	return buf;
}

const char *tcpdump_time(int64_t time_ns, char buf[TCPDUMP_TIME_BYTES])
{
	time_t seconds = (time_t)(time_ns / NS_PER_S);
	struct tm day = {.tm_sec = 0};

	localtime_r(&seconds, &day);
	snprintf(buf, TCPDUMP_TIME_BYTES, "%02u:%02u:%02u.%06u", (unsigned)day.tm_hour % 24,
	         (unsigned)day.tm_min % 60, (unsigned)day.tm_sec % 61,
	         (unsigned)(time_ns % NS_PER_S / 1000) % 1000000);
	return buf;
}

/* --- results --- */

void tally_add_verdict(struct tally *t, enum verdict_kind kind)
{
	switch (kind) {
	case VERDICT_PASS: t->passed++; break;
	case VERDICT_WARN: t->warned++; break;
	case VERDICT_FAIL: t->failed++; break;
	case VERDICT_SKIP: t->skipped++; break;
	case VERDICT_NONE:
	case VERDICT_ERROR: t->errors++; break;
	}
}

void tally_add(struct tally *t, const struct result *r)
{
	if (r->known)
		t->known++;
	else
		tally_add_verdict(t, r->verdict->kind);
}

void tally_add_rules(struct tally *t, const struct rule_results *broken)
{
	for (size_t i = 0; i < broken->count; i++)
		if (broken->list[i].known)
			t->known++;
		else
			tally_add_verdict(t, broken->list[i].kind);
}

const char *result_name(const struct result *r, char *buf, size_t size)
{
	const char *slash = strrchr(r->scenario->file, '/');
	const char *base = slash ? slash + 1 : r->scenario->file;
	int len = (int)strlen(base);

	if (len > 5 && strcmp(base + len - 5, ".wave") == 0)
		len -= 5;
	snprintf(buf, size, "%.*s", len, base);
	return buf;
}

unsigned family_bit(int family) { return family == 6 ? FAMILY_IPV6 : FAMILY_IPV4; }

const char *family_name(int family) { return family == 6 ? "IPv6" : "IPv4"; }

struct rule_results rule_results(const struct result *results, size_t count)
{
	struct rule_results all = {.count = 0};

	for (enum rule r = 0; r < RULE_COUNT; r++) {
		struct rule_result found = {.rule = r, .kind = level_verdict(rules[r].level)};

		for (size_t i = 0; i < count; i++) {
			const struct rule_breaches *b = &results[i].verdict->breaches[r];

			if (b->count == 0 || results[i].verdict->kind == VERDICT_ERROR ||
			    results[i].verdict->kind == VERDICT_NONE)
				continue;
			if (!found.first)
				found.first = &results[i];
			found.runs++;
			found.times += b->count;
			found.families |= family_bit(results[i].family);
		}
		if (found.first && found.kind != VERDICT_PASS)
			all.list[all.count++] = found;
	}
	return all;
}
