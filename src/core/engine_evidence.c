/* The evidence of a run: segments, measures, and how they are written. */
#include "engine_impl.h"

#include <stdio.h>

size_t evidence_add(struct engine *e, const struct segment *s, enum passage passage, int64_t time_ns)
{
	struct verdict *v = &e->verdict;
	struct trace *t;

	if (v->trace_count >= TRACE_MAX) {
		v->trace_omitted++;
		return SIZE_MAX;
	}
	t = LIST_ADD(v->trace, v->trace_count, e->trace_room);
	*t = (struct trace){
	    .passage = passage, .time_ns = time_ns, .segment = *s, .step = -1, .note.slot = -1};
	t->segment.payload = NULL;
	t->segment.packet = NULL;
	return v->trace_count - 1;
}

struct note note_of(enum note_kind kind, int slot) { return (struct note){.kind = kind, .slot = slot}; }

void evidence_note(struct engine *e, size_t trace, bool lost, struct note note)
{
	struct trace *t;

	if (trace == SIZE_MAX)
		return;
	t = &e->verdict.trace[trace];
	t->step = e->settled ? -1 : (int)e->step;
	t->lost = lost;
	t->note = note;
}

void evidence_state(struct engine *e, const struct observation *observed)
{
	struct verdict *v = &e->verdict;
	struct observation *last = v->observation_count ? &v->observations[v->observation_count - 1] : NULL;
	bool repeats = last && last->still && last->step == observed->step;
	bool full = !repeats && v->observation_count == OBSERVATIONS_MAX;

	if (full)
		v->observations_omitted++;
	else if (!repeats)
		last = LIST_ADD(v->observations, v->observation_count, e->observation_room);
	*last = *observed;
	last->still = !full && last > v->observations && last[-1].step == observed->step &&
	              last[-1].state == observed->state;
}

void evidence_state_wrong(struct engine *e)
{
	e->verdict.observations[e->verdict.observation_count - 1].wrong = true;
}

void evidence_measure(struct engine *e, enum measure_kind kind, double value)
{
	struct verdict *v = &e->verdict;
	int step = kind >= MEASURE_INTERVAL ? (int)e->step : -1;
	struct measure *m = v->measures;

	while (m < v->measures + v->measure_count && (m->kind != kind || m->step != step))
		m++;
	if (m == v->measures + v->measure_count) {
		m = LIST_ADD(v->measures, v->measure_count, e->measure_room);
		*m = (struct measure){.kind = kind, .step = step};
	}
	if (m->count < MEASURE_VALUES_MAX)
		m->values[m->count++] = value;
}

void evidence_text(const struct engine *e, const struct segment *s, char buf[SEGMENT_TEXT_BYTES])
{
	const struct connection *c = &e->connection;
	uint32_t seq = s->seq - (!c->have_irs && (s->flags & TCP_SYN) ? s->seq : c->irs);
	char flags[FLAGS_TEXT_BYTES], tail[24] = "";

	if (s->flags & TCP_ACK)
		snprintf(tail, sizeof tail, " ack %u", s->ack - c->iss);
	snprintf(buf, SEGMENT_TEXT_BYTES, "%s %u:%u(%u)%s", flags_text(s->flags, flags), seq,
	         seq + s->payload_len, s->payload_len, tail);
}
