/* Which scenarios a target can't be asked, and why. Sends nothing to the
 * connection's port; asks the agent for sysctls. */
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>

#include "base/memory.h"
#include "core/profile.h"
#include "lab/sysctl.h"
#include "run/job.h"

static bool needs_agent(struct job *job, enum need need, uint32_t provokes, bool on_eof)
{
	job_settle(
	    job, VERDICT_SKIP,
	    (struct reason){.code = CODE_NEEDS_AGENT, .n = {need, provokes, on_eof, job->site->program}});
	return false;
}

/* Is it an agent whose programs do all this? (lwIP's can't be killed, for one.) */
static bool agent_can(struct job *job)
{
	uint32_t cannot =
	    scenario_needs(job->scenario).provokes & control_cannot(job->site->channel->control);

	return !cannot || needs_agent(job, NEED_OTHER_AGENT, cannot, false);
}

static struct plain_bytes in_band(const struct job *job, const struct world *w, enum provoke kind)
{
	return plain_bytes(&w->plain, kind, job->listens);
}

/* In-band bytes, or nothing at all. */
static bool plain_can(struct job *job, const struct world *w)
{
	struct needs needs = scenario_needs(job->scenario);
	uint32_t can = site_can(job->site) | 1u << PROVOKE_CONNECT; /* opens() looks after it */
	bool no_eof = needs.close_on_eof && !w->plain.closes_on_eof;

	for (unsigned i = 0; i < PROVOKE_COUNT; i++)
		if (in_band(job, w, (enum provoke)i).bytes)
			can |= 1u << i;
	return (!(needs.provokes & ~can) && !no_eof) ||
	       needs_agent(job, NEED_PROVOKE, needs.provokes & ~can, no_eof);
}

/* Does the step send something on the wire, with these flags or with data? */
static bool sends(const struct step *s, uint16_t flags)
{
	const struct pattern *p = s->patterns;

	return s->kind == STEP_SEND && !p->lost &&
	       (flags != 0 ? (p->flags & flags) != 0 : p->payload_len > 0);
}

/* Bytes that make it act must come before our FIN, lost or not: no octet follows its number (RFC
 * 9293, 3.10.4). */
static bool asks_before_fin(struct job *job, const struct world *w)
{
	const struct scenario *s = job->scenario;
	bool ended = false;

	for (size_t i = 0; i < s->step_count; i++) {
		const struct step *step = &s->steps[i];

		ended |= step->kind == STEP_SEND && step->patterns->flags & TCP_FIN;
		if (ended && step->kind == STEP_PROVOKE && !step->provocation.on_eof &&
		    in_band(job, w, step->provocation.kind).len > 0)
			return needs_agent(job, NEED_AFTER_FIN, 0, false);
	}
	return true;
}

static bool stops(const struct job *job, const struct world *w, const struct provocation *p)
{
	return site_can(job->site) >> p->kind & 1 && w->program.signals[p->kind] == SIGSTOP;
}

/* A plain server, or client, takes what comes for its own protocol: until it has closed, our
 * data makes it say who knows what; a scenario for peers that connect may speak that protocol. It closes at
 * once on end-of-file. And bytes that make it act go by the numbers of the connection that "open" made. */
static bool plain_understands(struct job *job, const struct world *w)
{
	const struct scenario *s = job->scenario;
	bool by_hand = false;

	for (size_t i = 0; i < s->step_count && !s->listen; i++) {
		const struct step *step = &s->steps[i];
		const struct provocation *p = &step->provocation;

		by_hand |= sends(step, TCP_SYN);
		if (sends(step, 0))
			return needs_agent(job, NEED_QUIET, 0, false);
		if (step->kind != STEP_PROVOKE)
			continue;
		if (stops(job, w, p))
			return true;
		if (by_hand)
			return needs_agent(job, NEED_BY_HAND, 0, false);
		if (p->on_eof && p->delay_ns > 0)
			return needs_agent(job, NEED_DELAY, 0, false);
		if (p->kind == PROVOKE_CLOSE && !p->on_eof)
			return true;
	}
	return true;
}

/* A program that is stopped reads nothing, so it may be sent anything; but nothing makes it act then, except
 * a signal; and where that ends it, octets that nobody has read make it a reset (RFC 9293, 3.6.1). */
static bool stopped_can(struct job *job, const struct world *w)
{
	const struct scenario *s = job->scenario;
	bool stopped = false, unread = false;

	for (size_t i = 0; i < s->step_count; i++) {
		const struct provocation *p = &s->steps[i].provocation;

		unread = unread || (stopped && sends(&s->steps[i], 0));
		if (s->steps[i].kind != STEP_PROVOKE)
			continue;
		if (unread && p->kind == PROVOKE_CLOSE)
			return needs_agent(job, NEED_QUIET, 0, false);
		if (stopped && (p->on_eof || !(site_can(job->site) >> p->kind & 1)))
			return needs_agent(job, NEED_PROVOKE, 1u << p->kind, p->on_eof);
		stopped = stops(job, w, p) || (stopped && w->program.signals[p->kind] != SIGCONT);
	}
	return true;
}

/* Nobody makes the target connect: then its user must know our port. And who connects listens nowhere. */
static bool opens(struct job *job, const struct world *w)
{
	if (w->program.client)
		return !scenario_needs(job->scenario).listener || needs_agent(job, NEED_LISTENER, 0, false);
	return !job->scenario->listen || w->options->source_port != 0 ||
	       needs_agent(job, NEED_CONNECT, 0, false);
}

/* --- sysctl lines --- */

enum { ANSWER_MS = 5000 };

/* Waits for the reply to one request; nothing else is under way. */
static bool await(struct channel *c, unsigned id, struct control_reply *reply)
{
	struct pollfd p = {.fd = control_fd(c->control)};
	int got;

	while ((got = control_read(c->control, reply, &c->why)) >= 0) {
		if (got == 1 && reply->id == id)
			return true;
		if (got == 1)
			continue;
		p.events = POLLIN;
		if (control_wants_write(c->control)) {
			p.events |= POLLOUT;
			control_flush(c->control);
		}
		if (poll(&p, 1, ANSWER_MS) <= 0)
			return diag_set(&c->why, "fourwave peer on the target does not answer");
	}
	return false;
}

/* NULL: the channel is gone. */
static const struct sysctl_known *ask(struct channel *c, const char *name)
{
	struct control_reply reply;
	struct sysctl_known *k;
	unsigned id;

	for (size_t i = 0; i < c->known_count; i++)
		if (strcmp(c->known[i].name, name) == 0)
			return &c->known[i];
	id = c->gone ? 0 : control_get_sysctl(c->control, name);
	if (id == 0 && !c->gone)
		control_why(c->control, &c->why);
	if (id == 0 || !await(c, id, &reply)) {
		c->gone = true;
		return NULL;
	}
	k = LIST_ADD(c->known, c->known_count, c->known_room);
	k->name = memory_text(name);
	k->ok = reply.ok;
	snprintf(k->text, sizeof k->text, "%s", reply.text);
	return k;
}

/* The value that --assume gives, or NULL. */
static const char *assumed(const struct world *w, const char *name)
{
	const struct strings *list = &w->options->assumes;
	size_t len = strlen(name);
	const char *value = NULL;

	for (size_t i = 0; i < list->count; i++)
		if (strncmp(list->items[i], name, len) == 0 && list->items[i][len] == '=')
			value = list->items[i] + len + 1;
	return value;
}

/* Does the peer's host have that setting? value is of --assume; where it is NULL the agent is asked, which
 * blocks, at most some seconds: only while nothing is being played. False: why says what it is instead, that
 * it can't be read or is not known, or (CODE_AGENT_GONE) that nobody tells. */
static bool setting_holds(struct channel *c, const char *value, const struct sysctl_setting *s,
                          struct reason *why)
{
	const struct sysctl_known *k = c && !value ? ask(c, s->name) : NULL;
	char wanted[SYSCTL_VALUE_BYTES], said[SYSCTL_VALUE_BYTES],
	    setting[DATUM_TEXT_BYTES + SYSCTL_VALUE_BYTES];
	const char *got = k && k->ok ? k->text : value ? said : NULL;
	enum code code = got ? CODE_SYSCTL_DIFFERS : k ? CODE_SYSCTL_UNREADABLE : CODE_SYSCTL_UNKNOWN;

	if (c && !value && !k) {
		*why = reason_text_of(CODE_AGENT_GONE, c->why.text);
		return false;
	}
	sysctl_canonical(s->value, wanted);
	if (value)
		sysctl_canonical(value, said);
	if (got && strcmp(got, wanted) == 0)
		return true;
	snprintf(setting, sizeof setting, "%s=%s", s->name, wanted);
	*why = reason_field(code, DIFFERS_SYSCTL, datum_notation(setting),
	                    got ? datum_notation(got) : datum_of(DATUM_NONE, 0, 0));
	why->n[0] = !!value;
	if (code == CODE_SYSCTL_UNREADABLE)
		snprintf(why->text, sizeof why->text, "%s", k->text);
	return false;
}

/* Does it only keep Linux from a thing that is Linux's own (limits on its answers, what it remembers of
 * earlier connections), and is the peer known not to be Linux? */
static bool is_nothing_to(const struct sysctl_setting *s, const struct world *w)
{
	if (strcmp(s->name, "tcp_invalid_ratelimit") != 0 && strcmp(s->name, "tcp_no_metrics_save") != 0)
		return false;
	if (w->stack)
		return strcmp(w->stack, "linux") != 0;
	return w->profile && !profile_is(w->profile, "linux") && strcmp(w->profile->name, "rfc") != 0;
}

static void judge_sysctls(struct job *job, const struct world *w)
{
	struct channel *c = job->site->channel;
	bool hold = true;
	struct reason why;

	for (size_t i = 0; i < job->scenario->sysctl_count && hold; i++) {
		const struct sysctl_setting *s = &job->scenario->sysctls[i];
		const char *value = assumed(w, s->name);

		hold = is_nothing_to(s, w) || setting_holds(c, value, s, &why);
	}
	if (!hold)
		job_settle(job, why.code == CODE_AGENT_GONE ? VERDICT_ERROR : VERDICT_SKIP, why);
}

/* Is it about the stack that the peer is taken for? */
static bool stack_fits(struct job *job, const struct profile *profile)
{
	const struct scenario *s = job->scenario;
	struct reason why;

	for (size_t i = 0; i < s->stack_count; i++)
		if (profile_is(profile, s->stacks[i]))
			return true;
	if (s->stack_count == 0)
		return true;
	why = reason_field(CODE_OTHER_STACK, DIFFERS_PROFILE, datum_notation(s->stacks[0]),
	                   datum_notation(profile->name));
	why.n[0] = !!s->control;
	snprintf(why.text, sizeof why.text, "%s", s->control ? s->control : "");
	job_settle(job, VERDICT_SKIP, why);
	return false;
}

static bool says(struct site *site, const char *name, const char *value)
{
	const struct sysctl_known *k = site->channel->gone ? NULL : ask(site->channel, name);

	return k && k->ok && strcmp(k->text, value) == 0;
}

/* What lies between, as the agent knows: does its kernel begin connections without having measured a round
 * trip? Has it the address at which we call it? */
static void ask_between(struct site *site, const struct world *w)
{
	char name[PROTOCOL_NAME_BYTES], address[ADDR_TEXT_BYTES];

	if (site->between_asked || !site->channel || w->lab || site->remote.family == 0)
		return;
	site->between_asked = true;
	site->cookies = says(site, "tcp_syncookies", "2");
	snprintf(name, sizeof name, PROTOCOL_OWNS "%s", addr_text(&site->remote, address));
	site->translated = says(site, name, "0");
}

void skip_judge(struct job *job, const struct world *w)
{
	struct site *site = job->site;

	ask_between(site, w);
	if (site->trouble != VERDICT_NONE)
		job_settle(job, site->trouble, site->why);
	else if (!stack_fits(job, w->profile))
		return;
	else if (!world_has_kernel(w) && !site->channel && site->port == 0 && !job->scenario->listen)
		job_settle(job, VERDICT_SKIP, (struct reason){.code = CODE_NEEDS_PORT});
	else if (world_has_kernel(w) && !site->program)
		return;
	else if ((site_is_plain(site) ? opens(job, w) && plain_can(job, w) && asks_before_fin(job, w) &&
	                                    plain_understands(job, w) && stopped_can(job, w)
	                              : agent_can(job)) &&
	         !world_has_kernel(w))
		judge_sysctls(job, w);
}
