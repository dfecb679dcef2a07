/* The peer's segments: kept until their step, given to it, or judged as what no step accounts for. */
#include "engine_impl.h"

#include <stdio.h>
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

bool engine_allows(struct engine *e, const struct kept *k)
{
	/* After a pass, too: what is allowed may come until the connection is tidied. */
	for (size_t i = 0; i < e->allowed_count && (!e->settled || e->verdict.kind == VERDICT_PASS); i++) {
		const struct pattern *p = e->allowed[i];

		if (engine_matches(e, p, &k->segment, NULL)) {
			if (engine_strict(e, k))
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

void engine_drop(struct engine *e)
{
	free(e->kept[0].bytes);
	e->kept_count--;
	memmove(e->kept, e->kept + 1, e->kept_count * sizeof *e->kept);
}

static void fail_stranger(struct engine *e, const struct kept *k, struct reason why)
{
	char text[SEGMENT_TEXT_BYTES];

	evidence_text(e, &k->segment, text);
	if (!why.field_count)
		why.fields[why.field_count++] =
		    (struct mismatch){.field = DIFFERS_SEGMENT, .got = datum_notation(text)};
	engine_fail(e, k, why);
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
	fail_stranger(e, k, why);
}

bool engine_feed(struct engine *e)
{
	struct kept k = e->kept[0];
	const struct step_ops *ops = engine_ops(engine_current(e));
	enum taken taken = KEPT;

	e->now_ns = k.segment.time_ns > e->now_ns ? k.segment.time_ns : e->now_ns;
	if (k.segment.time_ns > e->deadline_ns) {
		ops->expire(e);
		return true;
	}
	if (ops->segment)
		taken = ops->asks_strict || engine_strict(e, &k) ? ops->segment(e, &k) : TAKEN;
	if (taken == KEPT)
		return !e->waiting;
	if (taken == REFUSED && !e->settled && !engine_allows(e, &k) && !e->settled && !plain_takes(e, &k) &&
	    !synack_takes(e, &k) && !e->settled)
		fail_unexpected(e, &k);
	engine_drop(e);
	return true;
}

/* After the last step and until the connection is tidied what comes must
 * still be accounted for. A resend of what the scenario has seen is not new:
 * a slow machine of ours may have left the peer waiting for an ACK. */
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
	if (e->interrupted || e->verdict.kind != VERDICT_PASS || e->tidy_seen || !e->tidy_id) {
		/* what came while a step asked the peer's host was kept for the next step */
		bool untaken = k->segment.time_ns < e->verdict.ended_ns;

		evidence_note(e, k->trace, false, note_of(untaken ? NOTE_UNTAKEN : NOTE_AFTER_VERDICT, -1));
		return;
	}
	if (!engine_strict(e, k))
		return;
	if (seen_before(e, k) || engine_allows(e, k) || plain_takes(e, k)) {
		evidence_note(e, k->trace, false, note_of(NOTE_AFTER_LAST, -1));
		return;
	}
	evidence_note(e, k->trace, false, note_of(NOTE_UNEXPECTED, -1));
	fail_stranger(e, k, (struct reason){.code = CODE_UNEXPECTED_SEGMENT, .n = {true}});
}
