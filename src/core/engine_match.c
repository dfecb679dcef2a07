/* Asking whether a segment is the one that a step waits for. */
#include "engine_impl.h"

#include <stdio.h>

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
		engine_error(e, "the filter was refused: %s", d.text);
		return false;
	}
	if (p->filter && fields && !answer && why) {
		why->field = "filter";
		snprintf(why->expected, sizeof why->expected, "%s", p->filter);
		snprintf(why->got, sizeof why->got, "no match");
	}
	if (answer ? !fields : fields && !p->filter) {
		engine_error(e, "a bug in fourwave: the filter %s this segment and the fields do not: %s",
		             answer ? "takes" : "refuses", utstring_body(&e->filter));
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
