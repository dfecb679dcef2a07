/* fourwave run and fourwave table: from the command line to the exit status. */
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/duration.h"
#include "cmd/collect.h"
#include "run/play.h"
#include "cmd/output.h"
#include "cmd/options.h"
#include "lab/program.h"
#include "wire/privilege.h"

enum {
	JOBS_MAX = 10000,
	RATE_MAX = 10000000,
	SLOW_MAX = 1000,
	REPEAT_MAX = 1000,
	CONFIRM_MOST = 9,
	BUFFER_MAX_KIB = 1024 * 1024
};

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

static bool find_scenarios(struct session *s, struct diag *d)
{
	const struct options *o = s->options;
	char *dir;
	bool ok;

	if (!s->table)
		return collection_find(&s->scenarios, o->paths, o->path_count, d);
	if (o->path_count > 0)
		return diag_set(d, "table plays its own scenarios: for %s use fourwave run", o->paths[0]);
	dir = scenarios_path("table");
	ok = collection_find(&s->scenarios, (const char *const *)&dir, 1, d);
	free(dir);
	return ok;
}

static size_t unfinished(const struct session *s)
{
	size_t n = 0;

	for (size_t i = 0; i < s->jobs.count; i++)
		n += !s->jobs.list[i].finished;
	return n;
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
	struct loop_watch watch = {
	    .report = report, .segment = s->options->verbose > 1 ? show_segment : NULL, .context = s};
	bool ok;

	if (!s->options->quiet && world_hears_ttl(&s->world))
		fprintf(stderr,
		        "fourwave: a target on our own network that sends with a TTL of 255 can't be judged "
		        "from here, where our own kernel answers it; fourwave doctor says why\n");
	progress_open(&s->progress, s->options->quiet, &style, unfinished(s));
	watch.draw = s->progress.wanted ? draw : NULL;
	ok = loop_play(&s->world, &s->jobs, world_most(&s->world), &watch, &s->interrupted, d);
	progress_clear(&s->progress);
	return ok;
}

static void play(struct session *s, bool whole, struct diag *d)
{
	const char *dir = s->options->write_dir;
	bool ready;

	for (size_t i = 0; i < s->jobs.count; i++)
		skip_judge(&s->jobs.list[i], &s->world);
	/* Everything that takes privilege, and then none is left. */
	ready = unfinished(s) == 0 ||
	        (world_listen(&s->world, d) && (!dir || jobs_open_dumps(&s->jobs, dir, &s->world, d)) &&
	         privilege_drop(d));
	if (!ready) {
		whole = false;
		for (size_t i = 0; i < s->jobs.count; i++)
			if (!s->jobs.list[i].finished)
				job_settle(&s->jobs.list[i], VERDICT_ERROR,
				           reason_text_of(CODE_HOST, d->text));
	}
	if (!whole)
		output_trouble(&s->output, d->text, !world_program_trouble(&s->world));
	output_begin(&s->output, &s->jobs);
	/* Those that were settled without being played, in their order. */
	for (size_t i = 0; i < s->jobs.count; i++)
		if (s->jobs.list[i].finished)
			output_result(&s->output, &s->jobs.list[i]);
	if (unfinished(s) > 0 && !watch_and_play(s, d))
		fprintf(stderr, "fourwave: %s\n", d->text);
}

/* The agent may say what it runs on: then the scenarios have other values. What says nothing may be any. */
static bool know_the_peer(struct session *s)
{
	const char *stack = s->world.stack;

	if (stack && !s->options->profile && !profile_is_there(stack))
		fprintf(
		    stderr,
		    "fourwave: fourwave peer runs on \"%s\", of which there is no profile: it is judged by "
		    "what RFCs bound\n",
		    stack);
	else if (stack && !s->options->profile && strcmp(stack, s->scenarios.profile->name) != 0 &&
	         !collection_reload(&s->scenarios, s->options, stack))
		return false;
	s->world.profile = s->scenarios.profile;
	if ((s->options->target || s->options->device) && !s->options->profile &&
	    strcmp(s->world.profile->name, "rfc") == 0 && !s->options->quiet &&
	    !world_program_trouble(&s->world))
		fprintf(stderr, "fourwave: judged by what RFCs bound, as nothing tells which stack that is "
		                "(--profile linux, bsd, lwip ... where you know)\n");
	return true;
}

/* The scenarios are sound: to the world. */
static int play_all(struct session *s, const struct command *c)
{
	int64_t began_ns = clock_mono_ns();
	struct diag d = {.text = ""};
	enum world_result opened;
	const char *program;
	struct rlimit limit;

	if (!output_open(&s->output, s->options, &d))
		return d.text[0] != '\0' ? command_usage(c, d.text) : STATUS_USAGE;
	s->output.table = s->table;
	/* A shield and a capture file for each run: as many as we may, which is nothing to a program. */
	program_limits();
	if (getrlimit(RLIMIT_NOFILE, &limit) == 0) {
		limit.rlim_cur = limit.rlim_max;
		setrlimit(RLIMIT_NOFILE, &limit);
	}
	opened = world_open(&s->world, s->options, &d);
	if (opened == WORLD_MISUSED)
		return command_usage(c, d.text);
	if (!know_the_peer(s))
		return STATUS_USAGE;
	jobs_make(&s->jobs, &s->world, (const struct scenario *const *)s->scenarios.scenarios,
	          s->scenarios.file_count);
	if (s->world.guessed && !s->options->quiet)
		fprintf(stderr,
		        "fourwave: by its port the peer is taken for a plain server%s, --provoke %s "
		        "(--provoke none: ask nothing of it)\n",
		        strcmp(s->world.guessed, "eof") == 0 ? " that closes when its client does" : "",
		        s->world.guessed);
	program = world_program_trouble(&s->world);
	if (program)
		diag_set(&d, "%s", program);
	play(s, opened == WORLD_OPEN && !program, &d);
	output_end(&s->output, &s->jobs, s->interrupted, seconds(clock_mono_ns() - began_ns));
	output_close(&s->output);
	if (s->jobs.count == 0 && !s->output.failed)
		return STATUS_SKIP;
	return (int)status_of(&s->output.tally, s->options->strict, s->output.failed);
}

static int load_and_play(const struct command *c, const struct options *o)
{
	struct session s = {.options = o, .table = c == &command_table};
	struct diag d;
	int status = STATUS_USAGE;

	if (!find_scenarios(&s, &d))
		command_usage(c, d.text);
	else if (collection_load(&s.scenarios, o))
		status = play_all(&s, c);
	jobs_free(&s.jobs);
	output_close(&s.output);
	world_close(&s.world);
	collection_free(&s.scenarios);
	return status;
}

/* The report of that name, and the kind of device. */
static bool take_tap(const struct flag *f, void *options, const char *value, struct diag *d)
{
	struct options *o = options;

	(void)f, (void)d;
	if (value)
		o->device = value;
	else
		o->tap = true;
	return true;
}

#define PROTOCOL_NAME(name, ...) ", " #name
#define SERVICE_NAME(name, ...) #name ", "

static const struct flag flags[] = {
    {'t', "--target", "HOST[:PORT]",
     "the host to be judged; without it, the lab:\nnetwork namespaces on this machine",
     FLAG_TEXT(struct options, target)},
    {0, "--serve", "CMD", "in the lab: begin this server there, and judge it",
     FLAG_TEXT(struct options, serve)},
    {0, "--port", "N", "where the server of --serve listens; without it, where\nit is seen to",
     FLAG_PORT(struct options, port)},
    {0, "--client", "CMD",
     "in the lab: begin this for each connection, to\nconnect to $FOURWAVE_ADDRESS port $FOURWAVE_PORT",
     FLAG_TEXT(struct options, client)},
    {'4', "--ipv4", NULL, "IPv4 only", FLAG_ON(struct options, ipv4)},
    {'6', "--ipv6", NULL, "IPv6 only", FLAG_ON(struct options, ipv6)},
    {'i', "--interface", "IF", "send on the link layer of this interface, and capture there",
     FLAG_TEXT(struct options, interface)},
    {'S', "--source", "ADDR", "our address, instead of the route's", FLAG_ADDRESS(struct options, source)},
    {'p', "--source-port", "N", "the first of our ports", FLAG_PORT(struct options, source_port)},
    {'j', "--jobs", "N", "run at most so many scenarios side by side",
     FLAG_NUMBER(struct options, jobs, JOBS_MAX)},
    OPTIONS_SCENARIO,
    {0, "--quick", NULL, "leave out what must take over 10 s", FLAG_ON(struct options, quick)},
    {0, "--repeat", "N", "play each scenario so many times", FLAG_NUMBER(struct options, repeat, REPEAT_MAX)},
    {0, "--confirm", "N",
     "play what failed N times more: only what fails alike\neach time is a failure; default 3 with -t and "
     "on a\nTAP, else none in the lab",
     FLAG_NUMBER(struct options, confirm, CONFIRM_MOST)},
    {0, "--no-confirm", NULL, "believe a failure at once", FLAG_ON(struct options, no_confirm)},
    {0, "--slow", "N", "stretch our deadlines N times, for slow machines",
     FLAG_REAL(struct options, slow, SLOW_MAX)},
    {0, "--rate", "N", "send at most so many segments a second; default 1000,\nin the lab no limit",
     FLAG_NUMBER(struct options, rate, RATE_MAX)},
    {0, "--provoke", "HOW",
     "how a plain server is made to act, repeatable:\n"
     "none" PLAIN_GENERAL(PROTOCOL_NAME) ",\n" PLAIN_SERVICES(
         SERVICE_NAME) "BYTES\n(they make it close) or KIND=BYTES; C escapes",
     FLAG_LIST(struct options, provokes)},
    {0, "--agent", "[HOST:]PORT", "the control port of fourwave peer; default 4144",
     FLAG_TEXT(struct options, agent)},
    {0, "--no-agent", NULL, "do not ask for fourwave peer on the target", FLAG_ON(struct options, no_agent)},
    {0, "--assume", "NAME=VALUE", "a sysctl that the target is known to have",
     FLAG_PAIRS(struct options, assumes)},
    {0, "--buffer", "KIB", "the capture's buffer; default 16384",
     FLAG_NUMBER(struct options, buffer_kib, BUFFER_MAX_KIB)},
    {0, "--no-shield", NULL, "do not keep our own kernel from answering", FLAG_ON(struct options, no_shield)},
    {0, "--spare", NULL, "the address of -S is spare: answer ARP and neighbour\ndiscovery for it",
     FLAG_ON(struct options, spare)},
    OPTION_STRICT,
    OPTIONS_BASELINE,
    OPTION_JSON("result"),
    OPTIONS_REPORT{
        0, "--tap", "[NAME]",
        "write TAP to standard output; with the NAME of a\ndevice: --serve brings its own stack, on that TAP",
        FLAG_OWN(take_tap)},
    {'w', "--write", "DIR", "write a capture file for each result into this directory",
     FLAG_TEXT(struct options, write_dir)},
    OPTION_COLOR,
    OPTION_ASCII,
    OPTION_VERBOSE("show the segments of what passed, too; -vv: each as\nit passes, in tcpdump's notation"),
    OPTION_QUIET("show only what failed, and no progress"),
    {0},
};

const struct command command_run = {
    .name = "run",
    .brief = "play scenarios against a host, or in the lab",
    .synopsis = "[-t HOST[:PORT]] [options] FILE|DIR...",
    .summary = "Plays scenarios against a host, or against this kernel in the lab, and judges\n"
               "the peer. A directory stands for all *.wave files below it.",
    .examples = "fourwave run first.wave\tin the lab: no root, no target\n"
                "fourwave run -t web1:80 --provoke http scenarios/\tagainst a web server\n"
                "fourwave run -D deadline=20s --slow 3 first.wave\twith another param, on a slow machine\n"
                "fourwave run -w captures --json result.json scenarios/\twith what a CI job keeps\n",
    .next = "No scenario yet? fourwave new NAME writes one. Something refused? fourwave doctor.",
    .flags = flags,
    .operands = OPERANDS_SCENARIOS,
    .run = options_play,
    .play = load_and_play,
};

const struct command command_table = {
    .name = "table",
    .brief = "play the exception table of the TCP close",
    .synopsis = "[-t HOST[:PORT]] [options]",
    .summary = "Plays the exception table of the TCP close, each lost segment in both roles,\n"
               "and prints it with verdicts and measurements.",
    .examples = "fourwave table --quick\tthis kernel, in the lab, in about 10 seconds\n"
                "fourwave table -t 192.0.2.1\ta host where fourwave peer runs\n"
                "fourwave table -t web1:80 --provoke http\ta web server; what needs an agent is skipped\n",
    .next = "What the rows mean: man 7 fourwave-table.",
    .flags = flags,
    .run = options_play,
    .play = load_and_play,
};
