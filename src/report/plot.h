/* The resends of a run drawn against the ideal back-off, in SVG. */
#ifndef FW_PLOT_H
#define FW_PLOT_H

#include "report/markup.h"
#include "report/result.h"

/* A figure for each series (expect retransmit) of which a resend came: how long the peer waited before
 * each, beside what the first wait makes ideal; and when they came. */
void plot_resends(struct markup *m, const struct result *r);

#endif
