/* The peer of -t: names, routes, source address, agent. Opens no raw socket. */
#include "run/world.h"

#include <net/if.h>
#include <stdio.h>
#include <string.h>

#include "base/literal.h"
#include "base/memory.h"
#include "lab/agent.h"
#include "report/words.h"
#include "wire/route.h"

/* The second where there may be none, and the scenarios can do without. */
enum { AGENT_CONNECT_MS = 5000, AGENT_PERHAPS_MS = 2000 };

/* Was this family asked for by itself, or is there no other, so that its trouble is an error? */
static enum verdict_kind trouble_kind(const struct world *w, const struct target *t, int i)
{
	bool asked = i == 0 ? w->options->ipv4 : w->options->ipv6;

	return asked || t->addr[1 - i].family == 0 ? VERDICT_ERROR : VERDICT_SKIP;
}

/* The address, the route, and our address towards the peer. */
static void set_site(struct world *w, const struct target *t, int i)
{
	const struct options *o = w->options;
	struct site *s = &w->peers->site[i];
	const char *interface = o->interface;
	char text[DIAG_TEXT_BYTES], scope[IF_NAMESIZE];
	struct route route;
	struct diag why;

	s->remote = t->addr[i];
	s->port = t->port;
	snprintf(s->text, sizeof s->text, "%.63s", o->target);
	if (s->remote.family == 0) {
		bool asked = o->ipv4 || o->ipv6;
		snprintf(text, sizeof text, "%s has no %s address", t->host, family_name(i == 0 ? 4 : 6));
		site_trouble(s, asked ? trouble_kind(w, t, i) : VERDICT_SKIP, CODE_UNREACHABLE, text);
		return;
	}
	endpoint_text(&s->remote, s->port, s->text);
	if (o->source.family != 0 && o->source.family != s->remote.family) {
		snprintf(text, sizeof text, "the source address of -S is not %s",
		         family_name(s->remote.family));
		site_trouble(s, trouble_kind(w, t, i), CODE_UNREACHABLE, text);
		return;
	}
	if (!interface && t->scope[i] != 0)
		interface = if_indextoname(t->scope[i], scope);
	if (!route_find(&s->remote, interface, &route, &why)) {
		site_trouble(s, trouble_kind(w, t, i), CODE_UNREACHABLE, why.text);
		return;
	}
	snprintf(s->interface, sizeof s->interface, "%s", route.interface);
	s->ifindex = route.ifindex;
	if (!route.loopback)
		s->hop = route.gateway.family ? route.gateway : s->remote;
	s->local = o->source.family != 0 ? o->source : route.source;
	s->shielded = s->local.family != 0 && !o->no_shield && !o->spare && route_owns(&s->local);
	if (s->local.family == 0)
		site_trouble(s, VERDICT_ERROR, CODE_UNREACHABLE,
		             "the route has no source address: give one with -S");
}

/* --- the agent --- */

/* [HOST:]PORT of --agent; HOST is the target's where it is not said. */
static enum world_result agent_address(const struct world *w, const struct target *t, struct target *out,
                                       struct diag *d)
{
	const char *text = w->options->agent;
	uint64_t port = AGENT_CONTROL_PORT;

	if (!text || text[strspn(text, "0123456789")] == '\0') {
		*out = *t;
		if (text && !literal_number("--agent", text, 1, UINT16_MAX, &port, d))
			return WORLD_MISUSED;
		out->port = (uint16_t)port;
		return WORLD_OPEN;
	}
	if (!target_split(text, out, d))
		return WORLD_MISUSED;
	if (out->service[0] == '\0') {
		diag_set(d, "--agent: \"%s\" is not [HOST:]PORT", text);
		return WORLD_MISUSED;
	}
	return target_resolve(out, d) ? WORLD_OPEN : WORLD_NOBODY;
}

static struct control *call_at(const struct target *at, int i, int patience_ms, bool *refused, struct diag *d)
{
	const struct control_place place = {.address = at->addr[i], .scope = at->scope[i], .port = at->port};
	struct diag why;
	bool full;
	struct control *control = control_connect(&place, patience_ms, &full, &why);

	/* An agent's own words say more than that it has no other address. */
	if (!control && (full || !*refused))
		diag_set(d, "%s", why.text);
	*refused |= !control && full;
	return control;
}

/* A channel for each family where the agent listens on it: it connects back only to the address that its
 * channel comes from. Else one for both. False with d; *refused: it is there, but has no room. */
static bool call_agent(struct world *w, const struct target *at, int patience_ms, bool *refused,
                       struct diag *d)
{
	struct peer_sites *p = w->peers;
	struct control *control[2] = {NULL, NULL};

	*refused = false;
	for (int i = 0; i < 2; i++)
		if (at->addr[i].family != 0 && p->site[i].remote.family != 0)
			control[i] = call_at(at, i, patience_ms, refused, d);
	for (int i = 0; i < 2 && !control[0] && !control[1]; i++)
		if (at->addr[i].family != 0 && p->site[i].remote.family == 0)
			control[i] = call_at(at, i, patience_ms, refused, d);
	if (!control[0] && !control[1])
		return false;
	p->channel[0].control = control[0];
	p->channel[1].control = control[1];
	w->stack = control_stack(control[0] ? control[0] : control[1]);
	for (int i = 0; i < 2; i++) {
		struct channel *c = &p->channel[control[i] ? i : 1 - i];
		p->site[i].channel = c;
		p->site[i].port = control_data_port(c->control);
		if (p->site[i].remote.family != 0)
			endpoint_text(&p->site[i].remote, p->site[i].port, p->site[i].text);
	}
	return true;
}

/* No agent. Without --provoke a well-known port says what the server is made to act by; and where the target
 * is to connect to us, our port will do. */
static enum world_result set_plain(struct world *w, const struct target *t, struct diag *d)
{
	const struct options *o = w->options;
	struct strings guess = {.items = &w->guessed, .count = 1};

	w->guessed = o->provokes.count == 0 && t->port != 0 ? plain_guess(t->port) : NULL;
	if (w->guessed && !plain_parse(&guess, t->host, &w->plain, d))
		return WORLD_NOBODY;
	if (t->port != 0 || o->source_port != 0)
		return WORLD_OPEN;
	diag_set(d, "-t %s: the port is missing: HOST:PORT", o->target);
	return WORLD_MISUSED;
}

static bool set_agent(struct world *w, const struct target *t, const struct target *at, struct diag *d)
{
	const struct options *o = w->options;
	const struct site *site = &w->peers->site[0];
	/* With our port known, the target's own user may make it connect to us. */
	bool perhaps = t->port == 0 && !o->agent && o->source_port != 0, refused;
	struct diag why;

	if (call_agent(w, at, perhaps ? AGENT_PERHAPS_MS : AGENT_CONNECT_MS, &refused, &why))
		return t->port == 0 || t->port == site->port ||
		       diag_set(d,
		                "port %u of -t is not where fourwave peer listens, which is %u: leave the "
		                "port out",
		                t->port, site->port);
	if (refused)
		return diag_set(d, "%s: %s", t->host, why.text);
	if (perhaps || (t->port == AGENT_DATA_PORT && !o->agent))
		return true; /* a plain target, or somebody else's port 4145 */
	if (t->port != 0 || o->agent)
		return diag_set(d, "fourwave peer can't be reached: %s", why.text);
	return diag_set(d, "%s: name a port (-t %s:80), or start fourwave peer there: %s", t->host, o->target,
	                why.text);
}

enum world_result world_remote(struct world *w, struct diag *d)
{
	const struct options *o = w->options;
	enum world_result result;
	struct target t, at;
	bool other, perhaps;

	if (!target_split(o->target, &t, d) || !plain_parse(&o->provokes, t.host, &w->plain, d))
		return WORLD_MISUSED;
	if (!target_resolve(&t, d))
		return WORLD_NOBODY;
	if (t.literal)
		w->literal = t.addr[0].family != 0 ? 4 : 6;
	other = w->literal == 4 ? o->ipv6 : o->ipv4;
	if (w->literal != 0 && other) {
		diag_set(d, "-%d: %s is an IPv%d address", w->literal == 4 ? 6 : 4, o->target, w->literal);
		return WORLD_MISUSED;
	}
	w->peers = memory_new(1, sizeof *w->peers);
	for (int i = 0; i < 2; i++)
		set_site(w, &t, i);
	/* Is there an agent to be called? Where the user names it; where no port is named, since nothing
	 * else could be meant; and at its usual port. A host that is none of these is not bothered. */
	perhaps = !o->no_agent && o->provokes.count == 0 && (t.port == 0 || t.port == AGENT_DATA_PORT);
	if (!o->agent && !perhaps)
		return set_plain(w, &t, d);
	result = agent_address(w, &t, &at, d);
	if (result != WORLD_OPEN)
		return result;
	return set_agent(w, &t, &at, d) ? WORLD_OPEN : WORLD_NOBODY;
}
