/* The list of jobs. Plays nothing and prints nothing. */
#include <stdlib.h>
#include <string.h>

#include "base/duration.h"
#include "base/memory.h"
#include "core/engine.h"
#include "run/job.h"

/* The families to be played for a scenario: FAMILY_ bits. */
static unsigned job_families(const struct world *w, const struct scenario *s)
{
	const struct options *o = w->options;
	unsigned asked = o->ipv4 ? FAMILY_IPV4 : o->ipv6 ? FAMILY_IPV6 : FAMILY_IPV4 | FAMILY_IPV6;
	unsigned both = s->families & asked;

	if (w->literal == 0 || both != (FAMILY_IPV4 | FAMILY_IPV6))
		return both;
	return w->literal == 4 ? FAMILY_IPV4 : FAMILY_IPV6;
}

static void add(struct jobs *jobs, struct world *w, const struct scenario *s, int family)
{
	struct job *job = &jobs->list[jobs->count++];

	job->scenario = s;
	job->family = family;
	job->site = world_site(w, s, family);
	job->verdict.step = -1;
}

void jobs_make(struct jobs *jobs, struct world *w, const struct scenario *const *scenarios, size_t count)
{
	memset(jobs, 0, sizeof *jobs);
	jobs->list = memory_new(2 * count * w->options->repeat + 1, sizeof *jobs->list);
	for (size_t i = 0; i < count; i++) {
		unsigned families = job_families(w, scenarios[i]);
		if (w->options->quick && scenarios[i]->takes_ns > QUICK_NS) {
			jobs->left_out++;
			continue;
		}
		jobs->other_family += families == 0;
		for (unsigned n = 0; n < w->options->repeat; n++) {
			if (families & FAMILY_IPV4)
				add(jobs, w, scenarios[i], 4);
			if (families & FAMILY_IPV6)
				add(jobs, w, scenarios[i], 6);
		}
	}
}

void jobs_free(struct jobs *jobs)
{
	for (size_t i = 0; i < jobs->count; i++) {
		engine_free(jobs->list[i].engine);
		dump_close(jobs->list[i].dump, NULL);
		free(jobs->list[i].capture);
	}
	free(jobs->list);
	memset(jobs, 0, sizeof *jobs);
}

void job_settle(struct job *job, enum verdict_kind kind, struct reason reason)
{
	job->verdict.kind = kind;
	job->verdict.reason = reason;
	job->finished = true;
}

struct result job_result(const struct job *job)
{
	return (struct result){
	    .scenario = job->scenario,
	    .family = job->family,
	    .verdict = &job->verdict,
	    .seconds = job->seconds,
	    .capture = job->engine ? job->capture : NULL,
	    .target = job->site->text,
	    .connection = job->engine ? engine_connection(job->engine) : NULL,
	    .ignored = job->ignored,
	    .ignored_why = job->ignored_why,
	    .late = seconds(job->late_ns),
	};
}
