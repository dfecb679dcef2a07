/* fourwave judge: scenarios' verdicts again, from captures of them. Sends nothing and needs no privilege. */
#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/clock.h"
#include "base/duration.h"
#include "base/text.h"
#include "cmd/collect.h"
#include "cmd/options.h"
#include "cmd/output.h"
#include "lab/agent.h"
#include "read/replay.h"
#include "report/words.h"
#include "wire/filter.h"

enum { CONNECTION_MAX = 1000000000 };

/* One capture. */
struct capture_judged {
	char *path;
	struct capture_file file;
	struct journal *journal;    /* or NULL: not one of fourwave's captures */
	struct collection scenario; /* the one that it is judged by */
	struct replay replay;
	struct site site;
};

struct judging {
	const struct command *command;
	const struct options *options;
	struct collection scenarios; /* as named; loaded only to be looked over */
	struct capture_judged *judged;
	size_t count, room;
	struct filter_cache *filters;
	struct output output;
};

/* --- captures --- */

static void add_capture(struct judging *j, const char *dir, const char *name)
{
	UT_string path;

	utstring_init(&path);
	utstring_printf(&path, dir ? "%s/%s" : "%s%s", dir ? dir : "", name);
	*LIST_ADD(j->judged, j->count, j->room) = (struct capture_judged){.path = utstring_body(&path)};
}

static int is_capture(const struct dirent *e)
{
	const char *end = strrchr(e->d_name, '.');

	return e->d_name[0] != '.' && end && strcmp(end, ".pcap") == 0;
}

static bool find_captures(struct judging *j, struct diag *d)
{
	const struct strings *reads = &j->options->reads;
	struct dirent **entries;
	struct stat st;
	int count;

	for (size_t i = 0; i < reads->count; i++) {
		const char *path = reads->items[i];
		if (strcmp(path, "-") == 0 || stat(path, &st) < 0 || !S_ISDIR(st.st_mode)) {
			add_capture(j, NULL, path);
			continue;
		}
		count = scandir(path, &entries, is_capture, alphasort);
		if (count < 0)
			return diag_set(d, "%s: %s", path, strerror(errno));
		for (int k = 0; k < count; k++) {
			add_capture(j, path, entries[k]->d_name);
			free(entries[k]);
		}
		free(entries);
		if (count == 0)
			return diag_set(d, "%s: there is no capture (*.pcap) in this directory", path);
	}
	return true;
}

static bool read_capture(struct capture_judged *h, struct diag *d)
{
	struct diag why;

	if (!capture_file_read(h->path, &h->file, &why))
		return diag_set(d, "%s%s", why.text,
		                h->file.count > h->file.odd ? "; fourwave draw shows what stands before that"
		                                            : "");
	if (h->file.count == h->file.odd)
		return capture_file_empty(&h->file, h->path, d);
	if (!h->file.note)
		return true;
	h->journal = journal_parse(h->file.note, h->file.note_len, &why);
	return h->journal ||
	       diag_set(
	           d, "%s: what fourwave wrote at its end is damaged: %s; judge the file as run -w wrote it",
	           h->path, why.text);
}

/* --- scenarios --- */

/* Several are looked over once, so that all mistakes are reported, and each -D is for one of them. */
static bool find_scenarios(struct judging *j, struct diag *d)
{
	const struct options *o = j->options;

	/* "judge -r *.pcap x.wave" gives the second capture where a scenario is meant. */
	for (size_t i = 0; i < o->path_count; i++) {
		const char *end = strrchr(o->paths[i], '.');
		if (end && (strcmp(end, ".pcap") == 0 || strcmp(end, ".pcapng") == 0))
			return diag_set(d,
			                "%s is no scenario; each capture has a -r of its own, or -r names "
			                "their directory",
			                o->paths[i]);
	}
	if (!collection_find(&j->scenarios, o->paths, o->path_count, d))
		return false;
	d->text[0] = '\0';
	return j->scenarios.file_count == 1 || collection_load(&j->scenarios, o);
}

/* A file's name as a run's journal has it: no directories, no ".wave". */
static bool is_called(const char *file, const char *name)
{
	const char *slash = strrchr(file, '/');
	const char *base = slash ? slash + 1 : file;
	size_t len = strlen(name);

	return strncmp(base, name, len) == 0 && (base[len] == '\0' || strcmp(base + len, ".wave") == 0);
}

/* The only one of those that were named, else the one that the capture was made of. NULL with d. */
static const char *choose(const struct capture_judged *h, const struct collection *found, struct diag *d)
{
	const char *chosen = NULL;

	if (found->file_count == 1)
		return found->files[0];
	if (!h->journal) {
		diag_set(d,
		         "%s: it is no capture of a fourwave run, so it does not say which of the %zu "
		         "scenarios to judge it by: name one",
		         h->path, found->file_count);
		return NULL;
	}
	for (size_t i = 0; i < found->file_count; i++) {
		if (!is_called(found->files[i], h->journal->scenario))
			continue;
		if (chosen) {
			diag_set(d, "%s: it is of \"%s\", and both %s and %s are called so: name one of them",
			         h->path, h->journal->scenario, chosen, found->files[i]);
			return NULL;
		}
		chosen = found->files[i];
	}
	if (!chosen)
		diag_set(d,
		         "%s: it is of \"%s\", which is not among the %zu scenarios: name it, or the one to "
		         "judge it by",
		         h->path, h->journal->scenario, found->file_count);
	return chosen;
}

static bool is_given(const struct strings *given, const char *define)
{
	size_t name = strcspn(define, "=") + 1;

	for (size_t i = 0; i < given->count; i++)
		if (strncmp(given->items[i], define, name) == 0)
			return true;
	return false;
}

/* The user's -D, and the run's behind them. Of these some may have been for other scenarios of that run. */
static void add_defines(const struct capture_judged *h, const struct strings *user, struct options *with)
{
	struct strings *all = &with->defines;

	*all = (struct strings){.count = 0};
	for (size_t i = 0; i < user->count; i++)
		*LIST_ADD(all->items, all->count, all->room) = user->items[i];
	for (size_t i = 0; h->journal && i < h->journal->define_count; i++)
		if (!is_given(user, h->journal->defines[i])) {
			*LIST_ADD(all->items, all->count, all->room) = h->journal->defines[i];
			with->loose_defines++;
		}
}

/* The profile: the user's, else the one that it was played with. What was captured before there were
 * profiles, or by others, was a Linux in the lab, and may be anything elsewhere. */
static bool choose_profile(struct capture_judged *h, struct options *with)
{
	const struct journal *j = h->journal;
	UT_string name;
	bool ok;

	if (!with->profile && (!j || !j->profile))
		with->profile = j && strcmp(j->target, "lab") == 0 ? "linux" : "rfc";
	if (with->profile)
		return true;
	utstring_init(&name);
	utstring_printf(&name, "%s/%s", h->path, j->profile);
	ok = collection_profile(&h->scenario, utstring_body(&name), j->profile_text);
	utstring_done(&name);
	return ok;
}

/* What the engine takes from it. A journal of before there were profiles has judged without. */
static void use_profile(struct capture_judged *h, const struct options *o, struct replay_choice *choice)
{
	const struct profile *p = h->scenario.profile;

	choice->timer_tick_ns = profile_value(p, PROFILE_TIMER_TICK).low;
	choice->first_resend_ns = profile_value(p, PROFILE_FIRST_RESEND).low;
	if (!h->journal || (!h->journal->profile && !o->profile))
		return;
	h->journal->config.timer_tick_ns = choice->timer_tick_ns;
	h->journal->config.first_resend_ns = choice->first_resend_ns;
}

/* False with d; where d is empty the messages are on standard error. */
static bool load_scenario(struct capture_judged *h, const struct collection *found, const struct options *o,
                          struct diag *d)
{
	const char *path = choose(h, found, d);
	int family = h->journal ? h->journal->family : 0;
	struct options with = *o;
	bool ok;

	if (!path || !collection_find(&h->scenario, &path, 1, d))
		return false;
	add_defines(h, &o->defines, &with);
	if (found->file_count > 1)
		with.loose_defines = with.defines.count;
	d->text[0] = '\0';
	ok = choose_profile(h, &with) && collection_load(&h->scenario, &with);
	free(with.defines.items);
	if (!ok || family == 0 ||
	    (h->scenario.scenarios[0]->families & (family == 6 ? FAMILY_IPV6 : FAMILY_IPV4)) != 0)
		return ok;
	return diag_set(d, "%s: the capture is IPv%d, and the scenario is not", h->path, family);
}

/* --- the verdict --- */

/* The result, as the reports want it. */
static void make_job(struct capture_judged *h, struct job *job)
{
	const struct journal *j = h->journal;

	*job = (struct job){
	    .scenario = h->scenario.scenarios[0],
	    .family = j ? j->family : engine_connection(h->replay.engine)->local.family,
	    .site = &h->site,
	    .listens = h->scenario.scenarios[0]->listen || (j && j->config.peer_connects),
	    .engine = h->replay.engine,
	    .verdict = h->replay.verdict,
	    .capture = h->path,
	    .ignored = h->replay.ignored,
	    .late_ns = j ? j->late_ns : 0,
	    .profile = h->scenario.profile->name,
	    .finished = true,
	};
	if (j)
		memcpy(job->ignored_why, j->ignored_why, sizeof job->ignored_why);
	if (h->replay.started)
		job->seconds = seconds(job->verdict.ended_ns - job->verdict.started_ns);
	snprintf(h->site.text, sizeof h->site.text, "%s", j ? j->target : "capture");
}

/* What the verdict's reader should know of the capture: that it holds more than one connection, or that it
 * is of something else. */
static void remark(const struct capture_judged *h)
{
	const struct connection *c = engine_connection(h->replay.engine);
	const char *file = h->scenario.files[0];
	char local[ENDPOINT_TEXT_BYTES], remote[ENDPOINT_TEXT_BYTES];

	if (h->replay.connections > 1)
		fprintf(stderr,
		        "fourwave judge: %s holds %zu connections; number %zu is judged, %s to %s; "
		        "--connection takes another, by the number that fourwave draw prints\n",
		        h->path, h->replay.connections, h->replay.connection,
		        endpoint_text(&c->local, c->local_port, local),
		        endpoint_text(&c->remote, c->remote_port, remote));
	if (!h->journal && (h->replay.misfit || h->replay.verdict.kind == VERDICT_ERROR))
		fprintf(stderr,
		        "fourwave judge: %s was not made by fourwave run -w, or that run was cut off; it can "
		        "be judged only where one end did what the scenario sends. How it was closed: "
		        "fourwave draw -r %s\n",
		        h->path, h->path);
	if (!h->journal)
		return;
	if (h->replay.verdict.kind != VERDICT_PASS && !is_called(file, h->journal->scenario))
		fprintf(stderr, "fourwave judge: %s was made of the scenario \"%s\" (%s), and not of %s\n",
		        h->path, h->journal->scenario, h->journal->title, file);
	else if (h->replay.misfit)
		fprintf(stderr, "fourwave judge: %s does not send what it sent when %s was made\n", file,
		        h->path);
}

/* --- all --- */

static int refuse(const struct judging *j, const struct diag *d)
{
	return d->text[0] != '\0' ? command_usage(j->command, d->text) : STATUS_USAGE;
}

/* Each mistake is reported before any verdict is. */
static bool hear(struct judging *j)
{
	struct replay_choice choice = {.connection = j->options->connection,
	                               .control_port = AGENT_CONTROL_PORT};
	const struct filter_ops filter = {filter_ask, j->filters};
	bool ok = true;
	struct diag why;

	for (size_t i = 0; i < j->count; i++) {
		struct capture_judged *h = &j->judged[i];
		struct diag d = {.text = ""};
		bool loaded = read_capture(h, &d) && load_scenario(h, &j->scenarios, j->options, &d);

		if (loaded)
			use_profile(h, j->options, &choice);
		if (loaded && replay_play(&h->replay, h->scenario.scenarios[0], &h->file, h->journal, &filter,
		                          &choice, &why))
			continue;
		if (loaded)
			diag_set(&d, "%s: %s; what is there: fourwave draw -r %s", h->path, why.text,
			         h->path);
		ok = false;
		refuse(j, &d);
	}
	return ok;
}

static int report(struct judging *j, int64_t began_ns)
{
	struct jobs jobs = {.list = memory_new(j->count, sizeof *jobs.list), .count = j->count};
	struct output *out = &j->output;
	struct diag d;
	bool ok = output_open(out, j->options, &d);

	for (size_t i = 0; i < jobs.count; i++)
		make_job(&j->judged[i], &jobs.list[i]);
	out->about.target = jobs.list[0].site->text;
	for (size_t i = 1; i < jobs.count; i++)
		if (strcmp(jobs.list[i].site->text, jobs.list[0].site->text) != 0)
			out->about.target = "several, judged from captures";
	if (ok)
		output_begin(out, &jobs);
	for (size_t i = 0; ok && i < jobs.count; i++) {
		output_result(out, &jobs.list[i]);
		remark(&j->judged[i]);
	}
	out->no_sum = jobs.count == 1;
	if (ok)
		output_end(out, &jobs, false, seconds(clock_mono_ns() - began_ns));
	output_close(out);
	free(jobs.list);
	return ok ? (int)status_of(&out->tally, j->options->strict, out->failed) : refuse(j, &d);
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
	j->filters = filter_cache_new();
	return hear(j) ? report(j, began_ns) : STATUS_USAGE;
}

static int judge_all(const struct command *c, const struct options *o)
{
	struct judging j = {.command = c, .options = o};
	int status = judge(&j);

	for (size_t i = 0; i < j.count; i++) {
		struct capture_judged *h = &j.judged[i];
		replay_free(&h->replay);
		collection_free(&h->scenario);
		journal_free(h->journal);
		capture_file_free(&h->file);
		free(h->path);
	}
	free(j.judged);
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
    OPTION_STRICT,
    OPTIONS_BASELINE,
    OPTION_JSON("result"),
    OPTIONS_REPORT OPTION_TAP,
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
