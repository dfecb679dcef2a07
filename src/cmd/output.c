/* Hands results to the reports. Knows what was asked for, and not how a report looks. */
#include <errno.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "core/engine.h"
#include "base/text.h"
#include "base/memory.h"
#include "cmd/collect.h"
#include "report/formats.h"
#include "report/pen.h"
#include "report/words.h"
#include "cmd/output.h"

/* Told once: the next line would fail in the same way. */
static void check(struct output *out, bool ok, const struct diag *d)
{
	if (ok || out->failed)
		return;
	out->failed = true;
	fprintf(stderr, "fourwave: the report is not whole: %s\n", d->text);
}

#define LATE(name, option, help) {option, offsetof(struct options, name), name##_print},

/* The reports that are written at the end, in a file each. */
static const struct {
	const char *flag;
	size_t option; /* the path in struct options */
	bool (*print)(FILE *out, const struct run_report *run, struct diag *d);
} late[] = {RUN_REPORTS(LATE)};

static const char *late_path(const struct options *o, int which)
{
	return *(const char *const *)((const char *)o + late[which].option);
}

bool output_streams(const struct options *o, FILE **human, FILE **json, struct style *style, struct diag *d)
{
	bool to_stdout = o->json && strcmp(o->json, "-") == 0;

	*human = to_stdout || o->tap ? stderr : stdout;
	*style = style_detect(fileno(*human), o->color, o->ascii);
	if (o->json)
		*json = to_stdout ? stdout : fopen(o->json, "we");
	return !o->json || *json || diag_set(d, "--json %s: %s", o->json, strerror(errno));
}

/* The old one is read before the new one, which may be the same file, is begun. */
static bool open_baselines(struct output *out, const struct options *o, struct diag *d)
{
	struct messages *m = messages_new();
	struct diag why;

	d->text[0] = '\0';
	if (o->baseline)
		out->baseline = baseline_load(o->baseline, m);
	tell_messages(m);
	if (o->baseline && !out->baseline)
		return false;
	return !o->write_baseline || save_open(&out->baseline_save, o->write_baseline, &why) ||
	       diag_set(d, "--write-baseline %s", why.text);
}

/* A mistake in a name is reported before anything is sent. */
bool output_open(struct output *out, const struct options *o, struct diag *d)
{
	struct diag why;

	memset(out, 0, sizeof *out);
	out->options = o;
	out->text.verbose = o->verbose > 0;
	out->text.quiet = o->quiet;
	out->text.strict = o->strict;
	about_fill(&out->about, o->argc, o->argv, o->target);
	if (!open_baselines(out, o, d))
		return false;
	for (int i = 0; i < RUN_REPORT_COUNT; i++)
		if (late_path(o, i) && !save_open(&out->late[i], late_path(o, i), &why))
			return diag_set(d, "%s %s", late[i].flag, why.text);
	return output_streams(o, &out->human, &out->json, &out->text.style, d);
}

/* Where nothing is left to play, the reason is reported in any case. */
static void report_omitted(const struct output *out, const struct jobs *jobs)
{
	size_t quick = jobs->omitted, other = jobs->other_family;

	if (out->options->quiet && jobs->count > 0)
		return;
	if (quick > 0)
		fprintf(out->human, "--quick leaves out %zu scenario%s that take%s over 10 s\n", quick,
		        quick == 1 ? "" : "s", quick == 1 ? "s" : "");
	if (other > 0)
		fprintf(out->human, "%s leaves out %zu scenario%s for IPv%d only\n",
		        out->options->ipv4 ? "-4" : "-6", other, other == 1 ? "" : "s",
		        out->options->ipv4 ? 6 : 4);
}

/* What was played again is no verdict, but it took its time. */
static void report_late(const struct output *out, const struct jobs *jobs)
{
	size_t runs = 0;

	for (size_t i = 0; i < jobs->count; i++)
		runs += jobs->list[i].late_again > 0;
	if (runs > 0)
		fprintf(out->human, "played again, as we were late: %zu run%s\n", runs, runs == 1 ? "" : "s");
}

/* What judges them all. */
static const char *profile_of_all(const struct jobs *jobs)
{
	const char *first = jobs->count > 0 ? jobs->list[0].profile : NULL;

	for (size_t i = 1; first && i < jobs->count; i++)
		if (!jobs->list[i].profile || strcmp(jobs->list[i].profile, first) != 0)
			return "several";
	return first;
}

/* With what is known of it. */
static struct result result_of(const struct output *out, const struct job *job)
{
	struct result r = job_result(job);

	r.known = baseline_knows(out->baseline, &r);
	return r;
}

void output_begin(struct output *out, const struct jobs *jobs)
{
	/* what the harness that runs us says that it reads, as prove does */
	const char *said = getenv("TAP_VERSION");
	unsigned version = said && strcmp(said, "13") == 0 ? TAP_VERSION_OLDEST : TAP_VERSION_NEWEST;
	struct text_options *text = &out->text;
	char name[256];
	struct diag d;

	out->about.profile = profile_of_all(jobs);
	for (size_t i = 0; i < jobs->count; i++) {
		struct result r = job_result(&jobs->list[i]);
		int n = clean_columns(result_name(&r, name, sizeof name), text->style.unicode);
		text->name_columns = n > text->name_columns ? n : text->name_columns;
	}
	if (out->options->tap)
		check(out, tap_begin(stdout, version, &d), &d);
	report_omitted(out, jobs);
}

void output_result(struct output *out, const struct job *job)
{
	struct result r = result_of(out, job);
	struct diag d;

	tally_add(&out->tally, &r);
	out->number++;
	if (out->json)
		check(out, json_result(out->json, &r, &d), &d);
	if (out->options->tap)
		check(out, tap_result(stdout, out->number, &r, out->options->strict, &d), &d);
	if (!out->one_trouble && !(out->table && r.verdict->kind == VERDICT_SKIP))
		check(out, text_result(out->human, &out->text, &r, &d), &d);
}

void output_segment(struct output *out, const struct job *job, const struct segment *s)
{
	const struct connection *c = engine_connection(job->engine);
	bool ours = s->sport == c->local_port && addr_equal(&s->src, &c->local);
	struct tcpdump_base base = {
	    .relative = c->have_irs, .from = ours ? c->iss : c->irs, .to = ours ? c->irs : c->iss};
	char time[TCPDUMP_TIME_BYTES], text[TCPDUMP_TEXT_BYTES], name[256];
	struct result r = job_result(job);
	struct pen pen;
	struct diag d;

	pen_init(&pen, out->human, &out->text.style);
	pen_text(&pen, tcpdump_time(s->time_ns, time));
	pen_text(&pen, " ");
	pen_text(&pen, result_name(&r, name, sizeof name));
	pen_text(&pen, " ");
	pen_text(&pen, tcpdump_text(s, &base, text));
	pen_line(&pen);
	check(out, pen_done(&pen, &d), &d);
}

void output_trouble(struct output *out, const char *sentence, bool doctor)
{
	char clean[CLEAN_BYTES];

	out->one_trouble = true;
	fprintf(stderr, "fourwave: ");
	while (*sentence) {
		clean_char(&sentence, out->text.style.unicode, clean);
		fputs(clean, stderr);
	}
	fprintf(stderr, "\n%s",
	        doctor ? "fourwave: what this machine can do, and what helps: fourwave doctor\n" : "");
}

/* The rules that were broken, as results behind the others. */
static void report_rules(struct output *out, const struct rule_results *broken)
{
	bool strict = out->options->strict;
	struct diag d;

	tally_add_rules(&out->tally, broken);
	for (size_t i = 0; i < broken->count; i++) {
		const struct rule_result *rule = &broken->list[i];

		out->number++;
		if (out->json)
			check(out, json_rule(out->json, rule, &d), &d);
		if (out->options->tap)
			check(out, tap_rule(stdout, out->number, rule, strict, &d), &d);
		check(out, text_rule(out->human, &out->text, rule, &d), &d);
	}
}

/* What is in the baseline and did not come. */
static void report_gone(struct output *out, const struct gone_list *gone)
{
	bool strict = out->options->strict;
	struct diag d;

	out->tally.gone = (unsigned)gone->count;
	for (size_t i = 0; i < gone->count; i++) {
		const struct gone *g = &gone->list[i];

		out->number += strict;
		if (out->json)
			check(out, json_gone(out->json, g, &d), &d);
		if (out->options->tap)
			check(out, tap_gone(stdout, out->number, g, strict, &d), &d);
		check(out, text_gone(out->human, &out->text, g, &d), &d);
	}
}

/* Only of a run that was whole; and where nothing was judged there is nothing to be known. */
static void write_baseline(struct output *out, const struct result *results, size_t count,
                           const struct rule_results *broken, bool interrupted)
{
	const struct tally *t = &out->tally;
	struct save *s = &out->baseline_save;
	struct diag why, d;
	bool ok;

	if (!s->out)
		return;
	if (interrupted || t->passed + t->warned + t->failed + t->known == 0) {
		fprintf(stderr, "fourwave: --write-baseline %s: it was not written, as %s\n",
		        out->options->write_baseline,
		        interrupted ? "not all was played" : "nothing was judged");
		return;
	}
	ok = baseline_write(s->out, out->baseline, results, count, broken, &why) && save_commit(s, &why);
	if (!ok)
		diag_set(&d, "--write-baseline: %s", why.text);
	check(out, ok, &d);
}

/* A report that is not whole is not left behind. */
static void print_late(struct output *out, const struct result *results, size_t count,
                       const struct rule_results *broken, const struct gone_list *gone)
{
	for (int i = 0; i < RUN_REPORT_COUNT; i++) {
		struct run_report run = {
		    late_path(out->options, i), &out->about, results, count, broken, gone,
		    out->options->strict};
		struct save *s = &out->late[i];
		struct diag why, d;
		bool ok;

		if (!s->out)
			continue;
		ok = late[i].print(s->out, &run, &why);
		if (!ok)
			save_abandon(s);
		else
			ok = save_commit(s, &why);
		if (!ok)
			diag_set(&d, "%s: %s", late[i].flag, why.text);
		check(out, ok, &d);
	}
}

void output_end(struct output *out, const struct jobs *jobs, bool interrupted, double seconds)
{
	struct result *results = memory_new(jobs->count, sizeof *results);
	struct rule_results broken;
	struct gone_list gone;
	struct diag d;

	for (size_t i = 0; i < jobs->count; i++)
		results[i] = result_of(out, &jobs->list[i]);
	broken = rule_results(results, jobs->count);
	for (size_t i = 0; i < broken.count; i++)
		broken.list[i].known = baseline_knows_rule(out->baseline, &broken.list[i]);
	gone = baseline_gone(out->baseline, results, jobs->count, &broken);
	if (out->table && !out->one_trouble) {
		fputc('\n', out->human);
		check(out, table_print(out->human, &out->text.style, results, jobs->count, &d), &d);
		if (broken.count)
			fputc('\n', out->human);
	}
	report_rules(out, &broken);
	report_gone(out, &gone);
	if (out->options->tap)
		check(out,
		      interrupted ? tap_bail(stdout, "interrupted", &d) : tap_plan(stdout, out->number, &d),
		      &d);
	if (!out->no_sum)
		report_late(out, jobs);
	if (!out->no_sum)
		check(out, text_summary(out->human, &out->text, &out->tally, seconds, &d), &d);
	out->about.seconds = seconds;
	out->about.interrupted = interrupted;
	print_late(out, results, jobs->count, &broken, &gone);
	write_baseline(out, results, jobs->count, &broken, interrupted);
	free(gone.list);
	free(results);
}

void output_close(struct output *out)
{
	for (int i = 0; i < RUN_REPORT_COUNT; i++)
		save_abandon(&out->late[i]);
	save_abandon(&out->baseline_save);
	baseline_free(out->baseline);
	out->baseline = NULL;
	about_free(&out->about);
	if (out->json && out->json != stdout && fclose(out->json) != 0 && !out->failed) {
		out->failed = true;
		fprintf(stderr, "fourwave: --json %s: %s\n", out->options->json, strerror(errno));
	}
	out->json = NULL;
}
