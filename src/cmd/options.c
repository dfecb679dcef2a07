/* What the flags of run, table, check, explain, judge and draw mean. Opens nothing and prints nothing. */
#include <stdlib.h>
#include <string.h>

#include "base/literal.h"
#include "cmd/options.h"

enum {
	FLAG_QUICK = FLAG_LONG_ONLY,
	FLAG_REPEAT,
	FLAG_BUFFER,
	FLAG_CONFIRM,
	FLAG_SLOW,
	FLAG_RATE,
	FLAG_PROVOKE,
	FLAG_AGENT,
	FLAG_NO_AGENT,
	FLAG_ASSUME,
	FLAG_NO_SHIELD,
	FLAG_SPARE,
	FLAG_JSON,
	FLAG_TAP,
	FLAG_JUNIT,
	FLAG_HTML,
	FLAG_COLOR,
	FLAG_ASCII,
	FLAG_CONNECTION
};

enum { CONNECTION_MAX = 1000000000 };
enum {
	JOBS_MAX = 10000,
	RATE_MAX = 10000000,
	SLOW_MAX = 1000,
	REPEAT_MAX = 1000,
	BUFFER_MAX_KIB = 1024 * 1024
};

#define FLAG_D                                                                                               \
	{                                                                                                    \
		'D', "define", "NAME=VALUE", "give a param of the scenarios another value"                   \
	}
#define FLAG_I                                                                                               \
	{                                                                                                    \
		'I', "include", "DIR", "look here too for included files"                                    \
	}

static const struct flag run_flags[] = {
    {'t', "target", "HOST[:PORT]",
     "the host to be judged; without it, the lab:\nnetwork namespaces on this machine"},
    {'4', "ipv4", NULL, "IPv4 only"},
    {'6', "ipv6", NULL, "IPv6 only"},
    {'i', "interface", "IF", "send on the link layer of this interface, and capture there"},
    {'S', "source", "ADDR", "our address, instead of the route's"},
    {'p', "source-port", "N", "the first of our ports"},
    {'j', "jobs", "N", "run at most so many scenarios side by side"},
    FLAG_D,
    FLAG_I,
    {FLAG_QUICK, "quick", NULL, "leave out what must take over 10 s"},
    {FLAG_REPEAT, "repeat", "N", "play each scenario so many times"},
    {FLAG_CONFIRM, "confirm", NULL,
     "play what failed again: only what fails both times is a\nfailure, the rest an error"},
    {FLAG_SLOW, "slow", "N", "stretch our deadlines N times, for slow machines"},
    {FLAG_RATE, "rate", "N", "send at most so many segments a second; default 1000,\nin the lab no limit"},
    {FLAG_PROVOKE, "provoke", "HOW",
     "how a plain server is made to act, repeatable: none, http,\n"
     "banner, eof, BYTES (they make it close) or KIND=BYTES; C escapes"},
    {FLAG_AGENT, "agent", "[HOST:]PORT", "the control port of fourwave peer; default 4144"},
    {FLAG_NO_AGENT, "no-agent", NULL, "do not ask for fourwave peer on the target"},
    {FLAG_ASSUME, "assume", "NAME=VALUE", "a sysctl that the target is known to have"},
    {FLAG_BUFFER, "buffer", "KIB", "the capture's buffer; default 16384"},
    {FLAG_NO_SHIELD, "no-shield", NULL, "do not keep our own kernel from answering"},
    {FLAG_SPARE, "spare", NULL, "the address of -S is spare: answer ARP and neighbour\ndiscovery for it"},
    {FLAG_JSON, "json", "FILE", "write a JSON object a line for each result; - for\nstandard output"},
    {FLAG_TAP, "tap", NULL, "write TAP to standard output"},
    {FLAG_JUNIT, "junit", "FILE", "write JUnit XML, at the end"},
    {FLAG_HTML, "html", "FILE", "write a page with the table, ladders and plots, at the end"},
    {'w', "write", "DIR", "write a capture file for each result into this directory"},
    {FLAG_COLOR, "color", "WHEN", "auto, always or never"},
    {FLAG_ASCII, "ascii", NULL, "draw with 7-bit characters"},
    {'v', "verbose", NULL,
     "show the segments of what passed, too; -vv: each as\nit passes, in tcpdump's notation"},
    {'q', "quiet", NULL, "show only what failed, and no progress"},
};

static const struct flag check_flags[] = {
    FLAG_D,
    FLAG_I,
    {'q', "quiet", NULL, "say nothing of files that are sound"},
};

static const struct flag explain_flags[] = {FLAG_D, FLAG_I};

static const struct flag judge_flags[] = {
    {'r', "read", "FILE|DIR",
     "the capture to be judged, - for standard input, or all\n*.pcap in a directory; repeatable"},
    {FLAG_CONNECTION, "connection", "N",
     "of a capture that is not fourwave's: the connection that draw\nnumbers so; else the first that fits"},
    FLAG_D,
    FLAG_I,
    {FLAG_JSON, "json", "FILE", "write a JSON object a line for each result; - for\nstandard output"},
    {FLAG_TAP, "tap", NULL, "write TAP to standard output"},
    {FLAG_JUNIT, "junit", "FILE", "write JUnit XML"},
    {FLAG_HTML, "html", "FILE", "write a page with the table, ladders and plots"},
    {FLAG_COLOR, "color", "WHEN", "auto, always or never"},
    {FLAG_ASCII, "ascii", NULL, "draw with 7-bit characters"},
    {'v', "verbose", NULL, "show the segments where it passed, too"},
    {'q', "quiet", NULL, "say nothing where it passed"},
};

static const struct flag draw_flags[] = {
    {'r', "read", "FILE", "the capture to be drawn; - for standard input"},
    {FLAG_JSON, "json", "FILE", "write a JSON object a line for each connection; - for\nstandard output"},
    {FLAG_COLOR, "color", "WHEN", "auto, always or never"},
    {FLAG_ASCII, "ascii", NULL, "draw with 7-bit characters"},
    {'v', "verbose", NULL, "draw every segment, not only those of the close"},
    {'q', "quiet", NULL, "name the cases, and draw nothing"},
};

#define COUNT(a) (sizeof(a) / sizeof(a)[0])

const struct flag_table flags_of_run = {
    "run", "[-t HOST[:PORT]] [options] FILE|DIR...",
    "Plays scenarios against a host, or against this kernel in the lab, and judges\n"
    "the peer. A directory stands for all *.wave files below it.",
    run_flags, COUNT(run_flags)};

const struct flag_table flags_of_table = {
    "table", "[-t HOST[:PORT]] [options]",
    "Plays the exception table of the TCP close, each lost segment in both roles,\n"
    "and prints it with verdicts and measurements.",
    run_flags, COUNT(run_flags)};

const struct flag_table flags_of_check = {"check", "[-q] [-D NAME=VALUE] [-I DIR] FILE|DIR...",
                                          "Looks for mistakes in scenarios. Nothing is sent.", check_flags,
                                          COUNT(check_flags)};

const struct flag_table flags_of_explain = {
    "explain", "[-D NAME=VALUE] [-I DIR] FILE...",
    "Says in plain words what each step of a scenario does, and the pcap filter it\n"
    "becomes, for IPv4 and for IPv6.",
    explain_flags, COUNT(explain_flags)};

const struct flag_table flags_of_judge = {
    "judge", "-r FILE|DIR [options] SCENARIO|DIR...",
    "Gives a scenario's verdict again from a capture of it, without network and\n"
    "privilege. A capture that fourwave run -w made holds all that the run knew. Of\n"
    "several scenarios, each capture is judged by the one that it was made of.",
    judge_flags, COUNT(judge_flags)};

const struct flag_table flags_of_draw = {
    "draw", "-r FILE [options]",
    "Draws the connections of a capture, anybody's, as sequence diagrams, and says how\n"
    "each of them was closed, what was lost, and what is unusual against RFC 9293.",
    draw_flags, COUNT(draw_flags)};

static bool add(struct strings *list, const char *item, struct diag *d)
{
	const char **items = realloc(list->items, (list->count + 1) * sizeof *items);

	if (!items)
		return diag_set(d, "out of memory");
	items[list->count++] = item;
	list->items = items;
	return true;
}

/* NAME=VALUE, neither empty. */
static bool add_pair(struct strings *list, const char *what, const char *value, struct diag *d)
{
	const char *equals = strchr(value, '=');

	if (!equals || equals == value || equals[1] == '\0')
		return diag_set(d, "%s: \"%s\" is not NAME=VALUE", what, value);
	return add(list, value, d);
}

static bool take_number(const char *what, const char *value, unsigned high, unsigned *out, struct diag *d)
{
	uint64_t n;

	if (!literal_number(what, value, 1, high, &n, d))
		return false;
	*out = (unsigned)n;
	return true;
}

static bool take_port(const char *value, uint16_t *port, struct diag *d)
{
	uint64_t n;

	if (!literal_number("--source-port", value, 1, 65535, &n, d))
		return false;
	*port = (uint16_t)n;
	return true;
}

static bool take_text(const char *what, const char *value, const char **out, struct diag *d)
{
	if (*value == '\0')
		return diag_set(d, "%s needs a value that is not empty", what);
	*out = value;
	return true;
}

/* A report that is written at the end. */
static bool take_file(const char *what, const char *value, const char **out, struct diag *d)
{
	if (strcmp(value, "-") == 0)
		return diag_set(d, "%s takes the name of a file; for standard output, /dev/stdout", what);
	return take_text(what, value, out, d);
}

static bool take_read(struct strings *list, const char *value, struct diag *d)
{
	const char *path = value;

	return take_text("--read", value, &path, d) && add(list, path, d);
}

static bool take_color(const char *value, enum color_mode *out, struct diag *d)
{
	if (!color_mode_parse(value, out))
		return diag_set(d, "--color: \"%s\" is none of auto, always, never", value);
	return true;
}

/* Flags with a value. */
static bool take_value(struct options *o, int id, const char *value, struct diag *d)
{
	switch (id) {
	case 't': return take_text("--target", value, &o->target, d);
	case 'i': return take_text("--interface", value, &o->interface, d);
	case 'S': return take_text("--source", value, &o->source, d);
	case 'p': return take_port(value, &o->source_port, d);
	case 'j': return take_number("--jobs", value, JOBS_MAX, &o->jobs, d);
	case 'D': return add_pair(&o->defines, "--define", value, d);
	case 'I': return add(&o->includes, value, d);
	case 'w': return take_text("--write", value, &o->write_dir, d);
	case 'r': return take_read(&o->reads, value, d);
	case FLAG_CONNECTION: return take_number("--connection", value, CONNECTION_MAX, &o->connection, d);
	case FLAG_SLOW: return literal_real("--slow", value, 1, SLOW_MAX, &o->slow, d);
	case FLAG_REPEAT: return take_number("--repeat", value, REPEAT_MAX, &o->repeat, d);
	case FLAG_BUFFER: return take_number("--buffer", value, BUFFER_MAX_KIB, &o->buffer_kib, d);
	case FLAG_RATE: return take_number("--rate", value, RATE_MAX, &o->rate, d);
	case FLAG_PROVOKE: return add(&o->provokes, value, d);
	case FLAG_AGENT: return take_text("--agent", value, &o->agent, d);
	case FLAG_ASSUME: return add_pair(&o->assumes, "--assume", value, d);
	case FLAG_JSON: return take_text("--json", value, &o->json, d);
	case FLAG_JUNIT: return take_file("--junit", value, &o->junit, d);
	case FLAG_HTML: return take_file("--html", value, &o->html, d);
	case FLAG_COLOR: return take_color(value, &o->color, d);
	}
	return diag_set(d, "a flag that is in the table and not in the code: %d", id);
}

static bool take(void *context, int id, const char *value, struct diag *d)
{
	struct options *o = context;

	switch (id) {
	case '4': return o->ipv4 = true;
	case '6': return o->ipv6 = true;
	case 'v': return ++o->verbose > 0;
	case 'q': return o->quiet = true;
	case FLAG_QUICK: return o->quick = true;
	case FLAG_CONFIRM: return o->confirm = true;
	case FLAG_NO_AGENT: return o->no_agent = true;
	case FLAG_NO_SHIELD: return o->no_shield = true;
	case FLAG_SPARE: return o->spare = true;
	case FLAG_TAP: return o->tap = true;
	case FLAG_ASCII: return o->ascii = true;
	}
	return take_value(o, id, value, d);
}

/* Flags that say something of a target, where there is none. */
static bool check_lab(const struct options *o, struct diag *d)
{
	const struct {
		bool given;
		const char *name;
	} flags[] = {
	    {o->interface, "--interface"},
	    {o->source, "--source"},
	    {o->provokes.count > 0, "--provoke"},
	    {o->agent, "--agent"},
	    {o->assumes.count > 0, "--assume"},
	    {o->no_agent, "--no-agent"},
	    {o->spare, "--spare"},
	};

	for (size_t i = 0; i < COUNT(flags); i++)
		if (flags[i].given)
			return diag_set(d, "%s makes no sense in the lab: name a target with -t",
			                flags[i].name);
	return true;
}

static bool check_agreement(const struct options *o, struct diag *d)
{
	if (o->ipv4 && o->ipv6)
		return diag_set(d, "-4 and -6 exclude each other; without them both are done");
	if (o->tap && o->json && strcmp(o->json, "-") == 0)
		return diag_set(d, "--tap and --json - both want standard output");
	if (!o->target)
		return check_lab(o, d);
	if (o->agent && o->no_agent)
		return diag_set(d, "--agent and --no-agent exclude each other");
	if (o->agent && o->provokes.count > 0)
		return diag_set(
		    d, "--provoke is for plain servers, --agent for fourwave peer: give one of them");
	if (o->spare && !o->source)
		return diag_set(d, "--spare needs the spare address: -S ADDR");
	if (o->spare && o->no_shield)
		return diag_set(d, "--spare needs no shield: leave out --no-shield");
	return true;
}

static bool is_wave(const char *name)
{
	size_t len = strlen(name);

	return len > 5 && strcmp(name + len - 5, ".wave") == 0;
}

/* draw has nothing but captures: one may stand there alone. */
static bool take_capture(struct options *o, struct diag *d)
{
	if (o->reads.count > 0 || o->path_count != 1 || is_wave(o->paths[0]))
		return true;
	o->path_count = 0;
	return take_read(&o->reads, o->paths[0], d);
}

static bool check_operands(const struct flag_table *table, const struct options *o, struct diag *d)
{
	if (table == &flags_of_table && o->path_count > 0)
		return diag_set(d, "table plays its own scenarios: for %s use fourwave run", o->paths[0]);
	bool reads = table == &flags_of_judge || table == &flags_of_draw;

	if (table == &flags_of_draw && o->path_count > 0 && !is_wave(o->paths[0]))
		return diag_set(d, "one capture is drawn at a time, not %s too", o->paths[o->path_count - 1]);
	if (table == &flags_of_draw && o->path_count > 0)
		return diag_set(d, "draw takes no scenario: for %s use fourwave judge", o->paths[0]);
	if (reads && o->reads.count == 0)
		return diag_set(d, "no capture is named: fourwave %s %s", table->command, table->synopsis);
	if (table == &flags_of_draw && o->reads.count > 1)
		return diag_set(d, "one capture is drawn at a time, not %s too", o->reads.items[1]);
	if (table != &flags_of_table && table != &flags_of_draw && o->path_count == 0)
		return diag_set(d, "no scenario is named: fourwave %s %s; fourwave new NAME writes one",
		                table->command, table->synopsis);
	return true;
}

void options_default(struct options *o)
{
	memset(o, 0, sizeof *o);
	o->slow = 1;
	o->repeat = 1;
}

enum flags_result options_parse(const struct flag_table *table, int argc, char **argv, struct options *o,
                                struct diag *d)
{
	int first = argc;

	options_default(o);
	o->argc = argc;
	o->argv = argv;
	enum flags_result r = flags_parse(table, argc, argv, take, o, &first, d);
	if (r != FLAGS_OK)
		return r;
	o->paths = argv + first;
	o->path_count = (size_t)(argc - first);
	if (table == &flags_of_draw && !take_capture(o, d))
		return FLAGS_BAD;
	if (!check_agreement(o, d) || !check_operands(table, o, d))
		return FLAGS_BAD;
	return FLAGS_OK;
}

void options_free(struct options *o)
{
	free(o->defines.items);
	free(o->includes.items);
	free(o->provokes.items);
	free(o->assumes.items);
	free(o->reads.items);
}
