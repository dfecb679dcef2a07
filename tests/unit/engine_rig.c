/* See engine_rig.h. */
#include "engine_rig.h"

#include "core/rules.h"
#include "lang/load.h"
#include "lang/profile.h"
#include "report/words.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int64_t ns(double ms) { return (int64_t)(ms * 1e6) + 1000000000000LL; }

void rig_init(struct rig *r, const char *header, const char *steps) { rig_init_by(r, NULL, header, steps); }

void rig_init_by(struct rig *r, const char *profile, const char *header, const char *steps)
{
	struct messages *messages = messages_new();
	struct profile *p = profile ? profile_parse("rig", profile, strlen(profile), "", messages) : NULL;
	struct lang_options options = {.profile = p};
	char text[8192];

	*r = (struct rig){.confirm = true};
	snprintf(text, sizeof text, "scenario \"t\"\n%s\n%s\n", header, steps);
	r->scenario = scenario_parse("t.wave", text, strlen(text), &options, messages);
	ck_assert_msg(r->scenario, "%s", messages_at(messages, 0)->diag.text);
	messages_free(messages);
	profile_free(p);
	r->config = (struct engine_config){
	    .local = {4, {192, 0, 2, 1}},
	    .remote = {4, {192, 0, 2, 2}},
	    .local_port = 61000,
	    .remote_port = 80,
	    .iss = RIG_ISS,
	    .slow = 1.0,
	    .state_observable = true,
	};
}

void rig_free(struct rig *r)
{
	engine_free(r->engine);
	scenario_free(r->scenario);
}

void rig_give(struct rig *r, const struct event *event) { engine_give(r->engine, event, NULL, 0); }

void rig_come(struct rig *r, const struct segment *s)
{
	engine_give(r->engine, &(struct event){.kind = EVENT_CAME, .time_ns = s->time_ns}, s, 0);
}

void rig_left(struct rig *r, unsigned id, int64_t time_ns)
{
	engine_give(r->engine, &(struct event){.kind = EVENT_SENT, .time_ns = time_ns}, NULL, id);
}

void rig_abort(struct rig *r, double ms, enum code code)
{
	const struct reason why = {.code = code};

	rig_give(r, &(struct event){
	                .kind = EVENT_ABORT, .time_ns = ns(ms), .verdict = VERDICT_ERROR, .reason = &why});
}

void rig_start(struct rig *r)
{
	r->engine = engine_new(r->scenario, &r->config);
	ck_assert_ptr_nonnull(r->engine);
	rig_give(r, &(struct event){.kind = EVENT_START, .time_ns = ns(0)});
}

static uint16_t parse_flags(const char *flags)
{
	static const char letters[] = "FSRP.U";
	uint16_t bits = 0;

	for (; *flags; flags++) {
		const char *at = strchr(letters, *flags);

		ck_assert_ptr_nonnull(at);
		bits = (uint16_t)(bits | 1u << (at - letters));
	}
	return bits;
}

static void in(struct rig *r, double ms, const char *flags, uint32_t seq, uint32_t ack, const void *payload,
               uint32_t len)
{
	struct segment s = {.src = r->config.remote,
	                    .dst = r->config.local,
	                    .sport = r->config.remote_port ? r->config.remote_port : 80,
	                    .dport = r->config.local_port,
	                    .flags = parse_flags(flags),
	                    .seq = RIG_IRS + seq,
	                    .ack = RIG_ISS + ack,
	                    .wnd = 65535,
	                    .payload = len ? payload : NULL,
	                    .payload_len = len,
	                    .payload_captured = len,
	                    .time_ns = ns(ms)};

	rig_come(r, &s);
}

void rig_in(struct rig *r, double ms, const char *flags, uint32_t seq, uint32_t ack, uint32_t len)
{
	static const uint8_t zeros[2048];

	in(r, ms, flags, seq, ack, zeros, len);
}

void rig_in_text(struct rig *r, double ms, const char *flags, uint32_t seq, uint32_t ack, const char *text)
{
	in(r, ms, flags, seq, ack, text, (uint32_t)strlen(text));
}

void rig_open(struct rig *r)
{
	rig_start(r);
	rig_out(r, "S", 0, 0, 0);
	rig_in(r, 1, "S.", 0, 1, 0);
	rig_out(r, ".", 1, 1, 0);
}

void rig_tick(struct rig *r, double ms)
{
	rig_give(r, &(struct event){.kind = EVENT_TICK, .time_ns = ns(ms)});
}

void rig_out(struct rig *r, const char *flags, uint32_t seq, uint32_t ack, uint32_t len)
{
	struct action a;

	ck_assert_msg(engine_action(r->engine, &a), "no action, expected %s", flags);
	ck_assert_int_eq(a.kind, ACTION_SEND);
	ck_assert_uint_eq(a.segment.flags, parse_flags(flags));
	ck_assert_uint_eq(a.segment.seq - RIG_ISS, seq);
	if (a.segment.flags & TCP_ACK)
		ck_assert_uint_eq(a.segment.ack - RIG_IRS, ack);
	ck_assert_uint_eq(a.segment.payload_len, len);
	r->last_id = a.id;
	if (r->confirm)
		rig_left(r, a.id, a.segment.time_ns);
}

struct provocation rig_asks(struct rig *r, enum action_kind kind)
{
	struct action a;

	ck_assert(engine_action(r->engine, &a));
	ck_assert_int_eq(a.kind, kind);
	return a.provocation;
}

void rig_nothing(struct rig *r)
{
	struct action a;

	ck_assert(!engine_action(r->engine, &a));
}

void rig_provoked(struct rig *r, double ms)
{
	rig_give(r, &(struct event){.kind = EVENT_PROVOKED, .time_ns = ns(ms), .ok = true});
}

void rig_state(struct rig *r, double ms, enum tcp_state state, double timer_ms)
{
	struct observed_state o = {.known = true, .state = state, .has_timer = timer_ms >= 0};

	o.timer_ns = (int64_t)(timer_ms * 1e6);
	rig_give(r, &(struct event){.kind = EVENT_STATE, .time_ns = ns(ms), .state = o});
}

void rig_verdict(struct rig *r, enum verdict_kind kind, const char *reason)
{
	const struct verdict *v = engine_verdict(r->engine);
	const struct result result = {.scenario = r->scenario,
	                              .family = 4,
	                              .verdict = v,
	                              .listens = r->config.peer_connects,
	                              .connection = engine_connection(r->engine)};
	char text[REASON_BYTES];

	reason_text(&result, text, sizeof text);
	ck_assert_msg(v->kind == kind, "%s, expected %s: %s", verdict_name(v->kind), verdict_name(kind),
	              text);
	ck_assert_msg((kind == VERDICT_PASS) == !*text, "%s", text);
	ck_assert_int_eq(kind == VERDICT_PASS || kind == VERDICT_NONE, !v->reason.code);
	if (reason)
		ck_assert_msg(strstr(text, reason), "'%s' is not in: %s", reason, text);
}

void rig_broke(struct rig *r, enum rule rule, unsigned count)
{
	const struct verdict *v = engine_verdict(r->engine);

	for (enum rule i = 0; i < RULE_COUNT; i++)
		ck_assert_msg(v->breaches[i].count == (i == rule ? count : 0), "%s: %u", rules[i].id,
		              v->breaches[i].count);
}

void rig_warned(struct rig *r, size_t count, const char *code, int step)
{
	const struct verdict *v = engine_verdict(r->engine);
	const struct warning *last = v->warnings + v->warning_count - 1;

	ck_assert_uint_eq(v->warning_count, count);
	ck_assert_str_eq(code_name(last->reason.code), code);
	ck_assert_int_eq(last->step, step);
}

void rig_field(struct rig *r, const char *field)
{
	const struct reason *why = &engine_verdict(r->engine)->reason;

	ck_assert_uint_gt(why->field_count, 0);
	ck_assert_str_eq(field_name(why->fields[0].field), field);
}

double rig_measure(struct rig *r, enum measure_kind kind, unsigned index)
{
	const struct verdict *v = engine_verdict(r->engine);

	for (size_t i = 0; i < v->measure_count; i++)
		if (v->measures[i].kind == kind && index < v->measures[i].count)
			return v->measures[i].values[index];
	ck_abort_msg("nothing measured of kind %d[%u]", kind, index);
	return 0;
}
