/* Writes the samples of the unit tests, nasty ones among them, as a report, for
 * the scripts that check its form: sample_report json|junit|html PATH [strict] [known]. known: with a
 * baseline. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "report/baseline.h"
#include "report/formats.h"
#include "report/save.h"
#include "report_sample.h"

enum { SAMPLES = 8 };

/* What a file or a peer could bring: markup, controls, bytes that are no UTF-8. */
#define NASTY                                                                                                \
	"</title></style><script>alert(1)</"                                                                 \
	"script>]]>&amp;\"'\x01\x1b[31m\xff\xc0\xaf\n\r\t\xe2\x80\xae\xef\xbf\xbf"

static void make_nasty(struct sample *s)
{
	static const char *const names[] = {NASTY};
	static struct sysctl_setting sysctl = {{NULL, 1, 1}, NASTY, NASTY};

	sample_fail(s);
	s->scenario.title = NASTY;
	s->scenario.file = "dir." NASTY "/x" NASTY ".wave";
	s->scenario.claim = s->scenario.control = NASTY;
	s->scenario.row = 0;
	s->scenario.names = names;
	s->scenario.name_count = 1;
	s->scenario.sysctls = &sysctl;
	s->scenario.sysctl_count = 1;
	s->steps[3].text = s->steps[0].text = NASTY;
	s->verdict.reason =
	    reason_field(CODE_WRONG_SEGMENT, DIFFERS_FILTER, datum_notation(NASTY), datum_notation(NASTY));
	snprintf(s->verdict.reason.text, sizeof s->verdict.reason.text, "%s", NASTY);
	s->trace[4].note = (struct note){.kind = NOTE_TEXT, .slot = -1, .text = NASTY};
	s->result.target = s->result.capture = NASTY;
	s->verdict.trace_omitted = 3;
}

static void make_samples(struct sample *samples)
{
	static const size_t why[IGNORED_COUNT] = {0, 1, 2, 3, 4, 5, 6};
	static const double states[] = {STATE_FIN_WAIT_2, STATE_CLOSED};

	sample_pass(&samples[0]);
	sample_pass(&samples[1]);
	samples[1].result.family = 6;
	samples[1].result.ignored = 21;
	samples[1].result.ignored_why = why;
	samples[1].result.late = 0.0021;
	samples[1].trace[2].ignored = true;
	sample_measure(&samples[1], MEASURE_STATE, -1, 2, states);
	sample_observation(&samples[1], 0.25, STATE_FIN_WAIT_1, 3)->has_timer = true;
	sample_observation(&samples[1], 1.7, STATE_CLOSED, 4)->by_probe = true;
	sample_observation(&samples[2], 0.7, STATE_CLOSED, -1);
	sample_fail(&samples[2]);
	samples[2].scenario.file = "scenarios/table/row1-other.wave";
	sample_pass(&samples[3]);
	samples[3].scenario.file = "skipped.wave";
	samples[3].scenario.row = 0;
	samples[3].verdict.kind = VERDICT_SKIP;
	samples[3].verdict.trace_count = samples[3].verdict.measure_count = 0;
	samples[3].verdict.reason = (struct reason){.code = CODE_NEEDS_AGENT, .n = {NEED_QUIET}};
	sample_pass(&samples[4]);
	samples[4].scenario.file = "claims/error.wave";
	samples[4].scenario.row = 0;
	samples[4].verdict.kind = VERDICT_ERROR;
	samples[4].verdict.reason = (struct reason){.code = CODE_CAPTURE_LOST, .n = {3}};
	make_nasty(&samples[5]);
	sample_warn(&samples[6]);
	sample_breach(&samples[6], RULE_MSS, 4, 3);
	sample_warned_fail(&samples[7]);
	sample_breach(&samples[7], RULE_MSS, 3, 1);
	sample_breach(&samples[7], RULE_RESERVED, 4, 2);
}

static const char known[] =
    "row1-other            ipv4 wrong-segment -  # issue <12> & \"more\"\n"
    "row1-warned           both first-gap rfc6298-2.4  # TODO: why\n"
    "row1-warned           ipv4 state-timer choice-time_wait\n"
    "row1-passive-retries1 both gap rfc6298-5.5  # was so\n"
    "rule:rfc9293-3.2-mss  both row1-warned rfc9293-3.2  # old firmware\n"
    "rule:rfc7323-2.2-wscale-unasked ipv4 row1-passive-retries1 rfc7323-2.2  # gone\n";

static struct baseline *know(struct result *results, struct rule_results *broken)
{
	struct messages *m = messages_new();
	struct baseline *b = baseline_parse("known", known, sizeof known - 1, m);

	for (size_t i = 0; i < messages_count(m); i++)
		fprintf(stderr, "%s\n", messages_at(m, i)->diag.text);
	messages_free(m);
	for (size_t i = 0; i < SAMPLES; i++)
		results[i].known = baseline_knows(b, &results[i]);
	for (size_t i = 0; i < broken->count; i++)
		broken->list[i].known = baseline_knows_rule(b, &broken->list[i]);
	return b;
}

static bool write_json(FILE *out, const struct result *results, const struct rule_results *broken,
                       const struct gone_list *gone, struct diag *d)
{
	for (size_t i = 0; i < SAMPLES; i++)
		if (!json_result(out, &results[i], d))
			return false;
	for (size_t i = 0; i < broken->count; i++)
		if (!json_rule(out, &broken->list[i], d))
			return false;
	for (size_t i = 0; i < gone->count; i++)
		if (!json_gone(out, &gone->list[i], d))
			return false;
	return true;
}

int main(int argc, char **argv)
{
	static struct sample samples[SAMPLES];
	struct result results[SAMPLES];
	struct about about;
	struct rule_results broken;
	struct gone_list gone = {.count = 0};
	struct run_report run = {"", &about, results, SAMPLES, &broken, &gone, false};
	struct baseline *b = NULL;
	struct diag d;
	struct save s;
	bool ok;

	if (argc < 3)
		return 2;
	make_samples(samples);
	for (size_t i = 0; i < SAMPLES; i++)
		results[i] = samples[i].result;
	broken = rule_results(results, SAMPLES);
	for (int i = 3; i < argc; i++) {
		run.strict = run.strict || strcmp(argv[i], "strict") == 0;
		if (strcmp(argv[i], "known") == 0)
			b = know(results, &broken);
	}
	gone = baseline_gone(b, results, SAMPLES, &broken);
	run.path = argv[2];
	about_fill(&about, argc, argv, NASTY);
	ok = save_open(&s, argv[2], &d);
	if (ok && strcmp(argv[1], "json") == 0)
		ok = write_json(s.out, results, &broken, &gone, &d);
	else if (ok && strcmp(argv[1], "junit") == 0)
		ok = junit_print(s.out, &run, &d);
	else if (ok)
		ok = html_print(s.out, &run, &d);
	ok = ok && save_commit(&s, &d);
	about_free(&about);
	free(gone.list);
	baseline_free(b);
	if (!ok)
		fprintf(stderr, "%s\n", d.text);
	return ok ? EXIT_SUCCESS : EXIT_FAILURE;
}
