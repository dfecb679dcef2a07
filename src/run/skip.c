/* Which scenarios a target can't be asked, and why. Sends nothing to the
 * connection's port; asks the agent for sysctls. */
#include <stdio.h>
#include <string.h>

#include "lab/sysctl.h"
#include "run/skip.h"

/* "shutdown, hold": the kinds that are missing. */
static void kinds_text(uint32_t kinds, bool on_eof, char *buf, size_t size)
{
	size_t at = 0;

	buf[0] = '\0';
	for (unsigned i = 0; i < PROVOKE_COUNT; i++)
		if (kinds & 1u << i && at < size)
			at += (size_t)snprintf(buf + at, size - at, "%s%s", at > 0 ? ", " : "",
			                       provoke_name((enum provoke)i));
	if (on_eof && at < size)
		snprintf(buf + at, size - at, "%sclose on end-of-file", at > 0 ? ", " : "");
}

/* In-band bytes, or nothing at all. */
static bool plain_can(struct job *job, const struct world *w)
{
	struct needs needs = scenario_needs(job->scenario);
	char kinds[160], reason[DIAG_TEXT_BYTES];
	uint32_t can = 1u << PROVOKE_CONNECT; /* skip_listen() looks after it */

	for (unsigned i = 0; i < PROVOKE_COUNT; i++)
		if (w->plain.inband[i].bytes)
			can |= 1u << i;
	uint32_t missing = needs.provokes & ~can;
	bool no_eof = needs.close_on_eof && !w->plain.closes_on_eof;
	if (missing == 0 && !no_eof)
		return true;
	kinds_text(missing, no_eof, kinds, sizeof kinds);
	snprintf(reason, sizeof reason,
	         "needs a peer that can be told to %s: run fourwave peer on the target%s", kinds,
	         missing & ~(1u << PROVOKE_CLOSE)
	             ? ""
	             : ", or say how its server is made to close, with --provoke");
	job_settle(job, VERDICT_SKIP, reason);
	return false;
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
static const char *plain_misunderstands(const struct scenario *s)
{
	bool by_hand = false;

	for (size_t i = 0; i < s->step_count; i++) {
		const struct step *step = &s->steps[i];
		const struct provocation *p = &step->provocation;
		by_hand |= sends(step, TCP_SYN);
		if (sends(step, 0))
			return "needs a peer that reads any data and says nothing";
		if (step->kind != STEP_PROVOKE)
			continue;
		if (by_hand)
			return "needs a peer that can be told what to do with a connection that was not made "
			       "by \"open\"";
		if (p->on_eof && p->delay_ns > 0)
			return "needs a peer that waits before it closes";
		if (p->kind == PROVOKE_CLOSE && !p->on_eof)
			return NULL;
	}
	return NULL;
}

static bool plain_understands(struct job *job)
{
	const char *need = plain_misunderstands(job->scenario);
	char reason[DIAG_TEXT_BYTES];

	if (job->scenario->listen || !need)
		return true;
	snprintf(reason, sizeof reason, "%s: run fourwave peer on the target", need);
	job_settle(job, VERDICT_SKIP, reason);
	return false;
}

/* Nobody makes the target connect: then its user must know our port. */
static bool listen_can(struct job *job, const struct world *w)
{
	if (!job->scenario->listen || w->options->source_port != 0)
		return true;
	job_settle(
	    job, VERDICT_SKIP,
	    "needs a peer that connects to us: run fourwave peer on the target, or name our port with -p and "
	    "let the target connect to it");
	return false;
}

static bool port_can(struct job *job)
{
	if (job->site->port != 0 || job->scenario->listen)
		return true;
	job_settle(job, VERDICT_SKIP,
	           "needs a port to connect to: -t HOST:PORT, or fourwave peer on the target");
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

static bool assumed_holds(struct job *job, const struct world *w, const struct sysctl_setting *s)
{
	char wanted[SYSCTL_VALUE_BYTES], said[SYSCTL_VALUE_BYTES], reason[DIAG_TEXT_BYTES];
	const char *value = assumed(w, s->name);

	sysctl_canonical(s->value, wanted);
	if (value) {
		sysctl_canonical(value, said);
		if (strcmp(said, wanted) == 0)
			return true;
		snprintf(reason, sizeof reason, "needs %s=%s on the target, which has %s as --assume says",
		         s->name, wanted, said);
	} else {
		snprintf(reason, sizeof reason,
		         "needs %s=%s on the target: where it is so, say --assume %s=%s, or run fourwave "
		         "peer there",
		         s->name, wanted, s->name, wanted);
	}
	job_settle(job, VERDICT_SKIP, reason);
	return false;
}

static bool sysctls_hold(struct job *job, const struct world *w)
{
	struct diag d;

	for (size_t i = 0; i < job->scenario->sysctl_count; i++) {
		const struct sysctl_setting *s = &job->scenario->sysctls[i];
		if (!job->site->channel || assumed(w, s->name)) {
			if (!assumed_holds(job, w, s))
				return false;
			continue;
		}
		enum channel_answer a = channel_sysctl(job->site->channel, s->name, s->value, &d);
		if (a == CHANNEL_YES)
			continue;
		job_settle(job, a == CHANNEL_NO ? VERDICT_SKIP : VERDICT_ERROR, d.text);
		return false;
	}
	return true;
}

void skip_judge(struct job *job, const struct world *w)
{
	const struct site *site = job->site;

	if (site->trouble != VERDICT_NONE) {
		job_settle(job, site->trouble, site->why.text);
		return;
	}
	if (w->lab)
		return;
	if (!site->channel &&
	    (!listen_can(job, w) || !port_can(job) || !plain_can(job, w) || !plain_understands(job)))
		return;
	sysctls_hold(job, w);
}
