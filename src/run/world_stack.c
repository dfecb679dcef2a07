/* The peer of --tap: a program in the lab with a stack of its own. Not this kernel: what it is asked, and
 * skipped for, is as with a target. Sends nothing but what finds out whether it is ready. */
#include "run/world.h"

#include <net/if.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>

#include "base/literal.h"
#include "base/memory.h"
#include "lab/stack.h"

/* The program's end closes its agent's channel a moment before its keeper says so. */
enum { LAST_WORDS_MS = 1000 };

/* The program is up, or trouble says why not. */
static bool begin(struct world *w, struct peer_sites *p, struct stack *stack, struct reason *trouble)
{
	const bool wanted[2] = {!w->options->ipv6, !w->options->ipv4};
	const struct lab_host *host;
	struct channel *keeper = &p->channel[PEER_CHANNELS - 1];
	struct diag d;
	enum lab_result result = lab_host(w->lab, NULL, 0, 0, &host, &d);

	if (result == LAB_OK)
		keeper->control = control_adopt(host->control, &d);
	if (!keeper->control) {
		*trouble = reason_text_of(result == LAB_NO_PROGRAM ? CODE_PROGRAM : CODE_HOST, d.text);
		return false;
	}
	for (int i = 0; i < 2; i++) {
		p->site[i].host = host;
		p->site[i].keeper = keeper;
	}
	if (stack_await(host, &w->program, keeper->control, wanted, stack, &d))
		return true;
	*trouble = reason_text_of(CODE_PROGRAM, d.text);
	return false;
}

static void set_site(struct peer_sites *p, int i, const struct stack *stack)
{
	struct site *s = &p->site[i];
	int from = stack->agent[i] ? i : !i;

	s->local = s->host->local[i];
	s->remote = s->host->remote[i];
	s->port = stack->port;
	s->channel = stack->agent[from] ? &p->channel[from] : NULL;
	s->shielded = true;
	/* It answers ARP and neighbour discovery, or does not. */
	snprintf(s->interface, sizeof s->interface, "%s", s->host->interface);
	s->ifindex = (int)if_nametoindex(s->interface);
	s->hop = s->remote;
	if (!stack->answers[i])
		site_trouble(s, VERDICT_SKIP, CODE_UNREACHABLE, stack->silent[i].text);
}

void world_stack(struct world *w)
{
	struct peer_sites *p = memory_new(1, sizeof *p);
	struct stack stack = {.port = 0};
	struct reason trouble;
	bool good = begin(w, p, &stack, &trouble);
	const struct control *agent = stack.agent[0] ? stack.agent[0] : stack.agent[1];

	w->peers = p;
	for (int i = 0; i < 2; i++) {
		p->channel[i].control = stack.agent[i];
		world_lab_name(w, &p->site[i]);
		if (good)
			set_site(p, i, &stack);
		else
			site_trouble(&p->site[i], VERDICT_ERROR, trouble.code, trouble.text);
	}
	if (good && agent)
		w->stack = control_stack(agent);
}

void world_last_words(struct site *s)
{
	struct channel *k = s->keeper;
	struct pollfd p = {.events = POLLIN};
	struct control_reply reply;

	if (!k || *k->why.text)
		return;
	p.fd = control_fd(k->control);
	if (poll(&p, 1, LAST_WORDS_MS) > 0)
		control_read(k->control, &reply, &k->why);
}
