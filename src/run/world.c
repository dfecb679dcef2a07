/* Opening and closing what all scenarios share, and the lab as their peer. Plays nothing. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lab/lab.h"
#include "run/world.h"
#include "wire/capture.h"
#include "wire/filter.h"
#include "wire/send.h"
#include "wire/spare.h"

/* Nobody can be asked: both families of the one peer have that trouble. */
static void set_nobody(struct world *w, const struct diag *why)
{
	if (!w->peers)
		w->peers = calloc(1, sizeof *w->peers);
	if (!w->peers)
		abort(); /* no memory for a few bytes */
	for (int i = 0; i < 2; i++) {
		struct site *s = &w->peers->site[i];
		s->remote.family = s->local.family = 0;
		s->trouble = VERDICT_ERROR;
		s->why = reason_text_of(CODE_HOST, why->text);
		if (s->text[0] == '\0')
			snprintf(s->text, sizeof s->text, "%.63s",
			         w->options->target ? w->options->target : "lab");
	}
}

bool world_open(struct world *w, const struct options *o, bool *usage, struct diag *d)
{
	memset(w, 0, sizeof *w);
	w->options = o;
	*usage = false;
	w->filters = filter_cache_new();
	bool ok = w->filters || diag_set(d, "out of memory");
	if (ok && o->target)
		ok = world_remote(w, usage, d);
	else if (ok)
		ok = (w->lab = lab_open(d));
	if (!ok && !*usage)
		set_nobody(w, d);
	return ok;
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
	enum { LAB_MOST = 256, AGENT_MOST = 128, PLAIN_MOST = 8 };

	if (w->options->jobs != 0)
		return w->options->jobs;
	if (w->lab)
		return LAB_MOST;
	return w->peers->site[0].channel || w->peers->site[1].channel ? AGENT_MOST : PLAIN_MOST;
}

/* --- the lab --- */

static void set_lab_site(struct peer_sites *p, int i)
{
	const struct lab_host *h = p->site[i].host;
	struct site *s = &p->site[i];

	s->local = h->local[i];
	s->remote = h->remote[i];
	s->port = h->data_port;
	s->channel = &p->channel[0];
	s->shielded = true;
	snprintf(s->text, sizeof s->text, "lab");
	if (s->remote.family != 0)
		return;
	s->trouble = VERDICT_SKIP;
	s->why = reason_text_of(CODE_UNREACHABLE, i == 0 ? "this kernel has no IPv4 in the lab"
	                                                 : "this kernel has no IPv6 in the lab");
}

/* A peer whose host could not be made: both families have the trouble. */
static void set_no_host(struct peer_sites *p, const struct diag *why)
{
	for (int i = 0; i < 2; i++) {
		p->site[i].trouble = VERDICT_ERROR;
		p->site[i].why = reason_text_of(CODE_HOST, why->text);
		snprintf(p->site[i].text, sizeof p->site[i].text, "lab");
	}
}

static struct peer_sites *add_peer(struct world *w, const struct lab_host *host)
{
	struct peer_sites *p = calloc(1, sizeof *p);

	if (!p)
		return NULL;
	p->next = w->peers;
	w->peers = p;
	p->site[0].host = p->site[1].host = host;
	return p;
}

static struct peer_sites *make_peer(struct world *w, const struct scenario *s)
{
	const struct lab_host *host = NULL;
	struct diag d = {.text = ""};

	enum lab_result result = lab_host(w->lab, s->sysctls, s->sysctl_count, &host, &d);
	for (struct peer_sites *p = w->peers; host && p; p = p->next)
		if (p->site[0].host == host)
			return p;
	struct control *control = result == LAB_OK ? control_adopt(host->control, &d) : NULL;
	struct peer_sites *p = add_peer(w, control ? host : NULL);
	if (!p) {
		control_free(control);
		return NULL;
	}
	if (!control) {
		set_no_host(p, &d);
		return p;
	}
	p->channel[0].control = control;
	set_lab_site(p, 0);
	set_lab_site(p, 1);
	return p;
}

struct site *world_site(struct world *w, const struct scenario *s, int family)
{
	struct peer_sites *p = w->lab ? make_peer(w, s) : w->peers;

	if (!p)
		abort(); /* no memory for a few bytes */
	return &p->site[family_index(family)];
}

/* --- the sockets --- */

/* All of a peer's segments, coarsely: an IPv6 packet may have extension headers before TCP, which a filter
 * can't step over, so all but UDP and ICMP passes. */
static void filter_text(const struct world *w, char *buf, size_t size)
{
	char a[ADDR_TEXT_BYTES];
	size_t at = 0;

	if (w->lab) {
		snprintf(buf, size, "(ip and ip proto 6) or (ip6 and not icmp6)");
		return;
	}
	buf[0] = '\0';
	for (int i = 0; i < 2; i++) {
		const struct addr *r = &w->peers->site[i].remote;
		if (r->family == 0)
			continue;
		at += (size_t)snprintf(buf + at, size - at, "%s(%s host %s and %s)", at > 0 ? " or " : "",
		                       i == 0 ? "ip" : "ip6", addr_text(r, a),
		                       i == 0 ? "ip proto 6" : "not icmp6 and not ip6 proto 17");
	}
}

/* One handle for all: "any" where the families leave by different interfaces. */
static const char *capture_interface(const struct world *w)
{
	if (w->lab)
		return "any";
	if (w->options->interface)
		return w->options->interface;
	const struct site *s = w->peers->site;
	if (s[0].remote.family != 0 && s[1].remote.family != 0 && strcmp(s[0].interface, s[1].interface) != 0)
		return "any";
	return s[0].remote.family != 0 ? s[0].interface : s[1].interface;
}

static bool open_capture(struct world *w, struct diag *d)
{
	struct capture_options options = {.interface = capture_interface(w),
	                                  .buffer_bytes = (int)w->options->buffer_kib * 1024};
	char filter[256];

	w->capture = capture_open(&options, d);
	if (!w->capture)
		return false;
	filter_text(w, filter, sizeof filter);
	return capture_filter(w->capture, filter, d);
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

static bool open_spare(struct world *w, struct diag *d)
{
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

bool world_listen(struct world *w, struct diag *d)
{
	if (families(w) == 0)
		return true; /* every job has its trouble already */
	return open_capture(w, d) && open_sender(w, d) && open_spare(w, d);
}

void world_close(struct world *w)
{
	struct peer_sites *next;

	for (struct peer_sites *p = w->peers; p; p = next) {
		next = p->next;
		channel_close(&p->channel[0]);
		channel_close(&p->channel[1]);
		free(p);
	}
	w->peers = NULL;
	spare_close(w->spare);
	sender_close(w->sender);
	capture_close(w->capture);
	filter_cache_free(w->filters);
	plain_free(&w->plain);
	lab_close(w->lab);
}
