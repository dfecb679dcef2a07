/* The peer's segments: kept until their step, held against patterns and rules, given to the step, or judged
 * as what no step accounts for. */
#include "engine_impl.h"

#include <stdlib.h>
#include <string.h>

void engine_keep(struct engine *e, const struct segment *s)
{
	struct kept *k = LIST_ADD(e->kept, e->kept_count, e->kept_room);

	*k = (struct kept){.segment = *s};
	k->trace = evidence_add(e, s, PASSED_IN, s->time_ns);
	if (s->packet) {
		k->bytes = memory_new(s->packet_captured, 1);
		memcpy(k->bytes, s->packet, s->packet_captured);
		k->segment.packet = k->bytes;
		if (s->payload)
			k->segment.payload = k->bytes + (s->payload - s->packet);
	}
}

/* --- is it the one that a step waits for? --- */

bool engine_matches(struct engine *e, const struct pattern *p, const struct segment *s, struct mismatch *why)
{
	bool fields = pattern_match(p, s, &e->scope, why);
	struct diag d;
	int answer;

	if (!e->config.filter || !s->packet)
		return fields;
	utstring_clear(&e->filter);
	pattern_lower(p, &e->scope, s->src.family, s->tcp_offset, &e->filter);
	answer = e->config.filter->ask(e->config.filter->context, utstring_body(&e->filter), s, &d);
	if (answer < 0) {
		engine_error(e, reason_text_of(CODE_FILTER, d.text));
		return false;
	}
	if (p->filter && fields && !answer && why) {
		*why = (struct mismatch){.field = DIFFERS_FILTER,
		                         .expected = datum_notation(p->filter),
		                         .got = datum_of(DATUM_NO_MATCH, 0, 0)};
	}
	if (answer ? !fields : fields && !p->filter) {
		struct reason bug = reason_text_of(CODE_FILTER_BUG, utstring_body(&e->filter));

		bug.n[0] = answer;
		engine_error(e, bug);
		return false;
	}
	return answer;
}

void engine_took(struct engine *e, const struct kept *k, bool lost, struct note note)
{
	evidence_note(e, k->trace, lost, note);
	connection_received(&e->connection, &k->segment, lost);
	engine_bind(e, note.slot, &k->segment, false, k->segment.time_ns);
}

void engine_saw(struct engine *e, const struct kept *k, enum note_kind note)
{
	evidence_note(e, k->trace, false, note_of(note, -1));
	connection_received(&e->connection, &k->segment, true);
}

/* --- the rules that hold of each, whatever the scenario waits for --- */

/* rules.h judges; here it is decided whether the scenario wants it otherwise. */

/* The scenario says what options it expects, and these are they: then it means it. */
static bool expects_options(struct engine *e, const struct pattern *p, const struct segment *s)
{
	return p->has_options && engine_matches(e, p, s, NULL);
}

static bool scenario_wants(struct engine *e, const struct segment *s)
{
	const struct step *step = e->settled ? NULL : engine_current(e);

	for (size_t i = 0; step && i < step->pattern_count; i++)
		if (expects_options(e, &step->patterns[i], s))
			return true;
	for (size_t i = 0; i < e->allowed_count; i++)
		if (expects_options(e, e->allowed[i], s))
			return true;
	return false;
}

void engine_breach(struct engine *e, const struct breach *breach, size_t trace)
{
	struct rule_breaches *b = &e->verdict.breaches[breach->rule];

	if (b->count++ == 0) {
		b->first = *breach;
		b->trace = trace;
	}
	if (trace != SIZE_MAX && !e->verdict.trace[trace].broke)
		e->verdict.trace[trace].broke = &rules[breach->rule];
}

void engine_observe(struct engine *e, const struct kept *k)
{
	const struct end *peer = &e->observer.ends[END_PEER];
	struct breach breach;

	e->before.sent = peer->sent;
	e->before.acked = observer_acked(&e->observer, END_PEER);
	e->before.fin = peer->fin;
	for (enum rule r = 0; r < RULE_COUNT; r++) {
		if ((rules[r].judged != JUDGED_ANYWHERE && rules[r].judged != JUDGED_AT_OUR_END) ||
		    e->excused[r] || !rule_broken(r, &e->observer, &k->segment, END_PEER, &breach))
			continue;
		/* reserved bits are in no pattern */
		e->excused[r] = r != RULE_RESERVED && scenario_wants(e, &k->segment);
		if (!e->excused[r])
			engine_breach(e, &breach, k->trace);
	}
	observer_see(&e->observer, &k->segment, END_PEER, false);
}

/* --- what no step takes --- */

bool engine_allows(struct engine *e, const struct kept *k)
{
	/* After the last step, too: what is allowed may come until the connection is tidied. */
	for (size_t i = 0; i < e->allowed_count && (!e->settled || engine_played(e)); i++) {
		const struct pattern *p = e->allowed[i];

		if (engine_matches(e, p, &k->segment, NULL)) {
			engine_took(e, k, p->lost, note_of(NOTE_ALLOWED, p->slot));
			return true;
		}
	}
	return false;
}

/* Our ACK of the handshake may have been lost on a real network: then the
 * peer asks again, which says nothing of its close. A few times only. */
static bool synack_takes(struct engine *e, const struct kept *k)
{
	if (!e->synack.flags || k->segment.flags != e->synack.flags || k->segment.seq != e->synack.seq ||
	    e->synacks_again >= 3)
		return false;
	e->synacks_again++;
	evidence_note(e, k->trace, false, note_of(NOTE_SYNACK_AGAIN, -1));
	engine_send_ack(e, NOTE_ANSWERS_SYNACK_AGAIN);
	return true;
}

/* Each SYN-ACK of ours that was sent again is acknowledged (RFC 9293, 3.10.7.4). */
static bool synack_acked(struct engine *e, const struct kept *k)
{
	const struct segment *s = &k->segment;

	if (!e->synacks_sent || s->flags != TCP_ACK || s->payload_len || s->ack != e->connection.iss + 1 ||
	    seq_gt(s->seq, e->connection.rcv_nxt))
		return false;
	e->synacks_sent--;
	evidence_note(e, k->trace, false, note_of(NOTE_COMPLETES, -1));
	return true;
}

bool engine_takes_anyway(struct engine *e, const struct kept *k)
{
	return engine_allows(e, k) ||
	       (!e->settled && (plain_takes(e, k) || synack_takes(e, k) || synack_acked(e, k)));
}

void engine_drop(struct engine *e)
{
	free(e->kept[0].bytes);
	e->kept_count--;
	memmove(e->kept, e->kept + 1, e->kept_count * sizeof *e->kept);
}

/* Nothing accounts for it. */
static void fail_unexpected(struct engine *e, const struct kept *k)
{
	const struct step *s = engine_current(e);
	const struct step_ops *ops = engine_ops(s);
	struct reason why = {.code = ops->stranger ? ops->stranger : CODE_UNEXPECTED_SEGMENT};

	evidence_note(e, k->trace, false, note_of(NOTE_UNEXPECTED, -1));
	if (ops->differences)
		why.field_count = ops->differences(e, k, why.fields);
	if (why.field_count) {
		why.code = CODE_WRONG_SEGMENT;
		why.n[0] = (int64_t)s->pattern_count;
	} else if (ops->stranger) {
		why.n[0] = k->segment.time_ns - e->ref_ns;
		why.n[1] = s->duration_ns;
	}
	engine_fail(e, k, why);
}

bool engine_feed(struct engine *e)
{
	struct kept k = e->kept[0];
	const struct step_ops *ops = engine_ops(engine_current(e));
	enum taken taken = KEPT;

	e->now_ns = k.segment.time_ns > e->now_ns ? k.segment.time_ns : e->now_ns;
	e->due_ns = k.segment.time_ns;
	if (k.segment.time_ns > e->deadline_ns) {
		if (engine_deadline(e) < e->due_ns)
			e->due_ns = engine_deadline(e);
		ops->expire(e);
		return true;
	}
	if (ops->segment && !ops->observes)
		engine_observe(e, &k);
	if (ops->segment)
		taken = ops->segment(e, &k);
	/* Whatever a step waits for: without our ACK there is no connection that the peer's program could
	 * have. */
	if (taken == KEPT && e->waiting && synack_takes(e, &k)) {
		engine_drop(e);
		return true;
	}
	if (taken == KEPT)
		return !e->waiting;
	if (taken == REFUSED && !e->settled && !engine_takes_anyway(e, &k) && !e->settled)
		fail_unexpected(e, &k);
	engine_drop(e);
	return true;
}

/* After the last step and until the connection is tidied what comes must still be accounted for. A resend of
 * what the scenario has seen is not new: a slow machine of ours may have left the peer waiting for an ACK. */
static bool seen_before(const struct engine *e, const struct kept *k)
{
	for (size_t i = 0; i < e->verdict.trace_count; i++) {
		const struct trace *t = &e->verdict.trace[i];

		if (t->passage == PASSED_IN && i != k->trace && !t->wrong && t->step >= 0 &&
		    t->segment.flags == k->segment.flags && t->segment.seq == k->segment.seq &&
		    t->segment.payload_len == k->segment.payload_len)
			return true;
	}
	return false;
}

void engine_judge_late(struct engine *e, const struct kept *k)
{
	/* A RST then answers the first of ours: wrong, but not this scenario's matter (rfc/rst-exact is about
	 * it). */
	bool answers = e->tidy_begun && k->segment.flags & TCP_RST;

	if (e->interrupted || !engine_played(e) || e->verdict.kind == VERDICT_FAIL ||
	    e->verdict.kind == VERDICT_ERROR || e->tidy_seen || answers || !e->tidy_id) {
		/* what came while a step asked the peer's host was kept for the next step */
		bool untaken = k->segment.time_ns < e->verdict.ended_ns;

		evidence_note(e, k->trace, false, note_of(untaken ? NOTE_UNTAKEN : NOTE_AFTER_VERDICT, -1));
		return;
	}
	engine_observe(e, k);
	if (seen_before(e, k) || engine_allows(e, k) || plain_takes(e, k)) {
		evidence_note(e, k->trace, false, note_of(NOTE_AFTER_LAST, -1));
		return;
	}
	evidence_note(e, k->trace, false, note_of(NOTE_UNEXPECTED, -1));
	engine_fail(e, k, (struct reason){.code = CODE_UNEXPECTED_SEGMENT, .n = {true}});
}
