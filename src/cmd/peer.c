/* fourwave peer: the agent on a target host. */
#include <string.h>

#include "lab/agent.h"
#include "cmd/command.h"
#include "base/duration.h"
#include "base/literal.h"
#include "run/world.h"

struct peer_options {
	struct agent_options agent;
	struct addr listen[2]; /* as given; family 0: not */
	bool quiet;
};

static bool take_listen(const struct flag *f, void *member, const char *value, struct diag *d)
{
	struct peer_options *o = member;
	struct addr a, *place;

	if (!flag_address(f, &a, value, d))
		return false;
	place = &o->listen[family_index(a.family)];
	if (place->family != 0)
		return diag_set(d, "%s: one address of each family, and %s is the second", f->name, value);
	*place = a;
	return true;
}

static bool take_idle(const struct flag *f, void *member, const char *value, struct diag *d)
{
	struct peer_options *o = member;
	uint64_t n;

	if (!literal_number(f->name, value, 0, 86400, &n, d))
		return false;
	o->agent.idle_ns = (int64_t)n * NS_PER_S;
	return true;
}

static const struct flag flags[] = {
    {'l', "--listen", "ADDR",
     "the address to listen on, one of each family; default:\nloopback, with --remote any",
     FLAG_OWN(take_listen)},
    {'p', "--port", "PORT", "the control port; default 4144",
     FLAG_PORT(struct peer_options, agent.control_port)},
    {0, "--data-port", "PORT", "the port for connections under test; default 4145",
     FLAG_PORT(struct peer_options, agent.data_port)},
    {0, "--remote", NULL,
     "serve other hosts too. Whoever reaches the control port can\n"
     "have this host open and reset connections on the data port",
     FLAG_ON(struct peer_options, agent.remote_allowed)},
    {0, "--max-connections", "N", "connections under test at one time; default 256",
     FLAG_NUMBER(struct peer_options, agent.max_connections, 100000)},
    {0, "--max-write", "BYTES", "the most that one write sends; default 1048576",
     FLAG_NUMBER(struct peer_options, agent.max_write_bytes, UINT32_MAX)},
    {0, "--idle", "S", "end a tester's session after so many idle seconds; 0:\nnever; default 600",
     FLAG_OWN(take_idle)},
    {'q', "--quiet", NULL, "do not say where it listens", FLAG_ON(struct peer_options, quiet)},
    {0},
};

static void say_ready(void *context, uint16_t control_port, uint16_t data_port)
{
	(void)context;
	printf("fourwave peer: control port %u, data port %u\n", control_port, data_port);
	fflush(stdout);
}

static int run(const struct command *c, int argc, char **argv)
{
	struct peer_options o = {.quiet = false};
	struct diag d;
	enum flags_result r;
	int first;

	agent_defaults(&o.agent);
	r = command_parse(c, argc, argv, &o, &first, &d);
	if (r != FLAGS_OK)
		return command_unread(c, r, &d);
	if (first < argc)
		return command_usage(c, "it takes no operands");
	if (o.listen[0].family != 0 || o.listen[1].family != 0)
		memcpy(o.agent.listen, o.listen, sizeof o.listen);
	else if (o.agent.remote_allowed)
		for (int i = 0; i < 2; i++)
			o.agent.listen[i] = (struct addr){.family = i == 0 ? 4 : 6};
	o.agent.inherited_control = -1;
	o.agent.ready = o.quiet ? NULL : say_ready;
	return agent_serve(&o.agent, &d) ? STATUS_OK : command_error(c, d.text);
}

const struct command command_peer = {
    .name = "peer",
    .brief = "serve as the peer on a target host",
    .synopsis = "[options]",
    .summary = "Serves as the peer of fourwave run and fourwave table on another host: takes\n"
               "connections and does with them what the tester asks. Needs no privilege. Ends\n"
               "with SIGINT or SIGTERM.",
    .examples = "fourwave peer\tfor a tester on this machine\n"
                "fourwave peer --remote\tfor testers on other hosts; see SECURITY in man fourwave\n",
    .next = "On the tester's machine: fourwave table -t THIS-HOST.",
    .flags = flags,
    .run = run,
};
