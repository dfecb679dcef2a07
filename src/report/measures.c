/* Puts measurements into words. Knows no layout. */
#include "report/words.h"

#include <math.h>
#include <string.h>

#include "base/text.h"

struct kind {
	const char *name, *unit;
	const char *before, *after; /* around the values; before NULL: not worth a word */
	const char *one;            /* in place of all, where the value is a count of 1 */
};

static const struct kind kinds[MEASURE_COUNT] = {
    [MEASURE_HANDSHAKE] = {"handshake", "s", NULL, NULL, NULL},
    [MEASURE_ANSWER] = {"answer", "s", "answered after ", "", NULL},
    [MEASURE_STATE] = {"state", "state", "state ", "", NULL},
    [MEASURE_TIMER] = {"timer", "s", "timer ", "", NULL},
    [MEASURE_CLOSED_AFTER] = {"closed-after", "s", "CLOSED after ", "", NULL},
    [MEASURE_STATES_NOT_OBSERVABLE] = {"states-not-observable", "line", "state not observable (line ", ")",
                                       NULL},
    [MEASURE_INTERVAL] = {"interval", "s", "", "", NULL},
    [MEASURE_RESENDS] = {"resends", "count", "", " resends", "1 resend"},
    [MEASURE_GAPS] = {"gaps", "s", "gaps ", "", NULL},
    [MEASURE_GAVE_UP] = {"gave-up", "s", "gave up after ", "", NULL},
    [MEASURE_LAST_RESEND] = {"last-resend", "s", "the last after ", "", NULL},
};

const char *measure_name(enum measure_kind kind) { return kinds[kind].name; }

const char *measure_unit(enum measure_kind kind) { return kinds[kind].unit; }

static bool is_time(const struct measure *m) { return strcmp(kinds[m->kind].unit, "s") == 0; }

struct measured_segments measured_segments(const struct scenario *s, const struct measure *m)
{
	const struct step *step = m->step >= 0 ? &s->steps[m->step] : NULL;
	bool interval = m->kind == MEASURE_INTERVAL;

	if (!step)
		return (struct measured_segments){NULL, NULL};
	return (struct measured_segments){
	    .segment = s->names[interval ? step->from : step->series.slot],
	    .to = interval ? s->names[step->to] : NULL,
	};
}

static bool is_series(const struct measure *m) { return m->kind >= MEASURE_RESENDS; }

/* The times of a list share a unit, the one that suits the longest. */
struct unit {
	const char *name;
	double factor;
};

static struct unit unit_for(const struct measure *m)
{
	double longest = 0;

	for (unsigned i = 0; i < m->count; i++)
		if (m->values[i] > longest)
			longest = m->values[i];
	if (longest < 0.0009995)
		return (struct unit){"us", 1e6};
	if (longest < 0.09995)
		return (struct unit){"ms", 1e3};
	return (struct unit){"s", 1};
}

static void add_times(struct cut *c, const struct measure *m, int digits, bool brief)
{
	enum { SHOWN = 4 };
	unsigned count = m->count;
	struct unit unit = unit_for(m);

	for (unsigned i = 0; i < count; i++) {
		double value = m->values[i] * unit.factor;

		if (brief && count > SHOWN + 2 && i == SHOWN) {
			cut_add(c, " ..");
			i = count - 2;
			continue;
		}
		cut_add(c, "%s%.*f", i ? " " : "", decimals_for(value, digits), value);
	}
	cut_add(c, " %s", unit.name);
}

/* Many answers: how many, the quickest and the slowest. In short: how long the slowest took, or that it came
 * at once. */
static bool add_answers(struct cut *c, const struct measure *m, int digits, bool brief)
{
	enum { FEW = 3 };
	double low = m->count ? m->values[0] : 0, high = low, factor = unit_for(m).factor;
	char text[SECONDS_TEXT_BYTES];

	if (m->kind != MEASURE_ANSWER || (!brief && m->count <= FEW))
		return false;
	for (unsigned i = 0; i < m->count; i++) {
		low = fmin(low, m->values[i]);
		high = fmax(high, m->values[i]);
	}
	if (!brief)
		cut_add(c, "%u answers, after %.*f to %.*f %s", m->count, decimals_for(low * factor, digits),
		        low * factor, decimals_for(high * factor, digits), high * factor, unit_for(m).name);
	else if (high < 0.001)
		cut_add(c, "answered at once");
	else
		cut_add(c, "answered within %s", seconds_text(high, digits, text));
	return true;
}

static void add_values(struct cut *c, const struct measure *m, int digits, bool brief)
{
	char text[SECONDS_TEXT_BYTES];

	if (m->count == 0) {
		cut_add(c, "none");
	} else if (is_time(m) && m->count == 1) {
		cut_add(c, "%s", seconds_text(m->values[0], digits, text));
	} else if (is_time(m)) {
		add_times(c, m, digits, brief);
	} else {
		for (unsigned i = 0; i < m->count; i++) {
			if (m->kind == MEASURE_STATE)
				cut_add(c, "%s%s", i ? ", " : "",
				        state_name((enum tcp_state)(int)m->values[i]));
			else
				cut_add(c, "%s%.10g", i ? " " : "", m->values[i]);
		}
	}
}

static void add_measure(struct cut *c, const struct result *r, const struct measure *m, int digits,
                        bool brief)
{
	const struct kind *kind = &kinds[m->kind];
	struct measured_segments of = measured_segments(r->scenario, m);

	if (!kind->before)
		return;
	if (c->len)
		cut_add(c, ", ");
	if (add_answers(c, m, digits, brief))
		return;
	if (kind->one && m->count && m->values[0] == 1.0) {
		cut_add(c, "%s", kind->one);
		return;
	}
	if (m->kind == MEASURE_INTERVAL)
		cut_add(c, "%s to %s ", of.segment, of.to);
	cut_add(c, "%s", kind->before);
	add_values(c, m, digits, brief);
	cut_add(c, "%s", kind->after);
}

static const struct measure *find(const struct verdict *v, enum measure_kind kind, int step)
{
	for (size_t i = 0; i < v->measure_count; i++)
		if (v->measures[i].kind == kind && v->measures[i].step == step)
			return &v->measures[i];
	return NULL;
}

/* All that was measured of the series of m, where m is the first of it; in one order, whatever order it was
 * taken in. */
static void add_series(struct cut *c, const struct result *r, const struct measure *m, int digits, bool brief)
{
	const struct verdict *v = r->verdict;
	bool named = false; /* where it is not the first series */

	for (int i = 0; i < m->step; i++)
		named = named || r->scenario->steps[i].kind == STEP_RETRANSMIT;
	for (const struct measure *before = v->measures; before < m; before++)
		if (is_series(before) && before->step == m->step)
			return;
	for (int kind = MEASURE_RESENDS; kind < MEASURE_COUNT; kind++) {
		const struct measure *each = find(v, (enum measure_kind)kind, m->step);

		/* that it gave up says more than when it last tried */
		if (!each || (kind == MEASURE_LAST_RESEND && find(v, MEASURE_GAVE_UP, m->step)))
			continue;
		add_measure(c, r, each, digits, brief);
		if (named)
			cut_add(c, " (%s)", measured_segments(r->scenario, m).segment);
		named = false;
	}
}

const char *measures_text(const struct result *r, int digits, bool brief, char *buf, size_t size)
{
	struct cut c = cut_start(buf, size);

	for (size_t i = 0; i < r->verdict->measure_count; i++) {
		const struct measure *m = &r->verdict->measures[i];

		if (is_series(m))
			add_series(&c, r, m, digits, brief);
		else
			add_measure(&c, r, m, digits, brief);
	}
	return buf;
}
