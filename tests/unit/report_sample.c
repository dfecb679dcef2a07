/* Results made by hand. */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "report_sample.h"

enum { ISS = 0xfffffff0, IRS = 0x7ffffff8, START_S = 1000 };

const struct style plain80 = {.width = 80};
const struct style fancy140 = {.width = 140, .unicode = true};

static void add_step(struct sample *s, enum step_kind kind, int line, const char *text)
{
	s->steps[s->scenario.step_count++] =
	    (struct step){.kind = kind, .where = {s->scenario.file, line, 1}, .text = text};
}

static struct trace *add_trace(struct sample *s, double seconds, bool ours, uint16_t flags, uint32_t seq,
                               uint32_t ack, int step)
{
	struct trace *t = &s->trace[s->verdict.trace_count++];
	struct connection *c = &s->connection;

	*t = (struct trace){
	    .passage = ours ? PASSED_OUT : PASSED_IN,
	    .time_ns = START_S * INT64_C(1000000000) + (int64_t)(seconds * 1e9),
	    .step = step,
	    .note.slot = -1,
	    .segment =
	        {
	            .src = ours ? c->local : c->remote,
	            .dst = ours ? c->remote : c->local,
	            .sport = ours ? c->local_port : c->remote_port,
	            .dport = ours ? c->remote_port : c->local_port,
	            .flags = flags,
	            .seq = (ours ? (uint32_t)ISS : IRS) + seq,
	            .ack = flags & TCP_ACK ? (ours ? IRS : (uint32_t)ISS) + ack : 0,
	            .wnd = ours ? 65535 : 64240,
	            .ttl = 64,
	        },
	};
	return t;
}

static void add_steps(struct sample *s)
{
	add_step(s, STEP_OPEN, 12, "open");
	add_step(s, STEP_PROVOKE, 14, "provoke close");
	add_step(s, STEP_EXPECT, 15, "expect F. seq rcv.nxt ack snd.nxt lost within 1s as fin");
	add_step(s, STEP_RETRANSMIT, 16, "expect retransmit fin lost count 2 backoff 2 +15%/-2% gives up");
	s->steps[3].series = (struct series){.slot = 0, .with = -1};
	add_step(s, STEP_SEND, 19, "send . seq snd.nxt ack rcv.nxt+1");
	add_step(s, STEP_EXPECT, 20, "expect R within 1s");
}

static void add_opening(struct sample *s)
{
	add_trace(s, 0.000004, true, TCP_SYN, 0, 0, 0);
	add_trace(s, 0.000045, false, TCP_SYN | TCP_ACK, 0, 1, 0);
	add_trace(s, 0.000071, true, TCP_ACK, 1, 1, 0);
	add_trace(s, 0.0009, false, TCP_FIN | TCP_ACK, 1, 1, 2)->lost = true;
	s->trace[3].note = (struct note){.kind = NOTE_EXPECTED};
}

static struct trace *add_resend(struct sample *s, unsigned number, double seconds)
{
	struct trace *t = add_trace(s, seconds, false, TCP_FIN | TCP_ACK, 1, 1, 3);

	t->note = (struct note){.kind = NOTE_RESEND, .slot = -1, .n = number};
	t->lost = true;
	return t;
}

static void start(struct sample *s)
{
	static const char *const names[] = {"fin", "fin2", "ack2"};
	static const struct used_value values[] = {{"time_wait", "59s..60s", "linux"}};

	memset(s, 0, sizeof *s);
	s->clauses[0] = (struct clause){6298, "5.5", LEVEL_COUNT};
	s->clauses[1] = (struct clause){9293, "3.10.4", LEVEL_COUNT};
	s->scenario = (struct scenario){
	    .file = "scenarios/table/row1-passive-retries1.wave",
	    .title = "The first wave is lost: the peer retransmits its FIN and backs off",
	    .control = "tcp_orphan_retries",
	    .row = 1,
	    .role = ROLE_PASSIVE,
	    .families = FAMILY_IPV4 | FAMILY_IPV6,
	    .clauses = s->clauses,
	    .clause_count = 2,
	    .steps = s->steps,
	    .names = names,
	    .name_count = sizeof names / sizeof *names,
	    .values = values,
	    .value_count = 1,
	};
	s->connection = (struct connection){
	    .local = {4, {10, 203, 0, 1}},
	    .remote = {4, {10, 203, 0, 2}},
	    .local_port = 20001,
	    .remote_port = 4145,
	    .iss = ISS,
	    .irs = IRS,
	    .have_irs = true,
	};
	s->verdict = (struct verdict){
	    .step = -1,
	    .started_ns = START_S * INT64_C(1000000000),
	    .iss = ISS,
	    .irs = IRS,
	    .measures = s->measures,
	    .trace = s->trace,
	    .observations = s->observations,
	    .warnings = s->warnings,
	};
	s->result = (struct result){
	    .scenario = &s->scenario,
	    .family = 4,
	    .verdict = &s->verdict,
	    .seconds = 1.7049,
	    .target = "lab",
	    .connection = &s->connection,
	};
	add_steps(s);
}

void sample_measure(struct sample *s, enum measure_kind kind, int step, unsigned count, const double *values)
{
	struct measure *m = &s->measures[s->verdict.measure_count++];

	*m = (struct measure){.kind = kind, .step = step, .count = count};
	memcpy(m->values, values, count * sizeof *values);
}

struct observation *sample_observation(struct sample *s, double seconds, enum tcp_state state, int step)
{
	struct observation *observed = &s->observations[s->verdict.observation_count++];

	*observed = (struct observation){.time_ns = START_S * INT64_C(1000000000) + (int64_t)(seconds * 1e9),
	                                 .state = state,
	                                 .step = step};
	return observed;
}

void sample_pass(struct sample *s)
{
	static const double gaps[] = {0.20634, 0.41612}, resends = 2, gave_up = 1.4801;

	start(s);
	s->verdict.kind = VERDICT_PASS;
	s->verdict.whole = true;
	add_opening(s);
	add_resend(s, 1, 0.20724);
	add_resend(s, 2, 0.62336);
	add_trace(s, 1.7, true, TCP_ACK, 1, 2, 4);
	add_trace(s, 1.70003, false, TCP_RST, 2, 0, 5);
	sample_measure(s, MEASURE_RESENDS, 3, 1, &resends);
	sample_measure(s, MEASURE_GAPS, 3, 2, gaps);
	sample_measure(s, MEASURE_GAVE_UP, 3, 1, &gave_up);
}

void sample_fail(struct sample *s)
{
	static const double resends = 1, gap = 0.20634;
	struct trace *t;

	start(s);
	s->verdict.kind = VERDICT_FAIL;
	add_opening(s);
	add_resend(s, 1, 0.20724);
	t = add_resend(s, 2, 0.62336);
	t->segment.seq++;
	t->lost = false;
	t->wrong = true;
	t->step = -1;
	t->note = (struct note){.kind = NOTE_TEXT, .slot = -1, .text = "nothing allows it"};
	t = add_trace(s, 0.6235, true, TCP_RST, 1, 0, -1);
	t->note = (struct note){.kind = NOTE_TIDIES, .slot = -1};
	s->verdict.step = 3;
	s->verdict.where = s->steps[3].where;
	s->verdict.reason = reason_field(CODE_WRONG_SEGMENT, DIFFERS_SEQ, datum_of(DATUM_NUMBER, 1, 0),
	                                 datum_of(DATUM_NUMBER, 2, 0));
	strcpy(s->verdict.reason.text, "F. 2:2(0) ack 1");
	s->result.capture = "captures/row1-passive-retries1-ipv4.pcap";
	s->result.seconds = 0.62;
	sample_measure(s, MEASURE_RESENDS, 3, 1, &resends);
	sample_measure(s, MEASURE_GAPS, 3, 1, &gap);
}

/* The next; the verdict has what the first has. */
static void warn(struct sample *s, int step, struct basis basis, struct reason why)
{
	struct warning *w = &s->warnings[s->verdict.warning_count++];

	*w = (struct warning){.reason = why, .basis = basis, .step = step, .where = s->steps[step].where};
	if (s->verdict.kind != VERDICT_WARN || w != s->warnings)
		return;
	s->verdict.reason = why;
	s->verdict.basis = basis;
	s->verdict.step = step;
	s->verdict.where = w->where;
}

static void warn_of_gap(struct sample *s)
{
	warn(s, 3, (struct basis){.level = LEVEL_SHOULD, .clause = {.rfc = 6298, .section = "2.4"}},
	     reason_field(CODE_FIRST_GAP, DIFFERS_FIRST_GAP,
	                  datum_of(DATUM_TIME_AT_LEAST, INT64_C(1000000000), 0),
	                  datum_of(DATUM_TIME, 206340000, 0)));
}

void sample_warn(struct sample *s)
{
	sample_pass(s);
	s->scenario.file = "scenarios/table/row1-warned.wave";
	s->verdict.kind = VERDICT_WARN;
	warn_of_gap(s);
	warn(s, 5, (struct basis){.level = LEVEL_CHOICE, .choice = "time_wait"},
	     reason_field(CODE_STATE_TIMER, DIFFERS_TIMER,
	                  datum_of(DATUM_TIME_RANGE, INT64_C(59000000000), INT64_C(60000000000)),
	                  datum_of(DATUM_TIME, INT64_C(30000000000), 0)));
}

void sample_warned_fail(struct sample *s)
{
	sample_fail(s);
	s->scenario.file = "scenarios/table/row1-warned-fail.wave";
	s->verdict.step = 5;
	s->verdict.where = s->steps[5].where;
	s->verdict.basis =
	    (struct basis){.level = LEVEL_MUST, .clause = {.rfc = 9293, .section = "3.10.7.4"}};
	warn_of_gap(s);
}

void sample_breach(struct sample *s, enum rule rule, size_t trace, unsigned count)
{
	s->verdict.breaches[rule] =
	    (struct rule_breaches){.count = count, .first = {.rule = rule, .got = 4}, .trace = trace};
}

void page_open(struct page *p)
{
	*p = (struct page){0};
	p->out = open_memstream(&p->text, &p->len);
	ck_assert_ptr_nonnull(p->out);
}

void page_close(struct page *p)
{
	fclose(p->out);
	p->out = NULL;
}

void page_free(struct page *p) { free(p->text); }

void page_is_tidy(const struct page *p, int columns)
{
	const char *at = p->text;

	ck_assert_uint_eq(strlen(p->text), p->len);
	while (*at) {
		size_t len = strcspn(at, "\n");
		char line[4096];

		ck_assert_uint_lt(len, sizeof line);
		snprintf(line, sizeof line, "%.*s", (int)len, at);
		ck_assert_msg(clean_columns(line, true) <= columns, "too wide: %s", line);
		ck_assert_msg(len == 0 || line[len - 1] != ' ', "a blank at the end: %s", line);
		for (size_t i = 0; i < len; i++)
			ck_assert_msg((unsigned char)line[i] >= 0x20 && line[i] != 0x7f, "control: %s", line);
		at += len;
		ck_assert_int_eq(*at, '\n');
		at++;
	}
}
