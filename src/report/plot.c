/* Draws resend series. Knows the trace and the steps; judges nothing. */
#include "report/ladder.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

enum {
	WIDTH = 960,
	HEIGHT = 270,
	WAITS_LEFT = 66,
	WAITS_RIGHT = 520, /* the waits: by number, logarithmic */
	TIMES_LEFT = 620,
	TIMES_RIGHT = 930, /* the times: linear */
	TOP = 44,
	BOTTOM = 222,
	CAME_Y = 104,
	IDEAL_Y = 160,
	RESENDS_MAX = 64,
	GRID_MAX = 12,
	LABELLED_MAX = 9 /* more points than these stand too close for a label each */
};

struct resends {
	const struct result *r;
	size_t step;
	const struct series *series;
	double factor; /* ideally each wait is so many times the one before */
	unsigned base; /* the first that counts */
	unsigned count;
	double waits[RESENDS_MAX]; /* before each resend, seconds */
	double ideal[RESENDS_MAX]; /* 0: exempt */
	double gave_up;            /* after the first sending; 0: not known */
};

/* --- what was measured --- */

/* The time of what is resent: the last of its kind before the first resend. */
static bool find_first(const struct verdict *v, size_t resend, int64_t *time_ns)
{
	const struct segment *again = &v->trace[resend].segment;

	for (size_t i = resend; i-- > 0;) {
		const struct segment *s = &v->trace[i].segment;

		if (v->trace[i].passage != PASSED_IN || s->seq != again->seq ||
		    s->payload_len != again->payload_len || ((s->flags ^ again->flags) & (TCP_SYN | TCP_FIN)))
			continue;
		*time_ns = v->trace[i].time_ns;
		return true;
	}
	return false;
}

static bool collect(struct resends *s)
{
	const struct verdict *v = s->r->verdict;
	int64_t before_ns = 0;

	s->factor = s->series->has_backoff ? s->series->factor : 2;
	s->base = s->series->first_exempt ? 1 : 0;
	for (size_t i = 0; i < v->trace_count && s->count < RESENDS_MAX; i++) {
		const struct trace *t = &v->trace[i];

		if (t->step != (int)s->step || t->note.kind != NOTE_RESEND)
			continue;
		if (s->count == 0 && !find_first(v, i, &before_ns))
			return false;
		/* a log scale has no 0 */
		s->waits[s->count++] = fmax(seconds(t->time_ns - before_ns), 1e-6);
		before_ns = t->time_ns;
	}
	/* each wait is the factor times the one before, from the first that is no tail-loss probe's */
	for (unsigned i = s->base; i < s->count; i++)
		s->ideal[i] = s->waits[s->base] * pow(s->factor, i - s->base);
	for (size_t i = 0; i < v->measure_count; i++)
		if (v->measures[i].kind == MEASURE_GAVE_UP && v->measures[i].step == (int)s->step)
			s->gave_up = v->measures[i].values[0];
	return s->count > 0;
}

/* --- how long it waited --- */

struct scale {
	double low, high; /* seconds */
};

static double wait_x(const struct resends *s, unsigned i)
{
	return WAITS_LEFT + (WAITS_RIGHT - WAITS_LEFT) * (i + 0.5) / s->count;
}

static double wait_y(struct scale scale, double seconds)
{
	return BOTTOM - (BOTTOM - TOP) * log2(seconds / scale.low) / log2(scale.high / scale.low);
}

/* Lines at the base and its doubles, so that a doubling climbs one of them. */
static void put_grid(struct markup *m, const struct resends *s, struct scale scale)
{
	double at = s->waits[s->count > s->base ? s->base : 0];
	double step = 2;
	char text[SECONDS_TEXT_BYTES];

	while (at / 2 > scale.low)
		at /= 2;
	while (log(scale.high / at) / log(step) > GRID_MAX)
		step *= 2;
	for (; at < scale.high; at *= step) {
		svg_line(m, "grid", WAITS_LEFT, wait_y(scale, at), WAITS_RIGHT, wait_y(scale, at));
		svg_text(m, "tick", WAITS_LEFT - 8, wait_y(scale, at) + 4, "end", seconds_text(at, 2, text));
	}
}

static void put_dot(struct markup *m, const char *class, double x, double y)
{
	svg_shape(m, "circle", class, "cx cy r", x, y, 4.5);
}

/* Where words can stand beside a dot, from its middle. */
struct place {
	const char *anchor;
	double x, y;
};

/* Does the ideal's line go through words that stand there? Monospaced, 12 pixels high at most. */
static bool is_struck(const struct resends *s, struct scale scale, const struct place *p, size_t letters)
{
	unsigned last = s->count - 1;
	double width = 7.3 * (double)letters, left = p->x - (*p->anchor == 'e' ? width : width / 2);
	double x1 = wait_x(s, s->base), x2 = wait_x(s, last);
	double y1, slope, begin = fmax(left, x1), end = fmin(left + width, x2), at_begin, at_end;

	if (s->base >= last)
		return false;
	y1 = wait_y(scale, s->ideal[s->base]);
	slope = (wait_y(scale, s->ideal[last]) - y1) / (x2 - x1);
	at_begin = y1 + slope * (begin - x1);
	at_end = y1 + slope * (end - x1);
	return begin < end && fmin(at_begin, at_end) < p->y + 5 && fmax(at_begin, at_end) > p->y - 11;
}

/* The first place that is free, else the first. */
static struct place find_place(const struct resends *s, struct scale scale, const struct place *places,
                               size_t count, size_t letters)
{
	for (size_t i = 0; i < count; i++)
		if (!is_struck(s, scale, &places[i], letters))
			return places[i];
	return places[0];
}

/* The wait, and how many times the one before it is. */
static void put_words(struct markup *m, const struct resends *s, struct scale scale, unsigned i)
{
	double x = wait_x(s, i), y = wait_y(scale, s->waits[i]);
	const struct place beside[] = {{"middle", x, y - 12}, {"end", x + 5, y - 12}, {"middle", x, y + 20}};
	struct place further[] = {{"middle", x, y + 20}, {"middle", x, y - 12}}, at;
	char text[SECONDS_TEXT_BYTES];

	seconds_text(s->waits[i], 3, text);
	at = find_place(s, scale, beside, 3, strlen(text));
	svg_text(m, "value", at.x, at.y, at.anchor, text);
	if (i == 0)
		return;
	further[at.y > y ? 0 : 1].y = at.y > y ? at.y + 15 : at.y - 15;
	snprintf(text, sizeof text, "\xc3\x97%.2f", s->waits[i] / s->waits[i - 1]);
	at = find_place(s, scale, further, 2, strlen(text) - 1);
	svg_text(m, "tick value", at.x, at.y, at.anchor, text);
}

static void put_waits(struct markup *m, const struct resends *s)
{
	struct scale scale = {s->waits[0], s->waits[0]};
	unsigned last = s->count - 1;

	for (unsigned i = 0; i < s->count; i++) {
		scale.low = fmin(scale.low, s->waits[i]);
		scale.high = fmax(scale.high, fmax(s->waits[i], s->ideal[i]));
	}
	scale.low /= 1.6;
	scale.high *= 1.9;
	svg_text(m, "title", 8, 20, "start", "Wait before each resend (each line is twice the one below)");
	put_grid(m, s, scale);
	svg_line(m, "axis", WAITS_LEFT, BOTTOM, WAITS_RIGHT, BOTTOM);
	if (s->base < last)
		svg_line(m, "ideal", wait_x(s, s->base), wait_y(scale, s->ideal[s->base]), wait_x(s, last),
		         wait_y(scale, s->ideal[last]));
	for (unsigned i = 0; i < s->count; i++) {
		put_dot(m, "dot", wait_x(s, i), wait_y(scale, s->waits[i]));
		if (s->count <= 2 * LABELLED_MAX || i % 4 == 0)
			svg_text(m, "tick", wait_x(s, i), BOTTOM + 18, "middle",
			         markup_words("%u", i + 1).text);
		if (s->count <= LABELLED_MAX)
			put_words(m, s, scale, i);
	}
	svg_text(m, "tick", (WAITS_LEFT + WAITS_RIGHT) / 2, BOTTOM + 38, "middle", "number of the resend");
}

/* --- when they came --- */

static double time_x(double seconds, double end)
{
	return TIMES_LEFT + (TIMES_RIGHT - TIMES_LEFT) * seconds / end;
}

static void put_time_axis(struct markup *m, double end)
{
	double step = pow(10, floor(log10(end)));

	if (end / step < 2.5)
		step /= 2;
	else if (end / step > 5)
		step *= 2;
	svg_line(m, "axis", TIMES_LEFT, BOTTOM, TIMES_RIGHT, BOTTOM);
	for (double at = 0; at <= end; at += step) {
		svg_line(m, "grid", time_x(at, end), TOP + 24, time_x(at, end), BOTTOM);
		svg_text(m, "tick", time_x(at, end), BOTTOM + 18, "middle", markup_words("%g s", at).text);
	}
}

static void put_times(struct markup *m, const struct resends *s)
{
	double came = 0, ideal = 0, end;

	for (unsigned i = 0; i < s->count; i++) {
		came += s->waits[i];
		ideal += s->ideal[i];
	}
	end = fmax(fmax(came, ideal), s->gave_up) * 1.04;
	svg_text(m, "title", TIMES_LEFT - 60, 20, "start", "Time since it was first sent");
	put_time_axis(m, end);
	svg_text(m, "tick", TIMES_LEFT - 10, CAME_Y + 4, "end", "came");
	svg_text(m, "tick", TIMES_LEFT - 10, IDEAL_Y + 4, "end", "ideal");
	svg_line(m, "axis", TIMES_LEFT, CAME_Y, TIMES_RIGHT, CAME_Y);
	svg_line(m, "axis", TIMES_LEFT, IDEAL_Y, TIMES_RIGHT, IDEAL_Y);
	came = 0;
	ideal = s->base ? s->waits[0] : 0;
	for (unsigned i = 0; i < s->count; i++) {
		came += s->waits[i];
		put_dot(m, "dot", time_x(came, end), CAME_Y);
		if (s->ideal[i] <= 0)
			continue;
		ideal += s->ideal[i];
		put_dot(m, "ring", time_x(ideal, end), IDEAL_Y);
	}
	if (s->gave_up <= 0)
		return;
	svg_line(m, "gaveup", time_x(s->gave_up, end), TOP + 16, time_x(s->gave_up, end), BOTTOM);
	svg_text(m, "tick", time_x(s->gave_up, end), TOP + 10, "end", "gave up, CLOSED");
}

/* --- the whole --- */

static void put_figure(struct markup *m, const struct resends *s)
{
	const struct scenario *scenario = s->r->scenario;
	const char *name =
	    s->series->slot < (int)scenario->name_count ? scenario->names[s->series->slot] : "?";
	struct markup_words label =
	    markup_words("Plot of %u resend%s of %.40s", s->count, s->count == 1 ? "" : "s", name);

	markup_begin(m, "figure", NULL);
	svg_begin(m, "plot", WIDTH, HEIGHT, label.text);
	put_waits(m, s);
	put_times(m, s);
	markup_end(m);
	markup_elementf(
	    m, "figcaption", NULL,
	    "Resends of %.40s over %s. Dots: what came. Dashes and rings: the ideal, each wait %g "
	    "times the one before, counted from the %s.",
	    name, family_name(s->r->family), s->factor,
	    s->base ? "second, for the first is a tail-loss probe's" : "first");
	markup_end_line(m);
}

void plot_resends(struct markup *m, const struct result *r)
{
	for (size_t i = 0; i < r->scenario->step_count; i++) {
		struct resends s = {.r = r, .step = i, .series = &r->scenario->steps[i].series};

		if (r->scenario->steps[i].kind == STEP_RETRANSMIT && collect(&s))
			put_figure(m, &s);
	}
}
