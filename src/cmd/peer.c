/* fourwave peer: the agent on a target host. */
#include <string.h>

#include "lab/agent.h"
#include "cmd/command.h"
#include "base/literal.h"
#include "cmd/status.h"
#include "run/target.h"

enum { FLAG_DATA_PORT = FLAG_LONG_ONLY, FLAG_REMOTE, FLAG_MAX_CONNECTIONS, FLAG_MAX_WRITE, FLAG_IDLE };

static const struct flag peer_flags[] = {
    {'l', "listen", "ADDR",
     "the address to listen on, one of each family; default:\nloopback, with --remote any"},
    {'p', "port", "PORT", "the control port; default 4144"},
    {FLAG_DATA_PORT, "data-port", "PORT", "the port for connections under test; default 4145"},
    {FLAG_REMOTE, "remote", NULL,
     "serve other hosts too. Whoever reaches the control port can\n"
     "have this host open and reset connections on the data port"},
    {FLAG_MAX_CONNECTIONS, "max-connections", "N", "connections under test at one time; default 256"},
    {FLAG_MAX_WRITE, "max-write", "BYTES", "the most that one write sends; default 1048576"},
    {FLAG_IDLE, "idle", "S", "end a tester's session after so many idle seconds; 0:\nnever; default 600"},
    {'q', "quiet", NULL, "do not say where it listens"},
};

const struct flag_table flags_of_peer = {
    "peer", "[options]",
    "Serves as the peer of fourwave run and fourwave table on another host: takes\n"
    "connections and does with them what the tester asks. Needs no privilege. Ends\n"
    "with SIGINT or SIGTERM.",
    peer_flags, sizeof peer_flags / sizeof peer_flags[0]};

struct peer_options {
	struct agent_options agent;
	bool listen_given, quiet;
};

static bool take_listen(struct peer_options *o, const char *value, struct diag *d)
{
	struct addr a;

	if (!target_address("--listen", value, &a, d))
		return false;
	if (!o->listen_given)
		memset(o->agent.listen, 0, sizeof o->agent.listen);
	o->listen_given = true;
	struct addr *place = &o->agent.listen[family_index(a.family)];
	if (place->family != 0)
		return diag_set(d, "--listen: one address of each family, and %s is the second", value);
	*place = a;
	return true;
}

static bool take_number(const char *what, const char *value, uint64_t low, uint64_t high, uint64_t *n,
                        struct diag *d)
{
	return literal_number(what, value, low, high, n, d);
}

static bool take(void *context, int id, const char *value, struct diag *d)
{
	struct peer_options *o = context;
	uint64_t n = 0;
	bool ok;

	switch (id) {
	case 'l': return take_listen(o, value, d);
	case 'p': return target_port("--port", value, &o->agent.control_port, d);
	case 'q': return o->quiet = true;
	case FLAG_DATA_PORT: return target_port("--data-port", value, &o->agent.data_port, d);
	case FLAG_REMOTE: return o->agent.remote_allowed = true;
	case FLAG_MAX_CONNECTIONS:
		ok = take_number("--max-connections", value, 1, 100000, &n, d);
		o->agent.max_connections = (unsigned)n;
		return ok;
	case FLAG_MAX_WRITE:
		ok = take_number("--max-write", value, 1, UINT32_MAX, &n, d);
		o->agent.max_write_bytes = (uint32_t)n;
		return ok;
	case FLAG_IDLE:
		ok = take_number("--idle", value, 0, 86400, &n, d);
		o->agent.idle_ns = (int64_t)n * 1000000000;
		return ok;
	}
	return diag_set(d, "a flag that is in the table and not in the code: %d", id);
}

static void say_ready(void *context, uint16_t control_port, uint16_t data_port)
{
	(void)context;
	printf("fourwave peer: control port %u, data port %u\n", control_port, data_port);
	fflush(stdout);
}

static void settle(struct peer_options *o)
{
	if (!o->listen_given && o->agent.remote_allowed) {
		memset(o->agent.listen, 0, sizeof o->agent.listen);
		o->agent.listen[0].family = 4;
		o->agent.listen[1].family = 6;
	}
	o->agent.inherited_control = -1;
	if (!o->quiet)
		o->agent.ready = say_ready;
}

int peer_command(int argc, char **argv)
{
	struct peer_options o = {.quiet = false};
	struct diag d;
	int first = argc;

	agent_defaults(&o.agent);
	switch (flags_parse(&flags_of_peer, argc, argv, take, &o, &first, &d)) {
	case FLAGS_HELP: flags_help(&flags_of_peer, stdout); return STATUS_OK;
	case FLAGS_BAD: return command_usage(&flags_of_peer, d.text);
	case FLAGS_OK: break;
	}
	if (first < argc)
		return command_usage(&flags_of_peer, "it takes no operands");
	settle(&o);
	if (agent_serve(&o.agent, &d))
		return STATUS_OK;
	fprintf(stderr, "fourwave peer: %s\n", d.text);
	return STATUS_ERROR;
}
