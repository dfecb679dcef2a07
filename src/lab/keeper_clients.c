/* Clients: each is begun for one connection, and has that alone, whatever else it tries. Answers nobody. */
#include "lab/keeper_impl.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/address.h"
#include "base/clock.h"
#include "base/duration.h"

/* A SYN that is not answered for so long will not be soon: the scenario takes its time. */
enum { TRIED_MS = 50 };

struct kept_program *keeper_program_of(const struct keeper *k, const struct request *r)
{
	struct kept_program *p = k->programs;

	while (p && k->what->client && (!addr_equal(&p->tester, &r->tester) || p->port != r->port))
		p = p->next;
	return p;
}

/* Did an earlier client of the same place have that port? Those come behind it. */
static bool is_others(const struct kept_program *of, uint16_t own_port)
{
	for (const struct kept_program *p = of->next; p; p = p->next)
		if (p->own_port == own_port && p->port == of->port && addr_equal(&p->tester, &of->tester))
			return true;
	return false;
}

/* The port of the client's connection: the one that was answered, for the tester answers one alone; as long
 * as none was seen to be, the first that it tried. Both 0: it has tried none. */
static bool find_port(struct kept_program *p, struct diag *d)
{
	struct connecting list[CONNECTING_MAX];
	size_t count = 0;

	if (p->own_port)
		return true;
	if (!states_connecting(&p->tester, p->port, list, &count, d))
		return false;
	for (size_t i = 0; i < count && !p->own_port; i++) {
		/* What is tried from there now is no earlier one's: it took over a TIME-WAIT. */
		if (list[i].answered && is_others(p, list[i].port))
			continue;
		if (list[i].answered)
			p->own_port = list[i].port;
		if (!p->tried_port)
			p->tried_ns = clock_mono_ns();
		p->tried_port = p->tried_port ? p->tried_port : list[i].port;
	}
	return true;
}

bool keeper_has_connected(const struct kept_program *p)
{
	return p->own_port || (p->tried_port && clock_mono_ns() - p->tried_ns >= TRIED_MS * NS_PER_MS);
}

bool keeper_look_up(const struct keeper *k, const struct request *r, struct observed_state *state,
                    struct socket_facts *facts, struct diag *d)
{
	const struct addr *own = &k->options->own[r->tester.family == 6];
	struct kept_program *p = keeper_program_of(k, r);
	uint16_t port = k->where.port;

	if (k->what->client && p) {
		if (!find_port(p, d))
			return false;
		port = p->own_port ? p->own_port : p->tried_port;
	}
	if (port)
		return state_lookup(own, port, &r->tester, r->port, state, facts, d);
	*state = (struct observed_state){.known = true, .state = STATE_CLOSED};
	if (facts)
		*facts = (struct socket_facts){0};
	return true;
}

bool keeper_start_client(struct keeper *k, const struct request *r, struct diag *d)
{
	/* Nothing but the tester is reached from here. */
	static const char *const proxies[] = {"http_proxy", "https_proxy", "ftp_proxy", "all_proxy",
	                                      "HTTP_PROXY", "HTTPS_PROXY", "FTP_PROXY", "ALL_PROXY"};
	struct kept_program *p = keeper_new_program(k);
	char address[ADDR_TEXT_BYTES], port[8], at[ADDR_TEXT_BYTES + 10];
	bool six = r->tester.family == 6;

	p->tester = r->tester;
	p->port = r->port;
	addr_text(&r->tester, address);
	snprintf(port, sizeof port, "%u", r->port);
	snprintf(at, sizeof at, "%s%s%s:%s", six ? "[" : "", address, six ? "]" : "", port);
	program_environment("FOURWAVE_ADDRESS", address);
	program_environment("FOURWAVE_ADDRESS6", "");
	program_environment("FOURWAVE_PORT", port);
	program_environment("FOURWAVE_AT", at);
	snprintf(p->program.mark, sizeof p->program.mark, "FOURWAVE_AT=%s", at);
	for (size_t i = 0; i < sizeof proxies / sizeof *proxies; i++)
		program_environment(proxies[i], "");
	return program_start(&p->program, d);
}

void keeper_end_clients(struct keeper *k, const struct request *r)
{
	struct kept_program *p;

	while (k->what->client && (p = keeper_program_of(k, r))) {
		struct kept_program **place = &k->programs;

		while (*place != p)
			place = &(*place)->next;
		*place = p->next;
		program_free(&p->program);
		free(p);
	}
}
