/* What becomes of our own side of the path while runs are under way. Judges no segment. */
#include <string.h>

#include "base/duration.h"
#include "run/play.h"
#include "wire/route.h"
#include "wire/watch.h"

/* So long a link that went down is waited for before what has not begun is given up. */
#define DOWN_WAITS_NS (10 * NS_PER_S)

/* What watch_read() gives its events. */
struct seeing {
	struct plays *all;
	int64_t now_ns;
};

/* The sites of a target, or of a stack of its own, which are two; no other is watched. */
static struct site *watched(const struct plays *all, int i)
{
	struct site *s = all->world->peers ? &all->world->peers->site[i] : NULL;

	return s && !world_has_kernel(all->world) && s->remote.family != 0 && s->ifindex != 0 ? s : NULL;
}

void own_side_open(struct plays *all)
{
	if (!watched(all, 0) && !watched(all, 1))
		return;
	all->watch = watch_open(NULL);
	for (int i = 0; all->watch && i < 2; i++) {
		struct site *s = watched(all, i);

		if (s && s->hop.family != 0)
			s->has_hop_mac = route_neighbour(&s->hop, s->ifindex, s->hop_mac);
	}
}

void own_side_close(struct plays *all)
{
	watch_close(all->watch);
	all->watch = NULL;
}

int own_side_fd(const struct plays *all) { return all->watch ? watch_fd(all->watch) : -1; }

static void end_runs(const struct seeing *at, const struct site *site, struct reason why)
{
	for (struct play *p = at->all->list; p; p = p->next)
		if (p->job->site == site)
			play_abort(p, at->now_ns, why);
}

static void see_link(const struct seeing *at, struct site *s, bool down)
{
	bool any = false;

	if (down && !s->link_down)
		end_runs(at, s, reason_text_of(CODE_LINK_DOWN, s->interface));
	s->link_down = down;
	for (int i = 0; i < 2; i++)
		any = any || (watched(at->all, i) && watched(at->all, i)->link_down);
	if (!any)
		at->all->down_ns = 0;
	else if (at->all->down_ns == 0)
		at->all->down_ns = at->now_ns;
}

/* The next hop has this link address, or none any more (NULL). */
static void see_hop(const struct seeing *at, struct site *s, const uint8_t *mac)
{
	char text[ADDR_TEXT_BYTES];
	struct reason why = reason_text_of(CODE_NEIGHBOUR, addr_text(&s->hop, text));

	why.n[0] = !!mac;
	if (s->has_hop_mac && (!mac || memcmp(mac, s->hop_mac, sizeof s->hop_mac) != 0))
		end_runs(at, s, why);
	s->has_hop_mac = mac;
	if (mac)
		memcpy(s->hop_mac, mac, sizeof s->hop_mac);
}

static void see(void *context, const struct watch_event *event)
{
	const struct seeing *at = context;
	char text[ADDR_TEXT_BYTES];

	for (int i = 0; i < 2; i++) {
		struct site *s = watched(at->all, i);
		bool hop = s && addr_equal(&event->address, &s->hop);

		if (!s || s->ifindex != event->ifindex)
			continue;
		if (event->what == WATCHED_LINK_DOWN || event->what == WATCHED_LINK_UP)
			see_link(at, s, event->what == WATCHED_LINK_DOWN);
		else if (event->what == WATCHED_ADDRESS_GONE && addr_equal(&event->address, &s->local))
			end_runs(at, s, reason_text_of(CODE_ADDRESS_GONE, addr_text(&s->local, text)));
		else if (hop && event->what == WATCHED_NEIGHBOUR_GONE)
			see_hop(at, s, NULL);
		else if (hop && event->what == WATCHED_NEIGHBOUR)
			see_hop(at, s, event->mac);
	}
}

void own_side_turn(struct plays *all, int64_t now_ns)
{
	struct seeing at = {all, now_ns};

	if (all->watch)
		watch_read(all->watch, see, &at);
}

int64_t own_side_waits_ns(const struct plays *all, int64_t now_ns)
{
	int64_t until_ns = all->down_ns + DOWN_WAITS_NS;

	return all->down_ns != 0 && now_ns < until_ns ? until_ns : 0;
}
