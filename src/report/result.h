/* One scenario's run on one address family, as every report gets it. All
 * pointers are borrowed: they live until the caller has done its reports. */
#ifndef FW_RESULT_H
#define FW_RESULT_H

#include <stddef.h>

#include "core/connection.h"
#include "core/scenario.h"
#include "core/verdict.h"

struct result {
	const struct scenario *scenario; /* never NULL */
	int family;                      /* 4 or 6 */
	const struct verdict *verdict;   /* never NULL; its kind is settled */
	double seconds;                  /* wall time of the run on the capture's axis */
	const char *capture;             /* path, or NULL */
	const char *profile;             /* by which it was judged, or NULL */
	const char *target;              /* "lab" or "192.0.2.1:80" */
	bool listens;                    /* the peer connected to us */
	const char *known;               /* the reason, "" for none: it is in the baseline; NULL: it is not */
	const struct connection *connection; /* addresses and ports; NULL where none was made */
	size_t ignored;                      /* segments to our port that are no answers of the peer's */
	const size_t *ignored_why;           /* the same, by enum ignored; NULL: not known */
	double late; /* seconds: the longest from when we wanted to do something to when it was done. What
	              * came and was read, what was sent, asked of the agent, the end of a wait */
};

/* How many of each verdict, runs and rules together. What is known is counted there and nowhere else. */
struct tally {
	unsigned passed, warned, failed, skipped, errors, known;
	unsigned gone; /* entries of the baseline that were played and did not come: no results */
};

/* A rule that holds of each segment, and was broken: a result of its own, whatever the runs came to in which
 * it was. */
struct rule_result {
	enum rule rule;
	enum verdict_kind kind;     /* level_verdict() of its level: fail or warn */
	const struct result *first; /* the run in which it was broken first, of those given */
	unsigned runs, times;       /* in so many runs, so often in all of them */
	unsigned families;          /* of these runs: FAMILY_IPV4 | FAMILY_IPV6 */
	const char *known;          /* as of a result */
};

/* The rules that these runs broke, in the order of the table of rules. A run that could not be judged accuses
 * nobody: who knows whose segments they were. */
struct rule_results {
	struct rule_result list[RULE_COUNT];
	size_t count;
};
struct rule_results rule_results(const struct result *results, size_t count);

/* An entry of the baseline whose scenario was played, and that did not come. */
struct gone {
	struct where where;        /* of the entry */
	const char *name;          /* a result's, or "rule:" and a rule's id */
	const char *code, *clause; /* as they stand there */
	unsigned families;         /* in which it did not come */
};

struct gone_list {
	struct gone *list;
	size_t count;
};

/* Counts one result in, or those of the rules. VERDICT_NONE counts as an error: it was not judged. */
void tally_add(struct tally *t, const struct result *r);
void tally_add_verdict(struct tally *t, enum verdict_kind kind);
void tally_add_rules(struct tally *t, const struct rule_results *broken);

/* The name people use: the file's base name without ".wave". Not cleaned: it
 * may hold any byte. Cut where size is too small; returns buf. */
const char *result_name(const struct result *r, char *buf, size_t size);

/* FAMILY_IPV4 or FAMILY_IPV6. */
unsigned family_bit(int family);

/* "IPv4" or "IPv6". */
const char *family_name(int family);

#endif
