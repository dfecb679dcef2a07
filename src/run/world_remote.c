/* The peer of -t: names, routes, source address, agent. Opens no raw socket. */
#include <net/if.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lab/agent.h"
#include "report/words.h"
#include "run/world.h"
#include "wire/route.h"

/* The second where there may be none, and the scenarios can do without. */
enum { AGENT_CONNECT_MS = 5000, AGENT_PERHAPS_MS = 2000 };

static const char *family_word(int i) { return i == 0 ? "IPv4" : "IPv6"; }

static void set_trouble(struct site *s, enum verdict_kind kind, const char *text)
{
	s->trouble = kind;
	s->remote.family = s->local.family = 0;
	s->why = reason_text_of(CODE_UNREACHABLE, text);
}

/* Was this family asked for by itself, so that its trouble is an error? */
static bool insists(const struct world *w, const struct target *t, int i)
{
	if (i == 0 ? w->options->ipv4 : w->options->ipv6)
		return true;
	return t->addr[1 - i].family == 0;
}

/* The route, and our address towards the peer. */
static bool set_route(struct world *w, const struct target *t, int i, const struct addr *source)
{
	struct site *s = &w->peers->site[i];
	char scope[IF_NAMESIZE];
	const char *interface = w->options->interface;
	struct route route;
	struct diag why;

	if (!interface && t->scope[i] != 0)
		interface = if_indextoname(t->scope[i], scope);
	if (!route_find(&s->remote, interface, &route, &why)) {
		set_trouble(s, insists(w, t, i) ? VERDICT_ERROR : VERDICT_SKIP, why.text);
		return false;
	}
	snprintf(s->interface, sizeof s->interface, "%s", route.interface);
	s->local = source->family != 0 ? *source : route.source;
	if (s->local.family == 0) {
		set_trouble(s, VERDICT_ERROR, "the route has no source address: give one with -S");
		return false;
	}
	s->shielded = !w->options->no_shield && !w->options->spare && route_owns(&s->local);
	return true;
}

static void set_site(struct world *w, const struct target_name *name, const struct target *t, int i,
                     const struct addr *source)
{
	struct site *s = &w->peers->site[i];
	char text[DIAG_TEXT_BYTES];

	s->remote = t->addr[i];
	s->port = t->port;
	snprintf(s->text, sizeof s->text, "%.63s", w->options->target);
	if (s->remote.family == 0) {
		snprintf(text, sizeof text, "%s has no %s address", name->host, family_word(i));
		set_trouble(s,
		            insists(w, t, i) && (w->options->ipv4 || w->options->ipv6) ? VERDICT_ERROR
		                                                                       : VERDICT_SKIP,
		            text);
		return;
	}
	endpoint_text(&s->remote, s->port, s->text);
	if (source->family != 0 && source->family != s->remote.family) {
		snprintf(text, sizeof text, "the source address of -S is not %s", family_word(i));
		set_trouble(s, insists(w, t, i) ? VERDICT_ERROR : VERDICT_SKIP, text);
		return;
	}
	set_route(w, t, i, source);
}

/* --- the agent --- */

/* [HOST:]PORT of --agent; HOST is the target's where it is not said. */
static bool agent_address(const struct world *w, const struct target *t, struct target *out, bool *usage,
                          struct diag *d)
{
	struct target_name name;
	const char *text = w->options->agent;

	*out = *t;
	out->port = AGENT_CONTROL_PORT;
	if (!text)
		return true;
	*usage = true;
	if (text[strspn(text, "0123456789")] == '\0')
		return target_port("--agent", text, &out->port, d);
	if (!target_split(text, &name, d))
		return false;
	if (name.service[0] == '\0')
		return diag_set(d, "--agent: \"%s\" is not [HOST:]PORT", text);
	*usage = false;
	return target_resolve(&name, out, d);
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
	for (int i = 0; i < 2; i++)
		if (control[i])
			p->channel[i].control = control[i];
	for (int i = 0; i < 2; i++) {
		struct channel *c = &p->channel[control[i] ? i : 1 - i];
		p->site[i].channel = c;
		p->site[i].port = control_data_port(c->control);
		if (p->site[i].remote.family != 0)
			endpoint_text(&p->site[i].remote, p->site[i].port, p->site[i].text);
	}
	return true;
}

/* Is there an agent to be called? Where the user names it; where no port is named, since nothing else
 * could be meant; and at its usual port. A host that is none of these is not bothered. */
static bool wants_agent(const struct options *o, const struct target *t)
{
	if (o->agent)
		return true;
	if (o->no_agent || o->provokes.count > 0)
		return false;
	return t->port == 0 || t->port == AGENT_DATA_PORT;
}

/* Without --provoke a well-known port says what the server is made to act by. */
static bool guess_plain(struct world *w, uint16_t port, const char *host, struct diag *d)
{
	struct strings values = {.items = &w->guessed, .count = 1};

	w->guessed = plain_guess(port);
	return !w->guessed || plain_parse(&values, host, &w->plain, d);
}

static bool set_agent(struct world *w, const struct target_name *name, const struct target *t, bool *usage,
                      struct diag *d)
{
	const struct options *o = w->options;
	/* With our port known, the target's own user may make it connect to us. */
	bool perhaps = t->port == 0 && !o->agent && o->source_port != 0, refused;
	struct target at;
	struct diag why;

	if (!wants_agent(o, t)) {
		if (o->provokes.count == 0 && !guess_plain(w, t->port, name->host, d))
			return false;
		*usage = t->port == 0 && o->source_port == 0;
		return !*usage || diag_set(d, "-t %s: the port is missing: HOST:PORT", o->target);
	}
	if (!agent_address(w, t, &at, usage, d))
		return false;
	*usage = false;
	if (call_agent(w, &at, perhaps ? AGENT_PERHAPS_MS : AGENT_CONNECT_MS, &refused, &why))
		return t->port == 0 || t->port == w->peers->site[0].port ||
		       diag_set(d,
		                "port %u of -t is not where fourwave peer listens, which is %u: leave the "
		                "port out",
		                t->port, w->peers->site[0].port);
	if (refused)
		return diag_set(d, "%s: %s", name->host, why.text);
	if (perhaps || (t->port == AGENT_DATA_PORT && !o->agent))
		return true; /* a plain target, or somebody else's port 4145 */
	if (t->port != 0 || o->agent)
		return diag_set(d, "fourwave peer can't be reached: %s", why.text);
	return diag_set(d, "%s: name a port (-t %s:80), or start fourwave peer there: %s", name->host,
	                o->target, why.text);
}

static bool wrong_family(const struct world *w, const struct target *t, struct diag *d)
{
	if (t->literal && w->options->ipv6 && t->addr[1].family == 0)
		return diag_set(d, "-6: %s is an IPv4 address", w->options->target);
	if (t->literal && w->options->ipv4 && t->addr[0].family == 0)
		return diag_set(d, "-4: %s is an IPv6 address", w->options->target);
	return true;
}

bool world_remote(struct world *w, bool *usage, struct diag *d)
{
	const struct options *o = w->options;
	struct target_name name;
	struct target t;
	struct addr source = {.family = 0};

	*usage = true;
	if (!target_split(o->target, &name, d) || !plain_parse(&o->provokes, name.host, &w->plain, d) ||
	    (o->source && !target_address("--source", o->source, &source, d)))
		return false;
	*usage = false;
	if (!target_resolve(&name, &t, d))
		return false;
	*usage = true;
	if (!wrong_family(w, &t, d))
		return false;
	*usage = false;
	if (t.literal)
		w->literal = t.addr[0].family != 0 ? 4 : 6;
	w->peers = calloc(1, sizeof *w->peers);
	if (!w->peers)
		return diag_set(d, "out of memory");
	for (int i = 0; i < 2; i++)
		set_site(w, &name, &t, i, &source);
	return set_agent(w, &name, &t, usage, d);
}
