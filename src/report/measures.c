/* Puts measurements into words. Knows the names that the engine gives them, and no layout. */
#include "report/measures.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "base/duration.h"
#include "base/text.h"

/* A measure that the engine is known to make. Those of a resend series are
 * said together, in this order, whatever order they were taken in. */
struct known {
	const char *name;
	const char *one;  /* where the value is a count of 1 */
	const char *text; /* around the value; NULL: not worth a word */
	bool series;
};

static const struct known known[] = {
    {"resends", "1 resend", "%s resends", true},
    {"gaps", NULL, "gaps %s", true},
    {"gave_up", NULL, "gave up after %s", true},
    {"last_resend", NULL, "the last after %s", true},
    {"state", NULL, "state %s", false},
    {"answer", NULL, "answered after %s", false},
    {"timer", NULL, "timer %s", false},
    {"closed_after", NULL, "CLOSED after %s", false},
    {"reacked", "re-ACKed once", "re-ACKed %s times", false},
    {"states_not_observable", NULL, "state not observable (line %s)", false},
    {"handshake", NULL, NULL, false},
};

enum { KNOWN_COUNT = sizeof known / sizeof *known, KNOWN_GAVE_UP = 2, KNOWN_LAST_RESEND = 3 };

/* Which series it is of: "gaps.fin2" and "gaps2" are gaps of another than
 * "gaps". Points into the name, to its end for the first series. */
static const char *series_of(const char *name)
{
	const char *dot = strchr(name, '.');
	const char *end = name + strlen(name);

	if (dot && dot[1] != '.')
		return dot;
	while (!dot && end > name && isdigit((unsigned char)end[-1]))
		end--;
	return end;
}

/* Its index in the table, or -1. */
static int find_known(const char *name)
{
	size_t len = (size_t)(series_of(name) - name);

	for (int i = 0; i < KNOWN_COUNT; i++)
		if (strlen(known[i].name) == len && strncmp(known[i].name, name, len) == 0)
			return i;
	return -1;
}

static const char *state_word(double value)
{
	if (value >= 0 && value < STATE_COUNT)
		return state_name((enum tcp_state)value);
	return "?";
}

static unsigned value_count(const struct measure *m)
{
	if (!m->list)
		return m->count ? 1 : 0;
	return m->count < MEASURE_VALUES_MAX ? m->count : MEASURE_VALUES_MAX;
}

/* The times of a list share a unit, the one that suits the longest. */
struct unit {
	const char *name;
	double factor;
};

static struct unit unit_for(const struct measure *m)
{
	double longest = 0;

	for (unsigned i = 0; i < value_count(m); i++)
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
	unsigned count = value_count(m);
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

/* In short: how long the slowest answer took, or that it came at once. */
static bool add_slowest(struct cut *c, const struct measure *m, int digits)
{
	char text[SECONDS_TEXT_BYTES];
	double slowest = 0;

	if (m->unit != 's' || strcmp(m->name, "answer") != 0)
		return false;
	for (unsigned i = 0; i < value_count(m); i++)
		slowest = m->values[i] > slowest ? m->values[i] : slowest;
	if (slowest < 0.001)
		cut_add(c, "answered at once");
	else
		cut_add(c, "answered within %s", seconds_text(slowest, digits, text));
	return true;
}

/* Many answers: how many, the quickest and the slowest. */
static bool add_spread(struct cut *c, const struct measure *m, int digits)
{
	enum { FEW = 3 };
	unsigned count = value_count(m);
	struct unit unit = unit_for(m);
	double low, high;

	if (m->unit != 's' || count <= FEW || strcmp(m->name, "answer") != 0)
		return false;
	low = high = m->values[0];
	for (unsigned i = 1; i < count; i++) {
		low = m->values[i] < low ? m->values[i] : low;
		high = m->values[i] > high ? m->values[i] : high;
	}
	low *= unit.factor;
	high *= unit.factor;
	cut_add(c, "%u answers, after %.*f to %.*f %s", count, decimals_for(low, digits), low,
	        decimals_for(high, digits), high, unit.name);
	return true;
}

static void add_values(struct cut *c, const struct measure *m, int digits, bool brief)
{
	unsigned count = value_count(m);
	char text[SECONDS_TEXT_BYTES];

	if (count == 0) {
		cut_add(c, "none");
	} else if (m->unit == 's' && count == 1) {
		cut_add(c, "%s", seconds_text(m->values[0], digits, text));
	} else if (m->unit == 's') {
		add_times(c, m, digits, brief);
	} else {
		for (unsigned i = 0; i < count; i++) {
			if (m->unit == 'S')
				cut_add(c, "%s%s", i ? ", " : "", state_word(m->values[i]));
			else
				cut_add(c, "%s%.10g", i ? " " : "", m->values[i]);
		}
	}
}

/* "fin..ack" is an interval between two segments. */
static void add_unknown(struct cut *c, const struct measure *m, const char *values)
{
	const char *dots = strstr(m->name, "..");

	if (dots) {
		cut_add(c, "%.*s to %s %s", (int)(dots - m->name), m->name, dots + 2, values);
		return;
	}
	for (const char *s = m->name; *s; s++)
		cut_add(c, "%c", *s == '_' ? ' ' : *s);
	cut_add(c, " %s", values);
}

static void add_measure(struct cut *c, const struct measure *m, int digits, bool brief)
{
	char values[MEASURE_VALUES_MAX * 24];
	struct cut v = cut_start(values, sizeof values);
	int k = find_known(m->name);
	const char *around;

	if (k >= 0 && !known[k].text)
		return;
	if (c->len)
		cut_add(c, ", ");
	if (brief ? add_slowest(c, m, digits) : add_spread(c, m, digits))
		return;
	add_values(&v, m, digits, brief);
	if (k < 0) {
		add_unknown(c, m, values);
		return;
	}
	if (known[k].one && m->unit == 'n' && m->count && m->values[0] == 1.0) {
		cut_add(c, "%s", known[k].one);
		return;
	}
	around = strstr(known[k].text, "%s");
	cut_add(c, "%.*s%s%s", (int)(around - known[k].text), known[k].text, values, around + 2);
}

static const struct measure *find_in_series(const struct verdict *v, int k, const char *series)
{
	for (size_t i = 0; i < v->measure_count; i++) {
		const char *name = v->measures[i].name;

		if (find_known(name) == k && strcmp(series_of(name), series) == 0)
			return &v->measures[i];
	}
	return NULL;
}

/* All that was measured of the series of m, where m is the first of it. */
static void add_series(struct cut *c, const struct verdict *v, const struct measure *m, int digits,
                       bool brief)
{
	const char *series = series_of(m->name);
	bool named = *series == '.';

	for (const struct measure *before = v->measures; before < m; before++) {
		int k = find_known(before->name);

		if (k >= 0 && known[k].series && strcmp(series_of(before->name), series) == 0)
			return;
	}
	for (int k = 0; k < KNOWN_COUNT && known[k].series; k++) {
		const struct measure *each = find_in_series(v, k, series);

		/* that it gave up says more than when it last tried */
		if (!each || (k == KNOWN_LAST_RESEND && find_in_series(v, KNOWN_GAVE_UP, series)))
			continue;
		add_measure(c, each, digits, brief);
		if (named)
			cut_add(c, " (%s)", series + 1);
		named = false;
	}
}

const char *measures_text(const struct verdict *v, int digits, bool brief, char *buf, size_t size)
{
	struct cut c = cut_start(buf, size);

	for (size_t i = 0; i < v->measure_count; i++) {
		int k = find_known(v->measures[i].name);

		if (k >= 0 && known[k].series)
			add_series(&c, v, &v->measures[i], digits, brief);
		else
			add_measure(&c, &v->measures[i], digits, brief);
	}
	return buf;
}
