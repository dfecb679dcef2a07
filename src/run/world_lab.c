/* The lab as the peer: its kernel with the agent, or a program of the user's. Sends nothing. */
#include "run/world.h"

#include <signal.h>
#include <stdio.h>
#include <string.h>

#include <utlist.h>

#include "base/duration.h"
#include "base/literal.h"
#include "base/memory.h"
#include "lab/lab.h"

/* Where a stack comes with the program, a guest may have to boot. */
#define PATIENCE_NS (10 * NS_PER_S)
#define STACK_PATIENCE_NS (30 * NS_PER_S)

/* What signals make any program do, unless the user says otherwise. One that is stopped reads nothing, and
 * keeps its connections. One that is told to end closes them: a client has no other. */
static void set_signals(struct world *w)
{
	static const int usual[PROVOKE_COUNT] = {
	    [PROVOKE_HOLD] = SIGSTOP,  [PROVOKE_NOREAD] = SIGSTOP,       [PROVOKE_READ] = SIGCONT,
	    [PROVOKE_CRASH] = SIGKILL, [PROVOKE_CRASH_UNREAD] = SIGKILL,
	};

	bool client = w->program.client;

	for (int i = 0; i < PROVOKE_COUNT; i++) {
		int named = w->plain.signals[i];

		w->program.signals[i] = named                                                   ? named
		                        : plain_bytes(&w->plain, (enum provoke)i, client).bytes ? 0
		                        : i == PROVOKE_CLOSE && client                          ? SIGTERM
		                                                                                : usual[i];
	}
}

/* Without --provoke the port says what the server is made to act by. */
static void guess(struct world *w, uint16_t port)
{
	struct strings one = {.items = &w->guessed, .count = 1};
	struct diag d;

	if (!w->program.command || w->program.client || w->options->provokes.count > 0 || w->guessed ||
	    port == 0)
		return;
	w->guessed = plain_guess(port);
	plain_parse(&one, "fourwave.test", &w->plain, &d);
}

enum world_result world_lab(struct world *w, struct diag *d)
{
	const struct options *o = w->options;
	uint64_t agent = 0;

	w->program = (struct lab_program){.command = o->serve ? o->serve : o->client,
	                                  .client = o->client,
	                                  .port = o->port,
	                                  .tap = o->device};
	w->program.patience_ns = (int64_t)(o->slow * (double)(o->device ? STACK_PATIENCE_NS : PATIENCE_NS));
	if (o->device && o->agent && !literal_number("--agent", o->agent, 1, UINT16_MAX, &agent, d))
		return WORLD_MISUSED;
	w->program.agent = (uint16_t)agent;
	if (!plain_parse(&o->provokes, "fourwave.test", &w->plain, d))
		return WORLD_MISUSED;
	/* Most do. */
	w->plain.closes_on_eof = w->plain.closes_on_eof || (o->client && o->provokes.count == 0);
	if (!o->device)
		set_signals(w);
	w->lab = lab_open(w->program.command ? &w->program : NULL, d);
	if (w->lab && o->device) {
		guess(w, o->port);
		world_stack(w);
	}
	return w->lab ? WORLD_OPEN : WORLD_NOBODY;
}

/* "lab", "lab (nginx)" */
void world_lab_name(const struct world *w, struct site *s)
{
	const char *command = w->program.command, *word = command, *end;

	snprintf(s->text, sizeof s->text, "lab");
	if (!command)
		return;
	word += strspn(word, " ");
	for (end = word; *end && *end != ' '; end++)
		if (*end == '/')
			word = end + 1;
	snprintf(s->text, sizeof s->text, "lab (%.*s)", (int)(end - word > 48 ? 48 : end - word), word);
}

/* host is NULL where it could not be made. */
static void set_site(const struct world *w, struct peer_sites *p, int i, const struct lab_host *host,
                     struct reason why)
{
	struct site *s = &p->site[i];
	char text[64];

	world_lab_name(w, s);
	s->host = host;
	if (!host) {
		site_trouble(s, VERDICT_ERROR, why.code, why.text);
		return;
	}
	s->local = host->local[i];
	s->remote = host->remote[i];
	s->port = host->data_port;
	s->channel = &p->channel[0];
	s->program = w->program.command;
	s->shielded = true;
	if (s->remote.family == 0) {
		snprintf(text, sizeof text, "this kernel has no IPv%c in the lab", i == 0 ? '4' : '6');
		site_trouble(s, VERDICT_SKIP, CODE_UNREACHABLE, text);
	} else if (w->program.command && !w->program.client && !host->listens[i]) {
		snprintf(text, sizeof text, "the program does not listen on IPv%c", i == 0 ? '4' : '6');
		site_trouble(s, VERDICT_SKIP, CODE_UNREACHABLE, text);
	}
}

/* Signals go to all of a server, so what is asked by them has one for itself, unless it will be skipped for
 * what nothing makes a server do. A client is one anyway. */
static unsigned instance_for(struct world *w, const struct scenario *s)
{
	uint32_t provokes = scenario_needs(s).provokes, by_signal = 0, in_band = 0;

	if (!w->program.command || w->program.client)
		return 0;
	for (int i = 0; i < PROVOKE_COUNT; i++) {
		by_signal |= w->program.signals[i] ? 1u << i : 0;
		in_band |= w->plain.inband[i].bytes ? 1u << i : 0;
	}
	/* Before the first host is there nothing tells the protocol. */
	if (w->options->provokes.count == 0 && !w->guessed)
		in_band = ~0U;
	return provokes & by_signal && !(provokes & ~(by_signal | in_band)) ? ++w->instances : 0;
}

struct peer_sites *world_lab_peer(struct world *w, const struct scenario *s)
{
	const struct lab_host *host = NULL;
	struct control *control = NULL;
	struct diag d = {.text = ""};
	struct peer_sites *p;
	enum lab_result result;

	if (w->program.tap)
		return w->peers;
	result = lab_host(w->lab, s->sysctls, s->sysctl_count, instance_for(w, s), &host, &d);
	if (result == LAB_OK) {
		LL_FOREACH(w->peers, p)
		{
			if (p->site[0].host == host)
				return p;
		}
		guess(w, host->data_port);
		w->program.found = (struct listening){host->data_port, {host->listens[0], host->listens[1]}};
		control = control_adopt(host->control, &d);
	}
	p = memory_new(1, sizeof *p);
	LL_PREPEND(w->peers, p);
	p->channel[0].control = control;
	for (int i = 0; i < 2; i++)
		set_site(w, p, i, control ? host : NULL,
		         reason_text_of(result == LAB_NO_PROGRAM ? CODE_PROGRAM : CODE_HOST, d.text));
	return p;
}

const char *world_program_trouble(const struct world *w)
{
	const struct site *s = w->program.command && w->peers ? &w->peers->site[0] : NULL;
	bool its = s && (s->why.code == CODE_PROGRAM || (w->program.tap && w->lab));

	return its && s->trouble == VERDICT_ERROR ? s->why.text : NULL;
}
