/* A named case to JSON. Writes nothing. */
#include "read/close_case.h"

#include <stdlib.h>

#include <jansson.h>

#include "base/text.h"
#include "read/file.h"

enum { CASE_SCHEMA_VERSION = 1 };

static json_t *end_json(const struct addr *a, uint16_t port)
{
	char text[ADDR_TEXT_BYTES];

	return json_pack("{s:s, s:i}", "address", addr_text(a, text), "port", port);
}

static json_t *unusual_json(const struct flow *flow, const struct close_case *c)
{
	json_t *list = json_array();

	for (unsigned i = 0; i < c->unusual_count; i++) {
		const struct unusual *u = &c->unusual[i];

		json_array_append_new(list, json_pack("{s:s, s:I, s:s}", "code", rules[u->rule].id, "frame",
		                                      (json_int_t)flow->frames[u->segment], "text", u->text));
	}
	return list;
}

/* From one direction nobody can tell. */
static const char *state_of(const struct close_case *c, int end)
{
	return c->kind == CLOSE_ONE_WAY ? NULL : state_name(c->seen.ends[end].state);
}

/* The object's text, and the times among its members: to the nanosecond, which no double holds and jansson
 * cannot write. */
static char *put_times(const json_t *object, int64_t start_ns, int64_t seconds_ns)
{
	char *members = json_dumps(object, JSON_COMPACT | JSON_ENSURE_ASCII | JSON_EMBED);
	lldiv_t start = lldiv(start_ns, NS_PER_S), seconds = lldiv(seconds_ns, NS_PER_S);
	UT_string line;

	if (!members)
		memory_ended();
	utstring_init(&line);
	utstring_printf(&line, "{%s,\"start\":%lld.%09lld,\"seconds\":", members, start.quot, start.rem);
	if (seconds_ns < 0)
		utstring_printf(&line, "null}");
	else
		utstring_printf(&line, "%lld.%09lld}", seconds.quot, seconds.rem);
	free(members);
	return utstring_body(&line);
}

char *case_json(const char *capture, size_t number, const struct flow *flow, const struct close_case *c,
                const struct case_mark *marks)
{
	static const char *const ends[] = {"client", "server"};
	const struct segment *s = flow->list[0];
	json_t *from = end_json(&s->src, s->sport), *to = end_json(&s->dst, s->dport);
	json_t *path = json_string(capture), *clauses = json_array(), *object;
	const struct close_fin *first = &c->fins[c->first > 0], *second = &c->fins[c->first <= 0];
	bool turned = marks[0].from != 0;
	char text[CASE_TEXT_BYTES], *line;

	for (unsigned i = 0; i < c->clause_count; i++)
		json_array_append_new(clauses, json_string(c->clauses[i]));
	object = json_pack("{s:i, s:o, s:I, s:o, s:o, s:b, s:I, s:[I, I], s:I, s:s, s:s, s:o, s:s?,"
	                   " s:{s:i, s:i, s:i, s:i}, s:{s:s?, s:s?}, s:o, s:i}",
	                   "schema_version", CASE_SCHEMA_VERSION, "capture",
	                   path ? path : json_string("(no UTF-8)"), "connection", (json_int_t)number,
	                   "client", turned ? to : from, "server", turned ? from : to, "begun", c->began,
	                   "segments", (json_int_t)flow->count, "frames", (json_int_t)flow->frames[0],
	                   (json_int_t)flow->frames[flow->count - 1], "copies", (json_int_t)flow->copies,
	                   "kind", close_kind_name(c->kind), "summary", close_case_text(c, text), "clauses",
	                   clauses, "first", c->first < 0 ? NULL : ends[c->first], "lost", "first_fin",
	                   first->lost, "first_ack", first->ack_lost, "second_fin", second->lost, "last_ack",
	                   second->ack_lost, "states", "client", state_of(c, 0), "server", state_of(c, 1),
	                   "unusual", unusual_json(flow, c), "unusual_more", c->unusual_more);
	line = put_times(object, s->time_ns, c->seconds_ns);
	json_decref(object);
	return line;
}
