/* fourwave judge: scenarios' verdicts again, from captures of them. Sends nothing and needs no privilege. */
#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/clock.h"
#include "base/text.h"
#include "cmd/hearing.h"
#include "cmd/output.h"
#include "cmd/options.h"
#include "wire/filter.h"

enum { CONNECTION_MAX = 1000000000 };

struct judging {
	const struct command *command;
	const struct options *options;
	struct collection scenarios; /* as named; loaded only to be looked over */
	char **captures;
	size_t capture_count, capture_room;
	struct hearing *hearings;
	struct filter_cache *filters;
	struct output output;
};

/* --- captures --- */

static void add_capture(struct judging *j, const char *dir, const char *name)
{
	UT_string path;

	utstring_init(&path);
	utstring_printf(&path, dir ? "%s/%s" : "%s%s", dir ? dir : "", name);
	*LIST_ADD(j->captures, j->capture_count, j->capture_room) = utstring_body(&path);
}

static int is_capture(const struct dirent *e)
{
	const char *end = strrchr(e->d_name, '.');

	return e->d_name[0] != '.' && end && strcmp(end, ".pcap") == 0;
}

static bool add_captures(struct judging *j, const char *dir, struct diag *d)
{
	struct dirent **entries;
	int count = scandir(dir, &entries, is_capture, alphasort);

	if (count < 0)
		return diag_set(d, "%s: %s", dir, strerror(errno));
	for (int i = 0; i < count; i++) {
		add_capture(j, dir, entries[i]->d_name);
		free(entries[i]);
	}
	free(entries);
	return count > 0 || diag_set(d, "%s: there is no capture (*.pcap) in this directory", dir);
}

static bool find_captures(struct judging *j, struct diag *d)
{
	const struct strings *reads = &j->options->reads;
	struct stat st;

	for (size_t i = 0; i < reads->count; i++) {
		const char *path = reads->items[i];
		if (strcmp(path, "-") == 0 || stat(path, &st) < 0 || !S_ISDIR(st.st_mode))
			add_capture(j, NULL, path);
		else if (!add_captures(j, path, d))
			return false;
	}
	return true;
}

/* --- scenarios --- */

/* "judge -r *.pcap x.wave" gives the second capture where a scenario is meant. */
static bool refuse_captures(const struct options *o, struct diag *d)
{
	for (size_t i = 0; i < o->path_count; i++) {
		const char *end = strrchr(o->paths[i], '.');
		if (end && (strcmp(end, ".pcap") == 0 || strcmp(end, ".pcapng") == 0))
			return diag_set(
			    d,
			    "%s is no scenario; each capture has a -r of its own, or -r names their "
			    "directory",
			    o->paths[i]);
	}
	return true;
}

/* Several are looked over once, so that all mistakes are told, and each -D is for one of them. */
static bool find_scenarios(struct judging *j, struct diag *d)
{
	const struct options *o = j->options;

	if (!refuse_captures(o, d) || !collection_find(&j->scenarios, o->paths, o->path_count, d))
		return false;
	d->text[0] = '\0';
	return j->scenarios.file_count == 1 || collection_load(&j->scenarios, o);
}

/* --- all --- */

static int refuse(const struct judging *j, const struct diag *d)
{
	return d->text[0] != '\0' ? command_usage(j->command, d->text) : STATUS_USAGE;
}

/* Each mistake is told before any verdict is. */
static bool hear(struct judging *j)
{
	struct filter_ops filter = {filter_ask, j->filters};
	size_t bad = 0;

	for (size_t i = 0; i < j->capture_count; i++) {
		struct hearing *h = &j->hearings[i];
		struct diag d = {.text = ""};
		if (hearing_read(h, j->captures[i], &d) &&
		    hearing_prepare(h, &j->scenarios, j->options, &d) &&
		    hearing_judge(h, &filter, j->options->connection, &d))
			continue;
		bad++;
		refuse(j, &d);
	}
	return bad == 0;
}

/* What all were run against, where that is the same. */
static const char *target_of(const struct jobs *jobs)
{
	for (size_t i = 1; i < jobs->count; i++)
		if (strcmp(jobs->list[i].site->text, jobs->list[0].site->text) != 0)
			return "several, judged from captures";
	return jobs->list[0].site->text;
}

static void put_reports(struct judging *j, const struct jobs *jobs, int64_t began_ns)
{
	struct output *out = &j->output;

	out->about.target = target_of(jobs);
	output_begin(out, jobs);
	for (size_t i = 0; i < jobs->count; i++) {
		output_result(out, &jobs->list[i]);
		hearing_remark(&j->hearings[i]);
	}
	double seconds = (double)(clock_mono_ns() - began_ns) * 1e-9;
	/* One needs no sum. */
	if (jobs->count > 1)
		output_end(out, jobs, false, false, seconds);
	else
		output_late(out, jobs, seconds);
}

static int report(struct judging *j, int64_t began_ns)
{
	struct jobs jobs = {.list = memory_new(j->capture_count, sizeof *jobs.list),
	                    .count = j->capture_count};
	struct diag d;
	bool ok;

	for (size_t i = 0; i < jobs.count; i++)
		hearing_job(&j->hearings[i], &jobs.list[i]);
	ok = output_open(&j->output, j->options, &d);
	if (ok)
		put_reports(j, &jobs, began_ns);
	output_close(&j->output);
	free(jobs.list);
	return ok ? (int)status_of(&j->output.tally, j->output.failed) : command_usage(j->command, d.text);
}

static int judge(struct judging *j)
{
	int64_t began_ns = clock_mono_ns();
	struct diag d;

	if (j->options->reads.count == 0) {
		diag_set(&d, "no capture is named: fourwave %s %s", j->command->name, j->command->synopsis);
		return refuse(j, &d);
	}
	if (!find_scenarios(j, &d) || !find_captures(j, &d))
		return refuse(j, &d);
	j->hearings = memory_new(j->capture_count, sizeof *j->hearings);
	j->filters = filter_cache_new();
	return hear(j) ? report(j, began_ns) : STATUS_USAGE;
}

static int judge_all(const struct command *c, const struct options *o)
{
	struct judging j = {.command = c, .options = o};
	int status = judge(&j);

	for (size_t i = 0; i < j.capture_count; i++) {
		if (j.hearings)
			hearing_free(&j.hearings[i]);
		free(j.captures[i]);
	}
	free(j.hearings);
	free(j.captures);
	filter_cache_free(j.filters);
	collection_free(&j.scenarios);
	return status;
}

static const struct flag flags[] = {
    {'r', "--read", "FILE|DIR",
     "the capture to be judged, - for standard input, or all\n*.pcap in a directory; repeatable",
     FLAG_LIST(struct options, reads)},
    {0, "--connection", "N",
     "of a capture that is not fourwave's: the connection that draw\nnumbers so; else the first that fits",
     FLAG_NUMBER(struct options, connection, CONNECTION_MAX)},
    OPTIONS_SCENARIO,
    OPTION_JSON("result"),
    OPTIONS_REPORT,
    OPTION_COLOR,
    OPTION_ASCII,
    OPTION_VERBOSE("show the segments where it passed, too"),
    OPTION_QUIET("say nothing where it passed"),
    {0},
};

const struct command command_judge = {
    .name = "judge",
    .brief = "give a verdict again, from its capture",
    .synopsis = "-r FILE|DIR [options] SCENARIO|DIR...",
    .summary = "Gives a scenario's verdict again from a capture of it, without network and\n"
               "privilege. A capture that fourwave run -w made holds all that the run knew. Of\n"
               "several scenarios, each capture is judged by the one that it was made of.",
    .examples = "fourwave judge -r captures/first-ipv4.pcap first.wave\tthe verdict again, from a capture\n"
                "fourwave judge -r captures --html page.html scenarios\tall of a run's, and a page of them\n",
    .flags = flags,
    .operands = OPERANDS_SCENARIOS,
    .run = options_play,
    .play = judge_all,
};
