/* -w DIR: a capture file for each job. All are opened before privilege is
 * dropped, because afterwards root may not write where others may. */
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "run/job.h"

/* DIR and those above it. */
static bool make_directory(const char *dir, struct diag *d)
{
	char path[PATH_MAX];
	struct stat st;

	if ((size_t)snprintf(path, sizeof path, "%s", dir) >= sizeof path)
		return diag_set(d, "-w: the name of the directory is too long");
	for (char *slash = strchr(path + 1, '/'); slash; slash = strchr(slash + 1, '/')) {
		*slash = '\0';
		if (mkdir(path, 0777) < 0 && errno != EEXIST)
			return diag_set(d, "-w %s: %s", path, strerror(errno));
		*slash = '/';
	}
	if (mkdir(path, 0777) < 0 && errno != EEXIST)
		return diag_set(d, "-w %s: %s", path, strerror(errno));
	if (stat(path, &st) < 0)
		return diag_set(d, "-w %s: %s", path, strerror(errno));
	if (!S_ISDIR(st.st_mode))
		return diag_set(d, "-w %s: it is not a directory", path);
	return true;
}

static bool taken(const struct jobs *jobs, const char *path)
{
	for (size_t i = 0; i < jobs->count; i++)
		if (jobs->list[i].capture && strcmp(jobs->list[i].capture, path) == 0)
			return true;
	return false;
}

/* DIR/NAME-ipv4.pcap, or where another job has that, DIR/NAME-ipv4-2.pcap. A
 * file of an earlier run is overwritten. */
static char *choose_path(const struct jobs *jobs, const struct job *job, const char *dir)
{
	char path[PATH_MAX], name[NAME_MAX - 24], number[24] = "";
	struct result r = job_result(job);

	result_name(&r, name, sizeof name);
	for (unsigned n = 2;; n++) {
		snprintf(path, sizeof path, "%s/%s-ipv%d%s.pcap", dir, name, job->family, number);
		if (!taken(jobs, path))
			return strdup(path);
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
		if (!job->capture)
			return diag_set(d, "out of memory");
		job->dump =
		    dump_open(job->capture, capture_linktype(w->capture), capture_snaplen(w->capture), d);
		if (!job->dump)
			return false;
	}
	return true;
}
