/* Which scenarios a target can't be asked, and why. Sends nothing to the
 * connection's port; asks the agent for sysctls. */
#include <string.h>

#include "lab/sysctl.h"
#include "run/job.h"

static bool needs_agent(struct job *job, enum need need, uint32_t provokes, bool on_eof)
{
	job_settle(job, VERDICT_SKIP,
	           (struct reason){.code = CODE_NEEDS_AGENT, .n = {need, provokes, on_eof}});
	return false;
}

/* In-band bytes, or nothing at all. */
static bool plain_can(struct job *job, const struct world *w)
{
	struct needs needs = scenario_needs(job->scenario);
	uint32_t can = 1u << PROVOKE_CONNECT; /* listen_can() looks after it */
	bool no_eof = needs.close_on_eof && !w->plain.closes_on_eof;

	for (unsigned i = 0; i < PROVOKE_COUNT; i++)
		if (w->plain.inband[i].bytes)
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

/* A plain server takes what comes for its own protocol: until it has closed, our
 * data makes it say who knows what. It closes at once on end-of-file. And bytes that make
 * it act go by the numbers of the connection that "open" made. */
static bool plain_understands(struct job *job)
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
		if (by_hand)
			return needs_agent(job, NEED_BY_HAND, 0, false);
		if (p->on_eof && p->delay_ns > 0)
			return needs_agent(job, NEED_DELAY, 0, false);
		if (p->kind == PROVOKE_CLOSE && !p->on_eof)
			return true;
	}
	return true;
}

/* Nobody makes the target connect: then its user must know our port. */
static bool listen_can(struct job *job, const struct world *w)
{
	return !job->scenario->listen || w->options->source_port != 0 ||
	       needs_agent(job, NEED_CONNECT, 0, false);
}

static bool port_can(struct job *job)
{
	if (job->site->port != 0 || job->scenario->listen)
		return true;
	job_settle(job, VERDICT_SKIP, (struct reason){.code = CODE_NEEDS_PORT});
	return false;
}

/* --- sysctl lines --- */

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

static bool assumed_holds(const char *value, const struct sysctl_setting *s, struct reason *why)
{
	char wanted[SYSCTL_VALUE_BYTES], said[SYSCTL_VALUE_BYTES];

	sysctl_canonical(s->value, wanted);
	if (!value) {
		*why = sysctl_reason(CODE_SYSCTL_UNKNOWN, s->name, wanted, NULL);
		return false;
	}
	sysctl_canonical(value, said);
	*why = sysctl_reason(CODE_SYSCTL_DIFFERS, s->name, wanted, said);
	why->n[0] = true;
	return strcmp(said, wanted) == 0;
}

static void judge_sysctls(struct job *job, const struct world *w)
{
	struct channel *c = job->site->channel;
	bool hold = true;
	struct reason why;

	for (size_t i = 0; i < job->scenario->sysctl_count && hold; i++) {
		const struct sysctl_setting *s = &job->scenario->sysctls[i];
		const char *value = assumed(w, s->name);

		hold =
		    !c || value ? assumed_holds(value, s, &why) : channel_sysctl(c, s->name, s->value, &why);
	}
	if (!hold)
		job_settle(job, why.code == CODE_AGENT_GONE ? VERDICT_ERROR : VERDICT_SKIP, why);
}

void skip_judge(struct job *job, const struct world *w)
{
	const struct site *site = job->site;

	if (site->trouble != VERDICT_NONE)
		job_settle(job, site->trouble, site->why);
	else if (!w->lab && (site->channel || (listen_can(job, w) && port_can(job) && plain_can(job, w) &&
	                                       plain_understands(job))))
		judge_sysctls(job, w);
}
