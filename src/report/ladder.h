/* The run as a sequence diagram: fourwave on the left, the peer on the right, each segment an arrow, lost
 * ones broken, the scenario's steps beside them (or above, where it is narrow). The peer's states stand
 * beside its line: plain and with a mark on the line where they were observed, at their own time; else in
 * parentheses, inferred. */
#ifndef FW_LADDER_H
#define FW_LADDER_H

#include <stdio.h>

#include "report/rows.h"
#include "report/pen.h"
#include "report/markup.h"
#include "report/result.h"

/* Draws verdict->trace; for a failure what was expected and what came, field
 * by field; the step; the capture to open. A run with no segment still gets
 * its steps. Under 80 columns it is drawn for 80. False where writing fails. */
bool ladder_print(FILE *out, const struct style *style, const struct result *r, struct diag *d);

/* Draws it; the states of both ends are inferred, but for no_states; the lost ones are those
 * that trace has as lost. False where writing fails. */
bool ladder_draw(FILE *out, const struct style *style, const struct picture *picture, struct diag *d);

/* --- the report for people: a line for each result, the evidence under those that failed, a summary --- */

struct text_options {
	struct style style;
	int name_columns; /* to align: the longest name; 0 where it is not known */
	bool verbose;     /* the ladder for every result, not only for failures */
	bool quiet;       /* nothing for what passed or was skipped, is warned about or known */
	bool strict;      /* a warning counts as a failure */
};

/* One result. A failure and an error with segments is followed by the ladder.
 * Flushed. False where writing fails. */
bool text_result(FILE *out, const struct text_options *o, const struct result *r, struct diag *d);

/* A rule that was broken, and where first. */
bool text_rule(FILE *out, const struct text_options *o, const struct rule_result *rule, struct diag *d);

/* An entry that is gone from the baseline: "gone: FILE:LINE: ...". */
bool text_gone(FILE *out, const struct text_options *o, const struct gone *gone, struct diag *d);

/* "21 passed, 1 failed, 2 skipped, 0 errors in 12.3 s"; "2 warned" behind the first where there are some, "1
 * known" and "1 gone" behind the failures. */
bool text_summary(FILE *out, const struct text_options *o, const struct tally *t, double seconds,
                  struct diag *d);

/* What went wrong: the step of a failure or an error with its place, expected against received, where the
 * capture lies; for a pass and a skip the capture alone. Indented by indent columns; ends with a line's end,
 * or writes nothing. */
void text_finding(struct pen *p, int indent, const struct result *r);

/* The run as a sequence diagram in SVG, to stand in an HTML page: what
 * ladder.h draws with characters. Its colours are classes of page.css. */

/* Draws verdict->trace with the steps; a run with no segment still gets its steps. */
void svg_ladder(struct markup *m, const struct result *r);

/* For what else is drawn: an SVG element with a view box, a class, and a label
 * for who cannot see it. To be ended with markup_end(). */
void svg_begin(struct markup *m, const char *class, int width, int height, const char *label);

/* A shape with a class and the attributes that are named, "cx cy r": so many doubles follow. */
void svg_shape(struct markup *m, const char *shape, const char *class, const char *names, ...);

/* A line, and a text whose anchor is "start", "middle" or "end". */
void svg_line(struct markup *m, const char *class, double x1, double y1, double x2, double y2);
void svg_text(struct markup *m, const char *class, double x, double y, const char *anchor, const char *text);

/* A figure for each series (expect retransmit) of which a resend came: how long the peer waited before
 * each, beside what the first wait makes ideal; and when they came. */
void plot_resends(struct markup *m, const struct result *r);

#endif
