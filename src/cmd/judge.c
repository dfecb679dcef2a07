/* fourwave judge: scenarios' verdicts again, from captures of them. Sends nothing and needs no privilege. */
#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/clock.h"
#include "cmd/command.h"
#include "cmd/hearing.h"
#include "cmd/output.h"
#include "cmd/options.h"
#include "cmd/status.h"
#include "wire/filter.h"

struct judging {
	struct options options;
	struct collection scenarios; /* as named; loaded only to be looked over */
	char **captures;
	size_t capture_count;
	struct hearing *hearings;
	struct filter_cache *filters;
	struct output output;
};

/* --- captures --- */

static bool add_capture(struct judging *j, const char *path, const char *below)
{
	char **list = realloc(j->captures, (j->capture_count + 1) * sizeof *list);
	size_t size = strlen(path) + strlen(below) + 2;

	if (!list)
		return false;
	j->captures = list;
	char *whole = list[j->capture_count] = malloc(size);
	if (!whole)
		return false;
	j->capture_count++;
	snprintf(whole, size, "%s%s%s", path, *below != '\0' ? "/" : "", below);
	return true;
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
	bool ok = true;

	if (count < 0)
		return diag_set(d, "%s: %s", dir, strerror(errno));
	for (int i = 0; i < count; i++) {
		ok = ok && add_capture(j, dir, entries[i]->d_name);
		free(entries[i]);
	}
	free(entries);
	if (!ok)
		return diag_set(d, "out of memory");
	return count > 0 || diag_set(d, "%s: there is no capture (*.pcap) in this directory", dir);
}

static bool find_captures(struct judging *j, struct diag *d)
{
	const struct strings *reads = &j->options.reads;
	struct stat st;

	for (size_t i = 0; i < reads->count; i++) {
		const char *path = reads->items[i];
		if (strcmp(path, "-") != 0 && stat(path, &st) == 0 && S_ISDIR(st.st_mode)) {
			if (!add_captures(j, path, d))
				return false;
		} else if (!add_capture(j, path, "")) {
			return diag_set(d, "out of memory");
		}
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
	const struct options *o = &j->options;

	if (!refuse_captures(o, d) ||
	    !collection_find(&j->scenarios, (const char *const *)o->paths, o->path_count, d))
		return false;
	d->text[0] = '\0';
	return j->scenarios.file_count == 1 || collection_load(&j->scenarios, o);
}

/* --- all --- */

static int refuse(const struct diag *d)
{
	return d->text[0] != '\0' ? command_usage(&flags_of_judge, d->text) : STATUS_USAGE;
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
		    hearing_prepare(h, &j->scenarios, &j->options, &d) &&
		    hearing_judge(h, &filter, j->options.connection, &d))
			continue;
		bad++;
		refuse(&d);
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
	struct jobs jobs = {.list = calloc(j->capture_count, sizeof *jobs.list), .count = j->capture_count};
	struct diag d;

	if (!jobs.list)
		return command_usage(&flags_of_judge, "out of memory");
	for (size_t i = 0; i < jobs.count; i++)
		hearing_job(&j->hearings[i], &jobs.list[i]);
	bool ok = output_open(&j->output, &j->options, &d);
	if (ok)
		put_reports(j, &jobs, began_ns);
	output_close(&j->output);
	free(jobs.list);
	if (!ok)
		return command_usage(&flags_of_judge, d.text);
	enum status status = status_of(&j->output.tally);
	return j->output.failed && (status == STATUS_OK || status == STATUS_SKIP) ? STATUS_ERROR
	                                                                          : (int)status;
}

static int judge(struct judging *j)
{
	int64_t began_ns = clock_mono_ns();
	struct diag d = {.text = "out of memory"};

	if (!find_scenarios(j, &d) || !find_captures(j, &d))
		return refuse(&d);
	j->hearings = calloc(j->capture_count, sizeof *j->hearings);
	j->filters = filter_cache_new();
	if (!j->hearings || !j->filters)
		return command_usage(&flags_of_judge, "out of memory");
	return hear(j) ? report(j, began_ns) : STATUS_USAGE;
}

static void end(struct judging *j)
{
	for (size_t i = 0; i < j->capture_count; i++) {
		if (j->hearings)
			hearing_free(&j->hearings[i]);
		free(j->captures[i]);
	}
	free(j->hearings);
	free(j->captures);
	filter_cache_free(j->filters);
	collection_free(&j->scenarios);
	options_free(&j->options);
}

int judge_command(int argc, char **argv)
{
	struct judging j;
	struct diag d;
	int status = STATUS_OK;

	memset(&j, 0, sizeof j);
	switch (options_parse(&flags_of_judge, argc, argv, &j.options, &d)) {
	case FLAGS_HELP: flags_help(&flags_of_judge, stdout); break;
	case FLAGS_BAD: status = command_usage(&flags_of_judge, d.text); break;
	case FLAGS_OK: status = judge(&j); break;
	}
	end(&j);
	return status;
}
