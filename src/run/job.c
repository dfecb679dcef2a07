/* The list of jobs, and the capture file of each. Plays nothing and prints nothing. */
#include "run/job.h"

#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/duration.h"
#include "base/text.h"
#include "core/engine.h"
#include "core/profile.h"
#include "wire/capture.h"

static void add(struct jobs *jobs, struct world *w, const struct scenario *s, int family)
{
	struct job *job = &jobs->list[jobs->count++];

	job->scenario = s;
	job->family = family;
	job->site = world_site(w, s, family);
	job->listens = world_peer_connects(w, s);
	job->profile = w->profile ? w->profile->name : NULL;
	job->verdict.step = -1;
}

void jobs_make(struct jobs *jobs, struct world *w, const struct scenario *const *scenarios, size_t count)
{
	const struct options *o = w->options;
	const unsigned both = FAMILY_IPV4 | FAMILY_IPV6;
	unsigned asked = o->ipv4 ? FAMILY_IPV4 : o->ipv6 ? FAMILY_IPV6 : both;

	memset(jobs, 0, sizeof *jobs);
	jobs->list = memory_new(2 * count * o->repeat + 1, sizeof *jobs->list);
	for (size_t i = 0; i < count; i++) {
		unsigned families = scenarios[i]->families & asked;
		if (w->literal != 0 && families == both)
			families = w->literal == 4 ? FAMILY_IPV4 : FAMILY_IPV6;
		if (o->quick && scenarios[i]->takes_ns > QUICK_NS) {
			jobs->omitted++;
			continue;
		}
		jobs->other_family += families == 0;
		for (unsigned n = 0; n < o->repeat; n++) {
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
	    .profile = job->profile,
	    .listens = job->listens,
	    .connection = job->engine ? engine_connection(job->engine) : NULL,
	    .ignored = job->ignored,
	    .ignored_why = job->ignored_why,
	    .late = seconds(job->late_ns),
	};
}

/* --- capture files --- */

/* DIR and those above it. */
static bool make_directory(const char *dir, struct diag *d)
{
	char *path = memory_text(dir), *slash = path;
	struct stat st;
	bool ok = true;

	while (ok && slash) {
		slash = strchr(slash + 1, '/');
		if (slash)
			*slash = '\0';
		ok = mkdir(path, 0777) == 0 || errno == EEXIST ||
		     diag_set(d, "-w %s: %s", path, strerror(errno));
		if (slash)
			*slash = '/';
	}
	free(path);
	if (ok && stat(dir, &st) < 0)
		return diag_set(d, "-w %s: %s", dir, strerror(errno));
	return ok && (S_ISDIR(st.st_mode) || diag_set(d, "-w %s: it is not a directory", dir));
}

/* DIR/NAME-ipv4.pcap, or where another job has that, DIR/NAME-ipv4-2.pcap. A
 * file of an earlier run is overwritten. */
static char *choose_path(const struct jobs *jobs, const struct job *job, const char *dir)
{
	char name[NAME_MAX - 24], number[24] = "";
	struct result r = job_result(job);
	UT_string path;
	size_t i;

	utstring_init(&path);
	result_name(&r, name, sizeof name);
	for (unsigned n = 2;; n++) {
		utstring_clear(&path);
		utstring_printf(&path, "%s/%s-ipv%d%s.pcap", dir, name, job->family, number);
		for (i = 0; i < jobs->count; i++)
			if (jobs->list[i].capture && strcmp(jobs->list[i].capture, utstring_body(&path)) == 0)
				break;
		if (i == jobs->count)
			return utstring_body(&path);
		snprintf(number, sizeof number, "-%u", n);
	}
}

bool jobs_open_dumps(struct jobs *jobs, const char *dir, const struct world *w, struct diag *d)
{
	if (!make_directory(dir, d))
		return false;
	for (size_t i = 0; i < jobs->count; i++) {
		struct job *job = &jobs->list[i];
		if (job->finished)
			continue;
		job->capture = choose_path(jobs, job, dir);
		job->dump =
		    dump_open(job->capture, capture_linktype(w->capture), capture_snaplen(w->capture), d);
		if (!job->dump)
			return false;
	}
	return true;
}
