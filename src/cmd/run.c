/* fourwave run and fourwave table: from the command line to the exit status. */
#include <stdlib.h>
#include <sys/resource.h>
#include <unistd.h>

#include "base/clock.h"
#include "cmd/collect.h"
#include "cmd/command.h"
#include "run/loop.h"
#include "cmd/output.h"
#include "cmd/progress.h"
#include "run/skip.h"
#include "cmd/options.h"
#include "cmd/status.h"
#include "wire/privilege.h"

struct session {
	const struct options *options;
	bool table;
	struct collection scenarios;
	struct world world;
	struct jobs jobs;
	struct output output;
	struct progress progress;
	bool interrupted;
};

/* A shield and a capture file for each run: as many as we may. */
static void raise_file_limit(void)
{
	struct rlimit limit;

	if (getrlimit(RLIMIT_NOFILE, &limit) < 0)
		return;
	limit.rlim_cur = limit.rlim_max;
	setrlimit(RLIMIT_NOFILE, &limit);
}

static bool find_scenarios(struct session *s, struct diag *d)
{
	if (!s->table)
		return collection_find(&s->scenarios, (const char *const *)s->options->paths,
		                       s->options->path_count, d);
	char *dir = scenarios_path("table");
	const char *const paths[] = {dir};
	bool ok = dir ? collection_find(&s->scenarios, paths, 1, d) : diag_set(d, "out of memory");
	free(dir);
	return ok;
}

static void settle_rest(struct session *s, const char *reason)
{
	for (size_t i = 0; i < s->jobs.count; i++)
		if (!s->jobs.list[i].finished)
			job_settle(&s->jobs.list[i], VERDICT_ERROR, reason);
}

static size_t unfinished(const struct session *s)
{
	size_t n = 0;

	for (size_t i = 0; i < s->jobs.count; i++)
		n += !s->jobs.list[i].finished;
	return n;
}

/* Everything that takes privilege, and then none is left. */
static bool open_wire(struct session *s, struct diag *d)
{
	if (!world_listen(&s->world, d))
		return false;
	if (s->options->write_dir && !jobs_open_dumps(&s->jobs, s->options->write_dir, &s->world, d))
		return false;
	return privilege_drop(d);
}

static void report(void *context, struct job *job)
{
	struct session *s = context;

	progress_clear(&s->progress);
	s->progress.done++;
	output_result(&s->output, job);
}

/* -vv: a segment as it passes. */
static void show_segment(void *context, const struct job *job, const struct segment *segment)
{
	struct session *s = context;

	progress_clear(&s->progress);
	output_segment(&s->output, job, segment);
}

static void draw(void *context, const struct plays *plays, int64_t now_ns)
{
	struct session *s = context;

	progress_draw(&s->progress, plays, now_ns);
}

static bool watch_and_play(struct session *s, struct diag *d)
{
	struct style style = style_detect(STDERR_FILENO, s->options->color, s->options->ascii);

	progress_open(&s->progress, s->options->quiet, &style, unfinished(s));
	struct loop_watch watch = {.report = report,
	                           .segment = s->options->verbose > 1 ? show_segment : NULL,
	                           .draw = s->progress.wanted ? draw : NULL,
	                           .context = s};
	bool ok = loop_play(&s->world, &s->jobs, world_most(&s->world), &watch, &s->interrupted, d);
	progress_clear(&s->progress);
	return ok;
}

/* Jobs that were settled without being played, in their order. */
static void report_settled(struct session *s)
{
	for (size_t i = 0; i < s->jobs.count; i++)
		if (s->jobs.list[i].finished)
			output_result(&s->output, &s->jobs.list[i]);
}

static void play(struct session *s, bool whole, struct diag *d)
{
	for (size_t i = 0; i < s->jobs.count; i++)
		skip_judge(&s->jobs.list[i], &s->world);
	if (unfinished(s) > 0 && !open_wire(s, d)) {
		whole = false;
		settle_rest(s, d->text);
	}
	if (!whole)
		output_trouble(&s->output, d->text);
	output_begin(&s->output, &s->jobs);
	report_settled(s);
	if (unfinished(s) == 0)
		return;
	if (!watch_and_play(s, d))
		fprintf(stderr, "fourwave: %s\n", d->text);
}

static enum status status_of_session(const struct session *s)
{
	enum status status = status_of(&s->output.tally);

	if (s->output.failed && (status == STATUS_OK || status == STATUS_SKIP))
		return STATUS_ERROR;
	if (s->jobs.count == 0)
		return STATUS_SKIP;
	return status;
}

/* The scenarios are sound: to the world. */
static int play_all(struct session *s, const struct flag_table *table)
{
	struct diag d = {.text = ""};
	bool usage;
	int64_t began_ns = clock_mono_ns();

	if (!output_open(&s->output, s->options, &d))
		return command_usage(table, d.text);
	raise_file_limit();
	bool whole = world_open(&s->world, s->options, &usage, &d);
	if (!whole && usage)
		return command_usage(table, d.text);
	if (s->world.guessed && !s->options->quiet)
		fprintf(stderr,
		        "fourwave: by its port the target is taken for a plain server, --provoke %s "
		        "(--provoke none: ask nothing of it)\n",
		        s->world.guessed);
	struct diag no_memory;
	if (!jobs_make(&s->jobs, &s->world, (const struct scenario *const *)s->scenarios.scenarios,
	               s->scenarios.file_count, &no_memory)) {
		fprintf(stderr, "fourwave: %s\n", no_memory.text);
		return STATUS_ERROR;
	}
	play(s, whole, &d);
	output_end(&s->output, &s->jobs, s->table, s->interrupted,
	           (double)(clock_mono_ns() - began_ns) * 1e-9);
	output_close(&s->output);
	return (int)status_of_session(s);
}

static int play_command(const struct flag_table *table, int argc, char **argv)
{
	struct options options;
	struct session s = {.options = &options, .table = table == &flags_of_table};
	struct diag d = {.text = ""};
	int status = STATUS_OK;

	switch (options_parse(table, argc, argv, &options, &d)) {
	case FLAGS_HELP: flags_help(table, stdout); break;
	case FLAGS_BAD: status = command_usage(table, d.text); break;
	case FLAGS_OK:
		if (!find_scenarios(&s, &d))
			status = command_usage(table, d.text);
		else if (!collection_load(&s.scenarios, &options))
			status = STATUS_USAGE;
		else
			status = play_all(&s, table);
		break;
	}
	jobs_free(&s.jobs);
	output_close(&s.output);
	world_close(&s.world);
	collection_free(&s.scenarios);
	options_free(&options);
	return status;
}

int run_command(int argc, char **argv) { return play_command(&flags_of_run, argc, argv); }

int table_command(int argc, char **argv) { return play_command(&flags_of_table, argc, argv); }
