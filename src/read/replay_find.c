/* Looks for the connection that a scenario was played on. Plays nothing. */
#include "read/replay_find.h"

/* How far our numbers go in a scenario, at most. */
static const uint32_t NUMBERS_NEAR = 1 << 24;

static bool is_syn(const struct segment *s) { return (s->flags & (TCP_SYN | TCP_ACK | TCP_RST)) == TCP_SYN; }

/* Our ISS where the peer connects to us: its SYN's answer has it. */
static uint32_t answer_iss(const struct capture_file *f, const struct segment *syn)
{
	for (size_t i = 0; i < f->count; i++) {
		const struct segment *s = &f->segments[i].segment;
		if ((s->flags & (TCP_SYN | TCP_ACK)) == (TCP_SYN | TCP_ACK) && s->sport == syn->dport &&
		    s->dport == syn->sport && addr_equal(&s->src, &syn->dst) && addr_equal(&s->dst, &syn->src))
			return s->seq;
	}
	return 0;
}

/* What leaves from another port of ours has the connection's numbers, or numbers near them, and
 * opens nothing. 0: none does. */
static uint16_t other_port(const struct capture_file *f, const struct engine_config *c, size_t syn)
{
	for (size_t i = syn; i < f->count; i++) {
		const struct segment *s = &f->segments[i].segment;
		if (addr_equal(&s->src, &c->local) && addr_equal(&s->dst, &c->remote) &&
		    s->dport == c->remote_port && s->sport != c->local_port && !(s->flags & TCP_SYN) &&
		    s->seq - c->iss + NUMBERS_NEAR / 2 < NUMBERS_NEAR)
			return s->sport;
	}
	return 0;
}

static bool is_again(const struct capture_file *f, size_t i)
{
	const struct segment *s = &f->segments[i].segment;

	for (size_t k = 0; k < i; k++)
		if (is_syn(&f->segments[k].segment) && f->segments[k].segment.seq == s->seq &&
		    f->segments[k].segment.sport == s->sport)
			return true;
	return false;
}

bool replay_find(const struct capture_file *f, const struct scenario *scenario, struct engine_config *config,
                 size_t *syn, size_t *connections, struct diag *d)
{
	bool listen = scenario->listen, found = false;

	for (size_t i = 0; i < f->count; i++) {
		const struct segment *s = &f->segments[i].segment;
		if (!is_syn(s) || is_again(f, i))
			continue;
		(*connections)++;
		if (found)
			continue;
		found = true;
		*syn = i;
		config->local = listen ? s->dst : s->src;
		config->remote = listen ? s->src : s->dst;
		config->local_port = listen ? s->dport : s->sport;
		config->remote_port = listen ? s->sport : s->dport;
		config->iss = listen ? answer_iss(f, s) : s->seq;
	}
	config->slow = 1.0;
	if (found && scenario_needs(scenario).other_port)
		config->other_port = other_port(f, config, *syn);
	return found || diag_set(d, "no connection begins in it: no SYN is there");
}
