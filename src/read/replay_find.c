/* Looks for connections that a scenario may have been played on. Plays nothing. */
#include "read/replay.h"

#include "base/memory.h"
#include "read/file.h"

/* How far our numbers go in a scenario, at most. */
static const uint32_t NUMBERS_NEAR = 1 << 24;

static bool is_syn(const struct segment *s) { return (s->flags & (TCP_SYN | TCP_ACK | TCP_RST)) == TCP_SYN; }

/* Our ISS where the peer connects to us: its SYN's answer has it. */
static uint32_t answer_iss(const struct capture_file *f, size_t at)
{
	const struct segment *syn = &f->segments[at].segment;

	for (size_t i = at; i < f->count; i++) {
		const struct segment *s = &f->segments[i].segment;

		if ((s->flags & (TCP_SYN | TCP_ACK)) == (TCP_SYN | TCP_ACK) && s->sport == syn->dport &&
		    s->dport == syn->sport && addr_equal(&s->src, &syn->dst) &&
		    addr_equal(&s->dst, &syn->src))
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

static int by_frame(const void *frame, const void *segment)
{
	size_t a = *(const size_t *)frame, b = ((const struct file_segment *)segment)->frame;

	return a < b ? -1 : a > b;
}

struct beginning *replay_beginnings(const struct capture_file *f, size_t *count)
{
	struct flows flows;
	struct beginning *list = NULL;
	size_t room = 0;

	*count = 0;
	flows_find(&flows, f);
	for (size_t i = 0; i < flows.count; i++) {
		const struct flow *flow = &flows.list[i];
		const struct file_segment *syn = NULL;

		for (size_t k = 0; k < flow->count && !syn; k++)
			if (is_syn(flow->list[k]))
				syn = bsearch(&flow->frames[k], f->segments, f->count, sizeof *syn, by_frame);
		if (syn)
			*LIST_ADD(list, *count, room) = (struct beginning){
			    .syn = (size_t)(syn - f->segments),
			    .until = flow->next > 0 ? flows.list[flow->next].frames[0] : SIZE_MAX,
			    .number = i + 1,
			};
	}
	flows_free(&flows);
	return list;
}

void replay_configure(const struct capture_file *f, const struct scenario *scenario, size_t syn,
                      struct engine_config *config)
{
	const struct segment *s = &f->segments[syn].segment;
	bool listen = scenario->listen;

	config->local = listen ? s->dst : s->src;
	config->remote = listen ? s->src : s->dst;
	config->local_port = listen ? s->dport : s->sport;
	config->remote_port = listen ? s->sport : s->dport;
	config->iss = listen ? answer_iss(f, syn) : s->seq;
	config->slow = 1.0;
	if (scenario_needs(scenario).other_port)
		config->other_port = other_port(f, config, syn);
}
