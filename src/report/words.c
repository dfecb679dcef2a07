/* Puts measurements, clauses, rows and segments into words. Knows the names
 * that the engine gives to measurements, and no layout. */
#include "report/words.h"

#include <ctype.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

/* Text that grows in a buffer and is cut at its end. */
struct cut {
	char *buf;
	size_t size, len;
};

static void add(struct cut *c, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

static void add(struct cut *c, const char *fmt, ...)
{
	va_list args;
	int n;

	va_start(args, fmt);
	n = vsnprintf(c->buf + c->len, c->size - c->len, fmt, args);
	va_end(args);
	if (n > 0)
		c->len += (size_t)n < c->size - c->len ? (size_t)n : c->size - c->len - 1;
}

static struct cut cut_start(char *buf, size_t size)
{
	buf[0] = '\0';
	return (struct cut){ .buf = buf, .size = size };
}

/* Decimals that give a value so many significant digits. */
static int decimals_for(double value, int digits)
{
	int decimals = 0;

	if (value <= 0)
		return 0;
	for (; digits > 1 && value >= 10; value /= 10)
		digits--;
	for (; value < 1 && decimals < 6; value *= 10)
		decimals++;
	decimals += digits - 1;
	return decimals > 6 ? 6 : decimals;
}

const char *seconds_text(double seconds, int digits, char buf[SECONDS_TEXT_BYTES])
{
	const char *sign = seconds < 0 ? "-" : "";
	const char *unit = "s";
	double value = seconds < 0 ? -seconds : seconds;

	/* anything but a finite number is a bug elsewhere; it is still text */
	if (!isfinite(seconds)) {
		snprintf(buf, SECONDS_TEXT_BYTES, "? s");
		return buf;
	}
	if (value < 0.0009995) {
		value *= 1e6;
		unit = "us";
	} else if (value < 0.09995) {
		value *= 1e3;
		unit = "ms";
	}
	snprintf(buf, SECONDS_TEXT_BYTES, "%s%.*f %s", sign, decimals_for(value, digits), value, unit);
	return buf;
}

/* A measure that the engine is known to make. */
struct known {
	const char *name;
	const char *one;  /* where the value is a count of 1 */
	const char *text; /* before or, with %s, around the value */
};

static const struct known known[] = {
	{ "resends", "1 resend", "%s resends" },
	{ "gaps", NULL, "gaps %s" },
	{ "gave_up", NULL, "gave up after %s" },
	{ "state", NULL, "state %s" },
	{ "answer", NULL, "answered after %s" },
	{ "timer", NULL, "timer %s" },
	{ "reacked", "re-ACKed once", "re-ACKed %s times" },
	{ "reacks", "re-ACKed once", "re-ACKed %s times" },
};

/* "gaps2", "gaps_2" and "gaps" are the same measure, of another series. */
static const struct known *find_known(const char *name)
{
	size_t len = strlen(name);

	while (len > 0 && (isdigit((unsigned char)name[len - 1]) || strchr("_- #", name[len - 1])))
		len--;
	for (size_t i = 0; i < sizeof known / sizeof *known; i++)
		if (strlen(known[i].name) == len && strncmp(known[i].name, name, len) == 0)
			return &known[i];
	return NULL;
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

/* Seconds of a list share their unit. */
static void add_seconds(struct cut *c, const struct measure *m, int digits, unsigned from, unsigned to)
{
	for (unsigned i = from; i < to; i++)
		add(c, "%s%.*f", i > from ? " " : "",
		    m->values[i] < 0.0005 ? 6 : decimals_for(m->values[i], digits), m->values[i]);
}

static void add_values(struct cut *c, const struct measure *m, int digits, bool brief)
{
	enum { SHOWN = 4 };
	unsigned count = value_count(m);
	char text[SECONDS_TEXT_BYTES];

	if (count == 0) {
		add(c, "none");
	} else if (m->unit == 's' && count == 1) {
		add(c, "%s", seconds_text(m->values[0], digits, text));
	} else if (m->unit == 's' && brief && count > SHOWN + 2) {
		add_seconds(c, m, digits, 0, SHOWN);
		add(c, " .. ");
		add_seconds(c, m, digits, count - 1, count);
		add(c, " s");
	} else if (m->unit == 's') {
		add_seconds(c, m, digits, 0, count);
		add(c, " s");
	} else {
		for (unsigned i = 0; i < count; i++) {
			if (m->unit == 'S')
				add(c, "%s%s", i ? ", " : "", state_word(m->values[i]));
			else
				add(c, "%s%.10g", i ? " " : "", m->values[i]);
		}
	}
}

/* "fin..ack": an interval between two segments. */
static bool add_interval(struct cut *c, const struct measure *m, const char *values)
{
	const char *dots = strstr(m->name, "..");

	if (!dots)
		return false;
	add(c, "%.*s to %s %s", (int)(dots - m->name), m->name, dots + 2, values);
	return true;
}

static void add_generic(struct cut *c, const struct measure *m, const char *values)
{
	for (const char *s = m->name; *s; s++)
		add(c, "%c", *s == '_' ? ' ' : *s);
	add(c, " %s", values);
}

static void add_measure(struct cut *c, const struct measure *m, int digits, bool brief)
{
	char values[MEASURE_VALUES_MAX * 24];
	struct cut v = cut_start(values, sizeof values);
	const struct known *k = find_known(m->name);
	const char *around;

	add_values(&v, m, digits, brief);
	if (!k) {
		if (!add_interval(c, m, values))
			add_generic(c, m, values);
		return;
	}
	if (k->one && m->unit == 'n' && m->count && m->values[0] == 1.0) {
		add(c, "%s", k->one);
		return;
	}
	around = strstr(k->text, "%s");
	add(c, "%.*s%s%s", (int)(around - k->text), k->text, values, around + 2);
}

const char *measures_text(const struct verdict *v, int digits, bool brief, char *buf, size_t size)
{
	struct cut c = cut_start(buf, size);

	for (size_t i = 0; i < v->measure_count; i++) {
		if (i)
			add(&c, ", ");
		add_measure(&c, &v->measures[i], digits, brief);
	}
	return buf;
}

const char *clauses_text(const struct scenario *s, char *buf, size_t size)
{
	struct cut c = cut_start(buf, size);

	for (size_t i = 0; i < s->clause_count; i++) {
		const struct clause *clause = &s->clauses[i];

		add(&c, "%sRFC %u", i ? ", " : "", clause->rfc);
		if (clause->section)
			add(&c, " %s", clause->section);
	}
	return buf;
}

const char *row_title(int row)
{
	static const char *const rows[] = {
		"Other scenarios",    "The first FIN is lost", "The ACK of the first FIN is lost",
		"The second FIN is lost", "The last ACK is lost",  "The program crashes",
	};

	return row >= 1 && row <= 5 ? rows[row] : rows[0];
}

const char *role_title(enum role role)
{
	switch (role) {
	case ROLE_NONE:
		return "nobody closes first";
	case ROLE_ACTIVE:
		return "we close first";
	case ROLE_PASSIVE:
		return "the peer closes first";
	case ROLE_SIMULTANEOUS:
		return "both close at once";
	case ROLE_LISTEN:
		return "the peer connects to us";
	}
	return "";
}

const char *endpoint_text(const struct addr *a, uint16_t port, char buf[ENDPOINT_TEXT_BYTES])
{
	char text[ADDR_TEXT_BYTES];

	addr_text(a, text);
	snprintf(buf, ENDPOINT_TEXT_BYTES, a->family == 6 ? "[%s]:%u" : "%s:%u", text, port);
	return buf;
}

/* Relative to the ISN where it is near it; else, as in a RST that answers
 * with number 0, as it is. */
static void add_number(struct cut *c, uint32_t number, uint32_t isn)
{
	int64_t relative = (int32_t)(number - isn);

	if (relative > 1 << 30 || relative < -(1 << 24))
		add(c, "abs(%u)", number);
	else
		add(c, "%lld", (long long)relative);
}

const char *segment_words(const struct trace *t, const struct verdict *v, bool full, char *buf, size_t size)
{
	struct cut c = cut_start(buf, size);
	const struct segment *s = &t->segment;
	bool ours = t->passage == PASSED_OUT;
	uint32_t from_isn = ours ? v->iss : v->irs;
	char flags[FLAGS_TEXT_BYTES], options[256];

	add(&c, "%s ", flags_text(s->flags, flags));
	add_number(&c, s->seq, from_isn);
	if (s->payload_len) {
		add(&c, ":");
		add_number(&c, s->seq + s->payload_len, from_isn);
		add(&c, "(%u)", s->payload_len);
	}
	if (s->flags & TCP_ACK) {
		add(&c, " ack ");
		add_number(&c, s->ack, ours ? v->irs : v->iss);
	}
	if (full)
		add(&c, " win %u", s->wnd);
	if (full && s->options_len)
		add(&c, " <%s>", options_text(s->options, s->options_len, options, sizeof options));
	return buf;
}
