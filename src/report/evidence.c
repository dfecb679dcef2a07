/* The evidence as it is drawn. Draws nothing. */
#include "report/evidence.h"

#include <stdlib.h>
#include <string.h>

/* By insertion: it is nearly in order. What has no time keeps its place. */
struct trace *evidence_in_order(const struct verdict *v)
{
	struct trace *sorted = v->trace_count ? calloc(v->trace_count, sizeof *sorted) : NULL;

	for (size_t i = 0; sorted && i < v->trace_count; i++) {
		size_t at = i;

		while (at > 0 && v->trace[i].time_ns && sorted[at - 1].time_ns > v->trace[i].time_ns)
			at--;
		memmove(sorted + at + 1, sorted + at, (i - at) * sizeof *sorted);
		sorted[at] = v->trace[i];
	}
	return sorted;
}

bool is_left_out(const struct verdict *v, size_t index)
{
	enum { FIRST = 60, AROUND = 30, LAST = 110, FEW = 20 };
	size_t from = index > AROUND ? index - AROUND : 0;

	if (v->trace_count <= FIRST + LAST + FEW || index < FIRST || index >= v->trace_count - LAST)
		return false;
	for (size_t i = from; i < v->trace_count && i <= index + AROUND; i++)
		if (v->trace[i].wrong)
			return false;
	return true;
}
