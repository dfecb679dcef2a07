/* Which segments of a run's evidence are drawn, and in what order. */
#ifndef FW_EVIDENCE_H
#define FW_EVIDENCE_H

#include "core/verdict.h"

/* The segments in the order in which they passed the wire: the evidence has ours where they were
 * decided on. To be freed; NULL where there are none or memory has run out. */
struct trace *evidence_in_order(const struct verdict *v);

/* Of evidence that would fill many screens the begin, the end and what is around the segment
 * that was wrong are drawn. Is the segment of this index left out? */
bool is_left_out(const struct verdict *v, size_t index);

#endif
