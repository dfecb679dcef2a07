/* The least that a scenario must take, summed up from its steps. */
#include "lang/check.h"

static const int64_t RTO_MIN_NS = 200000000; /* where nothing says when the first resend comes */

/* first + first x factor + ...: count gaps. */
static int64_t series_takes(const struct series *s)
{
	double gap = (double)(s->first_min_ns >= 0 ? s->first_min_ns : RTO_MIN_NS), sum = 0;
	double factor = s->has_backoff ? s->factor * (1 - s->minus) : 1;
	const double day = 24 * 3600e9;

	if (s->budget_ns >= 0)
		return s->budget_ns;
	for (unsigned i = 0; i < s->min + (s->gives_up ? 1 : 0) && sum < day; i++) {
		sum += gap;
		if (!(i == 0 && s->first_exempt))
			gap *= factor;
	}
	return (int64_t)(sum < day ? sum : day);
}

int64_t takes_sum(const struct step *steps, size_t count)
{
	int64_t sum = 0;

	for (size_t i = 0; i < count; i++) {
		const struct step *s = &steps[i];
		int64_t least = 0;

		if (s->kind == STEP_SILENCE)
			least = s->duration_ns;
		else if (s->kind == STEP_RETRANSMIT)
			least = series_takes(&s->series);
		else if (s->kind == STEP_EXPECT || s->kind == STEP_STATE)
			least = s->timing.after_ns > 0 ? s->timing.after_ns : 0;
		sum += least;
	}
	return sum;
}
