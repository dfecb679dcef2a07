/* The evidence of a run: segments, measures, and how they are written. */
#include "engine_impl.h"

#include "seq.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

size_t evidence_add(struct engine *e, const struct segment *s, enum passage passage, int64_t time_ns)
{
	struct trace *t;

	if (e->trace_count >= TRACE_MAX) {
		e->trace_left_out++;
		return SIZE_MAX;
	}
	e->trace = engine_grow(e->trace, e->trace_count, &e->trace_room, sizeof *e->trace);
	t = &e->trace[e->trace_count];
	*t = (struct trace){.passage = passage, .time_ns = time_ns, .segment = *s, .step = -1};
	t->segment.payload = NULL;
	t->segment.packet = NULL;
	return e->trace_count++;
}

void evidence_note(struct engine *e, size_t trace, bool lost, const char *fmt, ...)
{
	struct trace *t;
	va_list args;

	if (trace == SIZE_MAX)
		return;
	t = &e->trace[trace];
	t->step = e->settled ? -1 : (int)e->step;
	t->lost = lost;
	va_start(args, fmt);
	vsnprintf(t->note, sizeof t->note, fmt, args);
	va_end(args);
}

void evidence_left(struct engine *e, size_t trace, int64_t time_ns)
{
	e->trace[trace].time_ns = time_ns;
	while (++trace < e->trace_count && e->trace[trace].passage == PASSED_OUT && e->trace[trace].lost &&
	       e->trace[trace].time_ns < time_ns)
		e->trace[trace].time_ns = time_ns;
}

static bool same_reading(const struct sighting *a, const struct sighting *b)
{
	return a->step == b->step && a->state == b->state;
}

void evidence_state(struct engine *e, const struct sighting *told)
{
	size_t last = e->sighting_count - 1;
	bool repeats = e->sighting_count && e->sightings[last].still && e->sightings[last].step == told->step;
	bool full = !repeats && e->sighting_count == SIGHTINGS_MAX;

	if (full) {
		e->sightings_left_out++;
	} else if (!repeats) {
		e->sightings =
		    engine_grow(e->sightings, e->sighting_count, &e->sighting_room, sizeof *e->sightings);
		last = e->sighting_count++;
	}
	e->sightings[last] = *told;
	e->sightings[last].still = !full && last && same_reading(&e->sightings[last - 1], told);
}

void evidence_state_wrong(struct engine *e) { e->sightings[e->sighting_count - 1].wrong = true; }

void evidence_measure(struct engine *e, const char *name, char unit, bool list, double value)
{
	struct measure *m = NULL;

	for (size_t i = 0; i < e->measure_count && !m; i++)
		if (strcmp(e->measures[i].name, name) == 0)
			m = &e->measures[i];
	if (!m) {
		m = realloc(e->measures, (e->measure_count + 1) * sizeof *m);
		if (!m)
			abort();
		e->measures = m;
		m += e->measure_count++;
		*m = (struct measure){.unit = unit, .list = list};
		snprintf(m->name, sizeof m->name, "%s", name);
	}
	if (!list)
		m->count = 0;
	if (m->count < MEASURE_VALUES_MAX)
		m->values[m->count++] = value;
}

const char *evidence_text(const struct engine *e, const struct segment *s, bool ours,
                          char buf[SEGMENT_TEXT_BYTES])
{
	const struct connection *c = &e->connection;
	uint32_t irs = !c->have_irs && !ours && (s->flags & TCP_SYN) ? s->seq : c->irs;
	uint32_t seq = s->seq - (ours ? c->iss : irs);
	uint32_t ack = s->ack - (ours ? c->irs : c->iss);
	char flags[FLAGS_TEXT_BYTES], tail[24] = "";

	if (s->flags & TCP_ACK)
		snprintf(tail, sizeof tail, " ack %u", ack);
	snprintf(buf, SEGMENT_TEXT_BYTES, "%s %u:%u(%u)%s", flags_text(s->flags, flags), seq,
	         seq + s->payload_len, s->payload_len, tail);
	return buf;
}
