/* A job: one scenario on one address family. The list of them, made before anything is sent. */
#ifndef FW_JOB_H
#define FW_JOB_H

#include "report/result.h"
#include "run/world.h"
#include "wire/capture.h"

struct engine;

/* What is to be repeated before a failure is believed: the same code, at the same step, of the same field. */
struct failing {
	enum code code; /* CODE_NONE: nothing failed yet, or the path explains it */
	int step;       /* behind the last: INT_MAX */
	enum difference field;
};

/* The plays of a job that came to nothing. */
struct plays_before {
	struct failing failing;
	struct reason reason; /* as it was told first */
	bool warned;          /* it was a warning: that it does not come again is no error */
	unsigned same;        /* plays that failed so */
	unsigned fences;      /* plays that went well but for a fence without an answer */
	unsigned others;      /* plays that failed before that, or where the path explains it */
};

struct job {
	const struct scenario *scenario;
	int family;
	struct site *site;
	bool listens;           /* the peer is to connect to us */
	const char *profile;    /* by which it is judged, or NULL */
	struct verdict verdict; /* a copy; its lists belong to the engine */
	struct engine *engine;  /* NULL where it was never played; freed by jobs_free() */
	struct dump *dump;      /* NULL where no capture is asked for */
	char *capture;          /* its path, or NULL */
	size_t ignored;
	size_t ignored_why[IGNORED_COUNT]; /* all 0 where only their number is known */
	int64_t late_ns;                   /* the longest that something waited for us, as result.h says */
	int64_t held_ns;                   /* the longest that one of ours waited for --rate */
	unsigned late_again;               /* so often it was played again, as we were late */
	double seconds;
	unsigned ports_tried;       /* on so many the peer still held an old connection */
	unsigned resets;            /* so often a plain server's program reset it, and it was played again */
	bool finished;              /* the verdict is settled */
	uint32_t iss;               /* of its first play, and of the others; 0: not chosen */
	struct plays_before before; /* of a run that failed and is played again */
};

struct jobs {
	struct job *list;
	size_t count;
	size_t omitted;      /* scenarios left out by --quick */
	size_t other_family; /* scenarios that -4 or -6 leaves out, since they are for the other only */
};

/* What takes longer than this, --quick leaves out. */
#define QUICK_NS (10 * INT64_C(1000000000))

/* For each scenario the families that it and the options allow, in the order given, as often as --repeat
 * says. A target written as an address has no jobs of the other family, unless the scenario is for that one
 * alone (it is skipped then). Sets each job's site; in the lab that makes the hosts. jobs_free() in any case.
 */
void jobs_make(struct jobs *jobs, struct world *w, const struct scenario *const *scenarios, size_t count);

void jobs_free(struct jobs *jobs);

/* Opens a dump for each job that is not finished, in dir, which is made where it is not there:
 * DIR/NAME-ipv4.pcap, made unique by a number. All before privilege is dropped, because afterwards root may
 * not write where others may. False with d. */
bool jobs_open_dumps(struct jobs *jobs, const char *dir, const struct world *w, struct diag *d);

/* Settles a job without an engine. */
void job_settle(struct job *job, enum verdict_kind kind, struct reason reason);

/* skip.c: settles the job as a skip (or an error) where its site has trouble, or its peer can't do what the
 * scenario needs; the reason says what is needed and how to get it. May ask the agent for sysctls, and
 * blocks then. */
void skip_judge(struct job *job, const struct world *w);

/* For the reports. Pointers live as long as the job. */
struct result job_result(const struct job *job);

#endif
