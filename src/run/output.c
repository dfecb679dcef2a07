/* Hands results to the reports. Knows what was asked for, and not how a
 * report looks. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/engine.h"
#include "report/clean.h"
#include "report/json.h"
#include "report/pen.h"
#include "report/table.h"
#include "report/tap.h"
#include "report/tcpdump.h"
#include "run/output.h"

/* Told once: the next line would fail in the same way. */
static void check(struct output *out, bool ok, const struct diag *d)
{
	if (ok || out->failed)
		return;
	out->failed = true;
	fprintf(stderr, "fourwave: the report is not whole: %s\n", d->text);
}

bool output_open(struct output *out, const struct options *o, struct diag *d)
{
	bool to_stdout = o->json != NULL && strcmp(o->json, "-") == 0;

	memset(out, 0, sizeof *out);
	out->options = o;
	out->human = to_stdout || o->tap ? stderr : stdout;
	out->text.style = style_detect(fileno(out->human), o->color, o->ascii);
	out->text.verbose = o->verbose > 0;
	out->text.quiet = o->quiet;
	if (o->json == NULL)
		return true;
	out->json = to_stdout ? stdout : fopen(o->json, "we");
	return out->json != NULL || diag_set(d, "--json %s: %s", o->json, strerror(errno));
}

static int name_columns(const struct jobs *jobs, bool unicode)
{
	char name[256];
	int most = 0;

	for (size_t i = 0; i < jobs->count; i++) {
		struct result r = job_result(&jobs->list[i]);
		int n = clean_columns(result_name(&r, name, sizeof name), unicode);
		most = n > most ? n : most;
	}
	return most;
}

void output_begin(struct output *out, const struct jobs *jobs)
{
	struct diag d;

	out->text.name_columns = name_columns(jobs, out->text.style.unicode);
	if (out->options->tap)
		check(out, tap_begin(stdout, jobs->count, &d), &d);
	if (jobs->left_out > 0 && !out->options->quiet)
		fprintf(out->human, "--quick leaves out %zu scenario%s that take%s over 10 s\n",
		        jobs->left_out, jobs->left_out == 1 ? "" : "s", jobs->left_out == 1 ? "s" : "");
}

void output_result(struct output *out, const struct job *job)
{
	struct result r = job_result(job);
	struct diag d;

	tally_add(&out->tally, &r);
	out->number++;
	if (out->json != NULL)
		check(out, json_result(out->json, &r, &d), &d);
	if (out->options->tap)
		check(out, tap_result(stdout, out->number, &r, &d), &d);
	if (!out->one_trouble)
		check(out, text_result(out->human, &out->text, &r, &d), &d);
}

void output_segment(struct output *out, const struct job *job, const struct segment *s)
{
	const struct connection *c = engine_connection(job->engine);
	bool ours = s->sport == c->local_port && addr_equal(&s->src, &c->local);
	struct tcpdump_base base = {.relative = c->have_irs,
	                            .from = ours ? c->iss : c->irs,
	                            .to = ours ? c->irs : c->iss};
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

void output_trouble(struct output *out, const char *sentence)
{
	out->one_trouble = true;
	fprintf(stderr, "fourwave: %s\nfourwave: what this machine can do, and what helps: fourwave doctor\n",
	        sentence);
}

static void print_table(struct output *out, const struct jobs *jobs)
{
	struct result *results = calloc(jobs->count + 1, sizeof *results);
	struct diag d;

	if (results == NULL)
		return;
	for (size_t i = 0; i < jobs->count; i++)
		results[i] = job_result(&jobs->list[i]);
	fputc('\n', out->human);
	check(out, table_print(out->human, &out->text.style, results, jobs->count, &d), &d);
	free(results);
}

void output_end(struct output *out, const struct jobs *jobs, bool table, bool interrupted, double seconds)
{
	struct diag d;

	if (interrupted && out->options->tap)
		check(out, tap_bail(stdout, "interrupted", &d), &d);
	if (table && !out->one_trouble)
		print_table(out, jobs);
	check(out, text_summary(out->human, &out->text, &out->tally, seconds, &d), &d);
}

void output_close(struct output *out)
{
	if (out->json != NULL && out->json != stdout && fclose(out->json) != 0 && !out->failed) {
		out->failed = true;
		fprintf(stderr, "fourwave: --json %s: %s\n", out->options->json, strerror(errno));
	}
	out->json = NULL;
}
