/* The run as a sequence diagram in SVG, to stand in an HTML page: what
 * ladder.h draws with characters. Its colours are classes of page.css. */
#ifndef FW_SVG_H
#define FW_SVG_H

#include "report/markup.h"
#include "report/result.h"

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
