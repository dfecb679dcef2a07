/* The forms of a report but for the one for people (ladder.h). What each says of a result comes from facts.h.
 * All return false, with d, where writing fails. */
#ifndef FW_FORMATS_H
#define FW_FORMATS_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <time.h>

#include "report/result.h"
#include "report/pen.h"

/* --- result by result, each flushed --- */

/* JSON Lines: an object a result, ASCII only; behind them one for each broken rule, and one for each entry
 * that is gone from the baseline. The members of each of the three are always the same, but for "malformed";
 * schema/ says what they are. */
enum { JSON_SCHEMA_VERSION = 3 };
bool json_result(FILE *out, const struct result *r, struct diag *d);
bool json_rule(FILE *out, const struct rule_result *rule, struct diag *d);
bool json_gone(FILE *out, const struct gone *gone, struct diag *d);

/* TAP 14, or 13 (testanything.org): the version, and at the end, when it is known which rules were broken,
 * the plan. What is written is the same for both versions; some readers stop at a version that they do not
 * know.
 */
enum { TAP_VERSION_NEWEST = 14, TAP_VERSION_OLDEST = 13 };
bool tap_begin(FILE *out, unsigned version, struct diag *d);
bool tap_plan(FILE *out, size_t count, struct diag *d);
/* The test point of number (from 1): "ok 3 - row1-x (IPv4)". A skip carries its reason as the directive, and
 * what is known as that of a TODO, which makes it no failure; a warning, a failure and an error have a YAML
 * block. strict: a warning is not ok. */
bool tap_result(FILE *out, size_t number, const struct result *r, bool strict, struct diag *d);
bool tap_rule(FILE *out, size_t number, const struct rule_result *rule, bool strict, struct diag *d);
/* An entry that is gone from the baseline: with strict a point that is not ok, else a comment. */
bool tap_gone(FILE *out, size_t number, const struct gone *gone, bool strict, struct diag *d);
/* "Bail out!": the run ends early. */
bool tap_bail(FILE *out, const char *reason, struct diag *d);

/* --- what is said of the run as a whole: where, when, with what --- */

struct about {
	const char *program; /* "fourwave 0.1.0" */
	char *command_line;  /* as a shell would read it; about_free() frees it */
	const char *target;  /* "lab" or what -t said; borrowed */
	const char *profile; /* by which all were judged, "several", or NULL; borrowed */
	char system[256];    /* "Linux 6.1.0-18-amd64 x86_64" of this host */
	char host[128];
	time_t began;
	double seconds;   /* all of it took; the caller sets it at the end */
	bool interrupted; /* not all was played; the same */
};

/* Asks the kernel and the clock. argv holds the command and what follows it. */
void about_fill(struct about *a, int argc, char *const *argv, const char *target);

void about_free(struct about *a);

/* Writes a word as a shell reads it: as it is where that leaves it alone, else in quotes. */
void shell_word(FILE *out, const char *word);

/* "2026-11-21T02:35:56", in UTC. */
enum { DATE_TEXT_BYTES = 32 };
const char *date_text(time_t when, char buf[DATE_TEXT_BYTES]);

/* --- all results at the end --- */

struct run_report {
	const char *path; /* where the report will be, so that captures can be linked from there */
	const struct about *about;
	const struct result *results; /* in any order */
	size_t count;
	const struct rule_results *rules; /* that they broke; or NULL */
	const struct gone_list *gone;     /* from the baseline; or NULL */
	bool strict;                      /* a warning counts as a failure */
};

/* A row for each: its name in struct options, its option, what --help says.
 *
 * JUnit XML, as Jenkins, GitLab and others read it (tests/project/junit.xsd says what that is): a suite for
 * each row of the exception table, and for other scenarios one for each directory, in the order in which they
 * come; and one of the rules that were broken. A case for each result; what is no pass has the reason, the
 * field and the ladder, and a warning is told in the output of a pass, unless it counts as a failure. What
 * was never judged is an error.
 *
 * One HTML page that needs nothing else: the exception table on top, the rules that were broken, then each
 * scenario with its ladder and its resends, then where and with what it was run. */
#define RUN_REPORTS(X)                                                                                       \
	X(junit, "--junit", "write JUnit XML, at the end")                                                   \
	X(html, "--html", "write a page with the table, ladders and plots, at the end")

#define RUN_REPORT_PRINT(name, option, help)                                                                 \
	bool name##_print(FILE *out, const struct run_report *run, struct diag *d);
RUN_REPORTS(RUN_REPORT_PRINT)

#define RUN_REPORT_ID(name, option, help) RUN_REPORT_##name,
enum { RUN_REPORTS(RUN_REPORT_ID) RUN_REPORT_COUNT };

/* From a page to a file beside it, as a relative reference (RFC 3986, 4.2); both paths are as they are opened
 * from here. The caller frees it; NULL where one of them cannot be found. */
char *html_reference(const char *page, const char *file);

/* The exception table, for people: a scenario's two families on one line, in the order of pairs_make(). */
bool table_print(FILE *out, const struct style *style, const struct result *results, size_t count,
                 struct diag *d);

#endif
