/* A named case to JSON. Writes nothing. */
#include "read/case_json.h"

#include <stdlib.h>
#include <string.h>

#include <jansson.h>

static json_t *end_json(const struct addr *a, uint16_t port)
{
	json_t *object = json_object();
	char text[ADDR_TEXT_BYTES];

	json_object_set_new(object, "address", json_string(addr_text(a, text)));
	json_object_set_new(object, "port", json_integer(port));
	return object;
}

static void set_ends(json_t *object, const struct flow *flow, const struct case_mark *mark)
{
	const struct segment *s = flow->list[0];
	json_t *from = end_json(&s->src, s->sport), *to = end_json(&s->dst, s->dport);

	json_object_set_new(object, "client", mark->from == 0 ? from : to);
	json_object_set_new(object, "server", mark->from == 0 ? to : from);
}

static json_t *end_name(int end)
{
	return end < 0 ? json_null() : json_string(end == 0 ? "client" : "server");
}

static json_t *clauses_json(const struct close_case *c)
{
	json_t *list = json_array();

	for (unsigned i = 0; i < c->clause_count; i++)
		json_array_append_new(list, json_string(c->clauses[i]));
	return list;
}

static json_t *unusual_json(const struct flow *flow, const struct close_case *c)
{
	json_t *list = json_array();

	for (unsigned i = 0; i < c->unusual_count; i++) {
		json_t *object = json_object();
		size_t frame = flow->frames[c->unusual[i].segment];

		json_object_set_new(object, "frame", json_integer((json_int_t)frame));
		json_object_set_new(object, "text", json_string(c->unusual[i].text));
		json_array_append_new(list, object);
	}
	return list;
}

static json_t *lost_json(const struct close_case *c)
{
	json_t *object = json_object();
	int first = c->first > 0;

	json_object_set_new(object, "first_fin", json_integer(c->ends[first].fin_lost));
	json_object_set_new(object, "first_ack", json_integer(c->ends[first].ack_lost));
	json_object_set_new(object, "second_fin", json_integer(c->ends[!first].fin_lost));
	json_object_set_new(object, "last_ack", json_integer(c->ends[!first].ack_lost));
	return object;
}

/* From one direction nobody can tell. */
static json_t *states_json(const struct close_case *c, const enum tcp_state states[2])
{
	json_t *object = json_object();
	bool known = c->kind != CLOSE_ONE_WAY;

	json_object_set_new(object, "client", known ? json_string(state_name(states[0])) : json_null());
	json_object_set_new(object, "server", known ? json_string(state_name(states[1])) : json_null());
	return object;
}

/* A time to the nanosecond, which no double holds and jansson cannot write. */
static const char *time_text(int64_t ns, char buf[32])
{
	snprintf(buf, 32, "%lld.%09lld", (long long)(ns / 1000000000), (long long)(ns % 1000000000));
	return buf;
}

/* The object's text, and the times among its members. */
static char *put_times(const json_t *object, int64_t start_ns, int64_t seconds_ns)
{
	char *members = json_dumps(object, JSON_COMPACT | JSON_ENSURE_ASCII | JSON_EMBED), *line;
	char start[32], seconds[32];
	size_t size;

	if (!members)
		return NULL;
	size = strlen(members) + 2 * sizeof start + 32;
	line = malloc(size);
	if (line)
		snprintf(line, size, "{%s,\"start\":%s,\"seconds\":%s}", members, time_text(start_ns, start),
		         seconds_ns < 0 ? "null" : time_text(seconds_ns, seconds));
	free(members);
	return line;
}

char *case_json(const char *capture, size_t number, const struct flow *flow, const struct close_case *c,
                const struct case_mark *marks, const enum tcp_state states[2])
{
	json_t *object = json_object(), *frames = json_array(), *path = json_string(capture);
	char text[CASE_TEXT_BYTES];

	json_array_append_new(frames, json_integer((json_int_t)flow->frames[0]));
	json_array_append_new(frames, json_integer((json_int_t)flow->frames[flow->count - 1]));
	json_object_set_new(object, "schema_version", json_integer(CASE_SCHEMA_VERSION));
	json_object_set_new(object, "capture", path ? path : json_string("(no UTF-8)"));
	json_object_set_new(object, "connection", json_integer((json_int_t)number));
	set_ends(object, flow, &marks[0]);
	json_object_set_new(object, "begun", json_boolean(c->began));
	json_object_set_new(object, "segments", json_integer((json_int_t)flow->count));
	json_object_set_new(object, "frames", frames);
	json_object_set_new(object, "copies", json_integer((json_int_t)flow->copies));
	json_object_set_new(object, "kind", json_string(close_kind_name(c->kind)));
	json_object_set_new(object, "summary", json_string(close_case_text(c, text)));
	json_object_set_new(object, "clauses", clauses_json(c));
	json_object_set_new(object, "first", end_name(c->first));
	json_object_set_new(object, "lost", lost_json(c));
	json_object_set_new(object, "states", states_json(c, states));
	json_object_set_new(object, "unusual", unusual_json(flow, c));
	json_object_set_new(object, "unusual_more", json_integer(c->unusual_more));
	char *line = put_times(object, flow->list[0]->time_ns, c->seconds_ns);
	json_decref(object);
	return line;
}
