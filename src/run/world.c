/* Opening and closing what all scenarios share, and the lab as their peer. Plays nothing. */
#include "run/world.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <utlist.h>

#include "base/text.h"
#include "lab/lab.h"
#include "wire/capture.h"
#include "wire/filter.h"
#include "wire/send.h"
#include "wire/shield.h"
#include "wire/answer.h"

void site_trouble(struct site *s, enum verdict_kind kind, enum code code, const char *why)
{
	s->remote.family = s->local.family = 0;
	s->trouble = kind;
	s->why = reason_text_of(code, why);
}

struct site *world_site(struct world *w, const struct scenario *s, int family)
{
	struct peer_sites *p = w->lab ? world_lab_peer(w, s) : w->peers;

	return &p->site[family_index(family)];
}

bool world_peer_connects(const struct world *w, const struct scenario *s)
{
	return s->listen || w->program.client;
}

bool world_has_kernel(const struct world *w) { return w->lab && !w->program.tap; }

bool site_is_plain(const struct site *s) { return !s->channel || s->program; }

uint32_t site_can(const struct site *s)
{
	return s->channel && s->channel->control ? ~control_cannot(s->channel->control) : 0;
}

struct reason channel_gone(const struct site *s)
{
	if (s->keeper && *s->keeper->why.text)
		return reason_text_of(CODE_PROGRAM, s->keeper->why.text);
	return reason_text_of(s->program ? CODE_PROGRAM : CODE_AGENT_GONE, s->channel->why.text);
}

enum world_result world_open(struct world *w, const struct options *o, struct diag *d)
{
	enum world_result result;
	struct site *s;

	memset(w, 0, sizeof *w);
	w->options = o;
	w->filters = filter_cache_new();
	if (o->target)
		result = world_remote(w, d);
	else
		result = world_lab(w, d);
	if (result == WORLD_NOBODY && !w->peers)
		w->peers = memory_new(1, sizeof *w->peers);
	/* Both families of the one peer have that trouble. */
	for (int i = 0; result == WORLD_NOBODY && i < 2; i++) {
		s = &w->peers->site[i];
		site_trouble(s, VERDICT_ERROR, CODE_HOST, d->text);
		if (s->text[0] == '\0')
			snprintf(s->text, sizeof s->text, "%.63s", o->target ? o->target : "lab");
	}
	return result;
}

/* The limit is a matter of manners towards other people's hosts; the lab is ours. */
unsigned world_rate(const struct world *w)
{
	enum { LAB_RATE = 1000000, TARGET_RATE = 1000 };

	if (w->options->rate != 0)
		return w->options->rate;
	return w->lab ? LAB_RATE : TARGET_RATE;
}

/* A plain server may refuse many connections at once, as sshd does from 10. */
unsigned world_most(const struct world *w)
{
	enum { LAB_MOST = 256, AGENT_MOST = 128, CLIENT_MOST = 16, PLAIN_MOST = 8 };

	if (w->options->jobs != 0)
		return w->options->jobs;
	if (w->program.command)
		return w->program.client ? CLIENT_MOST : PLAIN_MOST;
	if (w->lab)
		return LAB_MOST;
	return w->peers->site[0].channel || w->peers->site[1].channel ? AGENT_MOST : PLAIN_MOST;
}

/* --- the sockets --- */

/* One handle for all: "any" where the families leave by different interfaces. */
static const char *capture_interface(const struct world *w)
{
	const struct site *s = w->peers->site;

	if (w->lab)
		return "any";
	if (w->options->interface)
		return w->options->interface;
	if (s[0].remote.family != 0 && s[1].remote.family != 0 && strcmp(s[0].interface, s[1].interface) != 0)
		return "any";
	return s[0].remote.family != 0 ? s[0].interface : s[1].interface;
}

/* All of a peer's segments, coarsely: an IPv6 packet may have extension headers before TCP, which a filter
 * can't step over, so all but UDP and ICMP passes. */
static bool open_capture(struct world *w, struct diag *d)
{
	struct capture_options options = {.interface = capture_interface(w),
	                                  .buffer_bytes = (int)w->options->buffer_kib * 1024};
	char filter[256], a[ADDR_TEXT_BYTES];
	struct cut c = cut_start(filter, sizeof filter);

	if (w->lab)
		cut_add(&c, "(ip and ip proto 6) or (ip6 and not icmp6)");
	for (int i = 0; !w->lab && i < 2; i++) {
		const struct addr *r = &w->peers->site[i].remote;
		if (r->family != 0)
			cut_add(&c, "%s(%s host %s and %s)", c.len > 0 ? " or " : "", i == 0 ? "ip" : "ip6",
			        addr_text(r, a), i == 0 ? "ip proto 6" : "not icmp6 and not ip6 proto 17");
	}
	w->capture = capture_open(&options, d);
	return w->capture && capture_filter(w->capture, filter, d);
}

static unsigned families(const struct world *w)
{
	unsigned f = 0;

	for (const struct peer_sites *p = w->peers; p; p = p->next) {
		f |= p->site[0].remote.family != 0 ? FAMILY_IPV4 : 0u;
		f |= p->site[1].remote.family != 0 ? FAMILY_IPV6 : 0u;
	}
	return f;
}

/* On the link layer the next hop is asked for now, not by the first segment. */
static bool open_sender(struct world *w, struct diag *d)
{
	struct sender_options options = {
	    .interface = w->options->interface, .link = w->options->interface, .families = families(w)};

	w->sender = sender_open(&options, d);
	if (!w->sender)
		return false;
	for (int i = 0; options.link && i < 2; i++)
		if (w->peers->site[i].remote.family != 0 &&
		    !sender_prepare(w->sender, &w->peers->site[i].remote, d))
			return false;
	return true;
}

bool world_listen(struct world *w, struct diag *d)
{
	if (families(w) == 0)
		return true; /* every job has its trouble already */
	if (!open_capture(w, d) || !open_sender(w, d))
		return false;
	for (int i = 0; w->options->spare && i < 2; i++) {
		const struct site *s = &w->peers->site[i];
		if (s->local.family == 0)
			continue;
		w->spare = spare_open(s->interface, &s->local, d);
		if (!w->spare)
			return false;
	}
	return true;
}

bool world_hears_ttl(const struct world *w)
{
	bool hears = false;

	for (int i = 0; i < 2 && !world_has_kernel(w); i++) {
		const struct site *s = &w->peers->site[i];
		uint16_t port = 0;
		struct diag d;
		int fd = s->remote.family != 0 && s->shielded ? shield_open(&s->local, &port, &d) : -1;

		hears |= fd >= 0 && shield_kind(fd) == SHIELD_TTL;
		if (fd >= 0)
			close(fd);
	}
	return hears;
}

static void close_channel(struct channel *c)
{
	for (size_t i = 0; i < c->known_count; i++)
		free(c->known[i].name);
	free(c->known);
	control_free(c->control);
}

void world_close(struct world *w)
{
	struct peer_sites *p, *next;

	LL_FOREACH_SAFE(w->peers, p, next)
	{
		for (int i = 0; i < PEER_CHANNELS; i++)
			close_channel(&p->channel[i]);
		free(p);
	}
	spare_close(w->spare);
	sender_close(w->sender);
	capture_close(w->capture);
	filter_cache_free(w->filters);
	plain_free(&w->plain);
	lab_close(w->lab);
}
