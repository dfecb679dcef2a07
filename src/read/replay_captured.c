/* A capture without a journal: its segments in the order of their times, and the
 * clock moved on between them. */
#include "read/replay_impl.h"

#include <stdlib.h>

#include "base/memory.h"

static bool is_ours(const struct player *p, const struct segment *s, bool *out)
{
	const struct engine_config *c = &p->config;

	*out = replay_from_us(p, s);
	if (*out)
		return addr_equal(&s->dst, &c->remote) && s->dport == c->remote_port;
	return addr_equal(&s->src, &c->remote) && s->sport == c->remote_port &&
	       addr_equal(&s->dst, &c->local) && s->dport == c->local_port;
}

static void tick_until(struct player *p, int64_t time_ns)
{
	while (!p->misfit && engine_deadline(p->engine) <= time_ns) {
		p->now_ns = engine_deadline(p->engine);
		engine_give(p->engine, &(struct event){.kind = EVENT_TICK, .time_ns = p->now_ns}, NULL, 0);
		replay_take_actions(p);
	}
}

static int in_time(const void *a, const void *b)
{
	const struct file_segment *const *x = a, *const *y = b;

	if ((*x)->segment.time_ns != (*y)->segment.time_ns)
		return (*x)->segment.time_ns < (*y)->segment.time_ns ? -1 : 1;
	return (*x)->frame < (*y)->frame ? -1 : (*x)->frame > (*y)->frame;
}

static void give_captured(struct player *p, const struct file_segment *f, bool ours, size_t *damaged)
{
	struct event e = {.kind = ours ? EVENT_LEFT : EVENT_CAME, .time_ns = f->segment.time_ns};

	if (!ours && f->segment.checksum == CHECKSUM_BAD) {
		(*damaged)++;
		p->replay->ignored++;
		return;
	}
	tick_until(p, e.time_ns);
	p->now_ns = e.time_ns;
	if (ours)
		replay_left(p, &e, f);
	else
		engine_give(p->engine, &e, &f->segment, 0);
	replay_take_actions(p);
}

void captured_play(struct player *p, size_t syn, size_t *damaged)
{
	const struct capture_file *f = p->file;
	const struct file_segment **order = memory_new(f->count, sizeof *order);
	size_t count = 0;
	bool ours;

	for (size_t i = syn; i < f->count && f->segments[i].frame < p->until; i++)
		if (is_ours(p, &f->segments[i].segment, &ours) && (ours || !f->segments[i].odd))
			order[count++] = &f->segments[i];
	qsort(order, count, sizeof *order, in_time);
	p->now_ns = order[0]->segment.time_ns;
	p->replay->started = true;
	engine_give(p->engine, &(struct event){.kind = EVENT_START, .time_ns = p->now_ns}, NULL, 0);
	replay_take_actions(p);
	for (size_t i = 0; i < count && !p->misfit; i++) {
		is_ours(p, &order[i]->segment, &ours);
		give_captured(p, order[i], ours, damaged);
	}
	/* The capture may go on after the connection. */
	for (size_t i = syn; i < f->count; i++)
		tick_until(p, f->segments[i].segment.time_ns);
	free(order);
}
