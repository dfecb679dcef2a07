/* Asking whether a segment is the one that a step waits for. */
#include "engine_impl.h"

/* The filter's answer to p, lowered for this segment's layout. */
static int ask_filter(struct engine *e, const struct pattern *p, const struct segment *s, struct diag *d)
{
	while (!e->filter_room ||
	       !pattern_lower(p, &e->scope, s->src.family, s->tcp_offset, e->filter, e->filter_room)) {
		e->filter_room = e->filter_room ? e->filter_room * 2 : 1024;
		e->filter = memory_resize(e->filter, e->filter_room, 1);
	}
	return e->config.filter->ask(e->config.filter->context, e->filter, s, d);
}

bool engine_matches(struct engine *e, const struct pattern *p, const struct segment *s, struct mismatch *why)
{
	bool fields = pattern_match(p, s, &e->scope, why);
	struct diag d;
	int answer;

	if (!e->config.filter || !s->packet)
		return fields;
	answer = ask_filter(e, p, s, &d);
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
		struct reason bug = reason_text_of(CODE_FILTER_BUG, e->filter);

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
