/* Asking whether a segment is the one that a step waits for. */
#include "engine_impl.h"

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
