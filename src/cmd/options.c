/* What the flags of run, table, check, explain, judge, draw and doctor mean together. Opens nothing. */
#include "cmd/options.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "lab/tap.h"

/* Flags that say something of a target, where there is none. */
static bool check_lab(const struct options *o, struct diag *d)
{
	bool program = o->serve || o->client;
	const struct {
		bool given;
		const char *name;
	} flags[] = {
	    {o->interface, "--interface"},
	    {o->source.family != 0, "--source"},
	    {o->provokes.count > 0 && !program, "--provoke"},
	    {o->agent && !o->device, "--agent"},
	    {o->assumes.count > 0 && !o->device, "--assume"},
	    {o->no_agent, "--no-agent"},
	    {o->spare, "--spare"},
	};

	for (size_t i = 0; i < sizeof flags / sizeof *flags; i++)
		if (flags[i].given)
			return diag_set(d, "%s makes no sense in the lab: name a target with -t",
			                flags[i].name);
	return true;
}

/* The flags of a program in the lab. */
static bool check_program(const struct options *o, struct diag *d)
{
	if (o->target && (o->serve || o->client))
		return diag_set(d, "%s begins the peer in the lab, -t names one elsewhere: give one of them",
		                o->serve ? "--serve" : "--client");
	if (o->serve && o->client)
		return diag_set(d, "--serve and --client exclude each other");
	if (o->port && !o->serve)
		return diag_set(d, "--port is where the server of --serve listens%s",
		                o->target ? "; with -t it is HOST:PORT" : "");
	if (o->device && !o->serve)
		return diag_set(d,
		                "--tap %s: the device is for a program with a stack of its own, so it needs "
		                "--serve; or is \"%s\" a scenario? There is no such file",
		                o->device, o->device);
	if (o->device && o->agent && o->port)
		return diag_set(
		    d, "--port is for plain servers, --agent for a stack that has one: give one of them");
	if (o->device && o->provokes.count > 0 && !o->port)
		return diag_set(d, "--provoke is for plain servers: say with --port where this one listens");
	return !o->device || tap_name_good(o->device, d);
}

static bool check_agreement(const struct options *o, struct diag *d)
{
	if (o->ipv4 && o->ipv6)
		return diag_set(d, "-4 and -6 exclude each other; without them both are done");
	if (o->tap && o->json && strcmp(o->json, "-") == 0)
		return diag_set(d, "--tap and --json - both want standard output");
	if (!check_program(o, d))
		return false;
	if (!o->target)
		return check_lab(o, d);
	if (o->confirm > 0 && o->no_confirm)
		return diag_set(d, "--confirm and --no-confirm exclude each other");
	if (o->agent && o->no_agent)
		return diag_set(d, "--agent and --no-agent exclude each other");
	if (o->agent && o->provokes.count > 0)
		return diag_set(
		    d, "--provoke is for plain servers, --agent for fourwave peer: give one of them");
	if (o->spare && o->source.family == 0)
		return diag_set(d, "--spare needs the spare address: -S ADDR");
	if (o->spare && o->no_shield)
		return diag_set(d, "--spare needs no shield: leave out --no-shield");
	return true;
}

void options_default(struct options *o)
{
	memset(o, 0, sizeof *o);
	o->slow = 1;
	o->repeat = 1;
}

enum flags_result options_parse(const struct command *c, int argc, char **argv, struct options *o,
                                struct diag *d)
{
	int first = argc;
	enum flags_result r;

	options_default(o);
	o->argc = argc;
	o->argv = argv;
	r = command_parse(c, argc, argv, o, &first, d);
	o->paths = (const char *const *)(argv + first);
	o->path_count = (size_t)(argc - first);
	if (r != FLAGS_OK)
		return r;
	for (size_t i = 0; c->operands == OPERANDS_CAPTURES && i < o->path_count; i++)
		*LIST_ADD(o->reads.items, o->reads.count, o->reads.room) = o->paths[i];
	if (c->operands == OPERANDS_SCENARIOS && o->path_count == 0)
		diag_set(d, "no scenario is named: fourwave %s %s; fourwave new NAME writes one", c->name,
		         c->synopsis);
	else if (check_agreement(o, d))
		return FLAGS_OK;
	return FLAGS_BAD;
}

void options_free(struct options *o)
{
	free(o->defines.items);
	free(o->includes.items);
	free(o->provokes.items);
	free(o->assumes.items);
	free(o->reads.items);
}

int options_play(const struct command *c, int argc, char **argv)
{
	struct options o;
	struct diag d;
	enum flags_result r = options_parse(c, argc, argv, &o, &d);
	int status = r == FLAGS_OK ? c->play(c, &o) : command_unread(c, r, &d);

	options_free(&o);
	return status;
}
