/* fourwave judge: a scenario's verdict again, from its capture. Sends nothing
 * and needs no privilege. */
#include <stdlib.h>
#include <string.h>

#include "read/replay.h"
#include "run/collect.h"
#include "run/command.h"
#include "run/output.h"
#include "run/status.h"
#include "wire/filter.h"

struct judging {
	struct options options;
	struct collection scenarios;
	struct capture_file file;
	struct journal *journal; /* or NULL: not one of fourwave's captures */
	struct filter_cache *filters;
	struct replay replay;
	struct output output;
};

static bool same_param(const char *a, const char *b)
{
	size_t len = strcspn(a, "=");

	return strncmp(a, b, len + 1) == 0;
}

/* The run's own -D hold, but for those that are given again. Some may have been
 * for other scenarios of that run. */
static bool add_defines(struct judging *j)
{
	struct strings *list = &j->options.defines;
	size_t given = list->count;

	for (size_t i = 0; j->journal != NULL && i < j->journal->define_count; i++) {
		bool again = false;
		for (size_t k = 0; k < given; k++)
			again = again || same_param(list->items[k], j->journal->defines[i]);
		if (again)
			continue;
		const char **items = realloc(list->items, (list->count + 1) * sizeof *items);
		if (items == NULL)
			return false;
		list->items = items;
		items[list->count++] = j->journal->defines[i];
		j->options.loose_defines++;
	}
	return true;
}

static bool read_capture(struct judging *j, struct diag *d)
{
	const char *path = j->options.read;
	struct diag why;

	if (!capture_file_read(path, &j->file, d))
		return false;
	if (j->file.note == NULL)
		return true;
	j->journal = journal_parse(j->file.note, j->file.note_len, &why);
	return j->journal != NULL ||
	       diag_set(d, "%s: what fourwave wrote at its end is damaged: %s", path, why.text);
}

/* Where the scenario's families leave out the capture's, it was not run on it. */
static bool check_family(const struct judging *j, struct diag *d)
{
	const struct scenario *s = j->scenarios.scenarios[0];
	int family = j->journal != NULL ? j->journal->family : 0;

	if (family == 0 || (s->families & (family == 6 ? FAMILY_IPV6 : FAMILY_IPV4)) != 0)
		return true;
	return diag_set(d, "%s: the capture is IPv%d, and the scenario is not", j->options.read, family);
}

static void fill_job(struct judging *j, struct site *site, struct job *job)
{
	const struct engine_config *c = j->journal != NULL ? &j->journal->config : NULL;
	const struct connection *conn = engine_connection(j->replay.engine);

	job->scenario = j->scenarios.scenarios[0];
	job->family = c != NULL ? j->journal->family : conn->local.family;
	job->site = site;
	job->engine = j->replay.engine;
	job->verdict = j->replay.verdict;
	job->capture = (char *)(uintptr_t)j->options.read;
	job->ignored = j->replay.ignored;
	if (j->journal != NULL) {
		memcpy(job->ignored_why, j->journal->ignored_why, sizeof job->ignored_why);
		job->late_ns = j->journal->late_ns;
	}
	if (j->replay.started)
		job->seconds = (double)(job->verdict.ended_ns - job->verdict.started_ns) * 1e-9;
	job->finished = true;
	snprintf(site->text, sizeof site->text, "%s", c != NULL ? j->journal->target : "capture");
}

/* A run writes its journal at the capture's end. One that was killed did not. */
static void say_cut_off(const struct judging *j)
{
	if (j->journal == NULL && j->replay.verdict.kind == VERDICT_ERROR)
		fprintf(stderr,
		        "fourwave judge: %s lacks what fourwave run writes at its end: that run was cut off, "
		        "or another program made it\n",
		        j->options.read);
}

static enum status report(struct judging *j, const struct flag_table *table)
{
	struct site site;
	struct job job;
	struct jobs jobs = {.list = &job, .count = 1};
	struct diag d;

	memset(&site, 0, sizeof site);
	memset(&job, 0, sizeof job);
	fill_job(j, &site, &job);
	if (!output_open(&j->output, &j->options, &d))
		return (enum status)command_usage(table, d.text);
	if (j->replay.connections > 1)
		fprintf(stderr, "fourwave judge: %s holds %zu connections; the first is judged\n", j->options.read,
		        j->replay.connections);
	say_cut_off(j);
	output_begin(&j->output, &jobs);
	output_result(&j->output, &job);
	output_close(&j->output);
	enum status status = status_of(&j->output.tally);
	return j->output.failed && (status == STATUS_OK || status == STATUS_SKIP) ? STATUS_ERROR : status;
}

static int judge(struct judging *j, const struct flag_table *table)
{
	const struct options *o = &j->options;
	struct diag d = {.text = "out of memory"};

	if (!collection_find(&j->scenarios, (const char *const *)o->paths, o->path_count, &d) ||
	    !read_capture(j, &d) || !add_defines(j))
		return command_usage(table, d.text);
	if (j->scenarios.file_count != 1)
		return command_usage(table, "one scenario is judged at a time");
	if (!collection_load(&j->scenarios, o))
		return STATUS_USAGE;
	j->filters = filter_cache_new();
	struct filter_ops filter = {filter_ask, j->filters};
	if (j->filters == NULL || !check_family(j, &d))
		return command_usage(table, d.text);
	if (!replay_play(&j->replay, j->scenarios.scenarios[0], &j->file, j->journal, &filter, &d)) {
		fprintf(stderr, "fourwave judge: %s: %s\n", o->read, d.text);
		return STATUS_USAGE;
	}
	return (int)report(j, table);
}

int judge_command(int argc, char **argv)
{
	struct judging j;
	struct diag d;
	int status = STATUS_OK;

	memset(&j, 0, sizeof j);
	switch (options_parse(&flags_of_judge, argc, argv, &j.options, &d)) {
	case FLAGS_HELP:
		flags_help(&flags_of_judge, stdout);
		break;
	case FLAGS_BAD:
		status = command_usage(&flags_of_judge, d.text);
		break;
	case FLAGS_OK:
		status = judge(&j, &flags_of_judge);
		break;
	}
	output_close(&j.output);
	replay_free(&j.replay);
	filter_cache_free(j.filters);
	collection_free(&j.scenarios);
	journal_free(j.journal);
	capture_file_free(&j.file);
	options_free(&j.options);
	return status;
}
