/* Reasons in words: fills the templates of reason.c, and says what no template does. */
#include "report/words.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/duration.h"
#include "base/text.h"
#include "report/templates.h"

/* What fills a template; of a datum n and text alone. */
struct saying {
	struct cut c;
	const int64_t *n;
	const char *text;
	const struct result *r;
	const struct reason *why;
	struct mismatch_words field; /* the first that differed */
};

static const char *slot_name(const struct saying *s, int64_t slot)
{
	return slot >= 0 && slot < (int64_t)s->r->scenario->name_count ? s->r->scenario->names[slot] : "?";
}

static void add_number(struct saying *s, int64_t n, const char *as)
{
	int one = (int)strcspn(as, "/");
	char flags[FLAGS_TEXT_BYTES];
	const char *between = "";

	if (!*as)
		cut_add(&s->c, "%lld", (long long)n);
	else if (*as == '.')
		cut_add(&s->c, "%.*f", as[1] - '0',
		        (double)n / (double)(as[2] == 'm' ? NS_PER_MS : NS_PER_S));
	else if (as[one] && n == 1)
		cut_add(&s->c, "1 %.*s", one, as);
	else if (as[one])
		cut_add(&s->c, "%lld %s", (long long)n, as + one + 1);
	else if (strcmp(as, "slot") == 0)
		cut_add(&s->c, "%s", slot_name(s, n));
	else if (strcmp(as, "provoke") == 0)
		cut_add(&s->c, "%s", n >= 0 && n < PROVOKE_COUNT ? provoke_name((enum provoke)n) : "?");
	else if (strcmp(as, "state") == 0)
		cut_add(&s->c, "%s", n >= 0 && n < STATE_COUNT ? state_name((enum tcp_state)n) : "?");
	else if (strcmp(as, "hex") == 0)
		cut_add(&s->c, "0x%02x", (unsigned)n & 0xff);
	else if (strcmp(as, "millionths") == 0)
		cut_add(&s->c, "%g", (double)n / 1e6);
	else if (strcmp(as, "flags") == 0)
		cut_add(&s->c, "%s", flags_text((uint16_t)n, flags));
	else if (strcmp(as, "states") == 0)
		for (int i = 0; i < STATE_COUNT; i++)
			if (n & 1 << i) {
				cut_add(&s->c, "%s%s", between, state_name((enum tcp_state)i));
				between = " or ";
			}
}

static void add_difference(struct cut *c, const struct mismatch_words *m, enum difference field)
{
	bool many = field == DIFFERS_FLAGS || field == DIFFERS_OPTIONS;

	cut_add(c, "; its %s %s %s, expected %s", m->field, many ? "are" : "is", m->got, m->expected);
}

/* Two fields at most. */
static void add_differences(struct saying *s)
{
	const struct reason *why = s->why;
	struct mismatch_words second;

	if (why->fields[0].field == DIFFERS_FILTER)
		cut_add(&s->c, "; it does not match the filter %s", s->field.expected);
	else
		add_difference(&s->c, &s->field, why->fields[0].field);
	if (why->field_count > 1) {
		second = mismatch_words(&why->fields[1]);
		add_difference(&s->c, &second, why->fields[1].field);
	}
	if (why->field_count > 2)
		cut_add(&s->c, "; more differs");
	if (why->n[0] > 1)
		cut_add(&s->c, " (the nearest of the segments listed)");
}

static void add_provocations(struct saying *s)
{
	const char *between = "";

	for (int i = 0; i < PROVOKE_COUNT; i++)
		if (s->n[1] & 1 << i) {
			cut_add(&s->c, "%s%s", between, provoke_name((enum provoke)i));
			between = ", ";
		}
	if (s->n[2])
		cut_add(&s->c, "%sclose on end-of-file", between);
}

/* No bytes and no signal do that: plain.c refuses it. */
#define UNASKABLE (1 << PROVOKE_CONNECT | 1 << PROVOKE_KEEPALIVE)

static void add_word(struct saying *s, const char *word)
{
	const struct connection *c = s->r ? s->r->connection : NULL;
	char peer[ADDR_TEXT_BYTES];

	if (strcmp(word, "text") == 0)
		cut_add(&s->c, "%s", s->text);
	else if (strcmp(word, ": text") == 0)
		cut_add(&s->c, "%s%s", *s->text ? ": " : "", s->text);
	else if (strcmp(word, "want") == 0)
		cut_add(&s->c, "%s", s->field.expected);
	else if (strcmp(word, "got") == 0)
		cut_add(&s->c, "%s", s->field.got);
	else if (strcmp(word, "differs") == 0)
		add_difference(&s->c, &s->field, s->why->fields[0].field);
	else if (strcmp(word, "all that differs") == 0)
		add_differences(s);
	else if (strcmp(word, "provocations") == 0)
		add_provocations(s);
	else if (strcmp(word, "run agent") == 0)
		cut_add(&s->c, "%s", s->n[3] ? "" : ": run fourwave peer on the target");
	else if (strcmp(word, "or signal") == 0)
		cut_add(&s->c, "%s", s->n[3] ? "; a signal can: --provoke KIND=SIGNAL" : "");
	else if (strcmp(word, "or plain") == 0 && s->n[3])
		cut_add(&s->c, "%s",
		        s->n[1] & UNASKABLE ? ""
		        : s->n[2]
		            ? ": --provoke eof says that it does"
		            : ", or say what makes this program do it: --provoke KIND=BYTES, KIND=SIGNAL");
	else if (strcmp(word, "or plain") == 0)
		cut_add(&s->c, "%s",
		        s->n[1] & ~(1 << PROVOKE_CLOSE)
		            ? ""
		            : ", or say how its server is made to close, with --provoke");
	else if (strcmp(word, "or connect") == 0)
		cut_add(&s->c, "%s",
		        s->n[3] ? ": --client begins one"
		                : ", or name our port with -p and let the target connect to it");
	else if (strcmp(word, "server") == 0)
		cut_add(&s->c, "%s", s->r && s->r->listens ? "client" : "server");
	else if (strcmp(word, "after") == 0)
		cut_add(&s->c, "%s", s->why->fields[0].got.kind == DATUM_TIME ? "after " : "");
	else if (strcmp(word, "into") == 0)
		cut_add(&s->c, "%.3f s %s", fabs(seconds(s->n[0])), s->n[0] < 0 ? "before" : "into");
	else if (strcmp(word, "series") == 0 && s->n[3] >= 0)
		cut_add(&s->c, "%.20s with %.20s", slot_name(s, s->n[2]), slot_name(s, s->n[3]));
	else if (strcmp(word, "series") == 0)
		cut_add(&s->c, "%.30s", slot_name(s, s->n[2]));
	else if (strcmp(word, "peer") == 0)
		cut_add(&s->c, "%s", c ? addr_text(&c->remote, peer) : "the peer");
	else if (strcmp(word, "port") == 0)
		cut_add(&s->c, "%u", c ? c->remote_port : 0);
	else if (strcmp(word, "own port") == 0)
		cut_add(&s->c, "%u", c ? c->local_port : 0);
	else if (strcmp(word, "opening") == 0)
		cut_add(&s->c, "%s", s->r->listens ? "SYN-ACK" : "SYN");
	else
		cut_add(&s->c, "{%s}", word);
}

/* Only ever of a template of reason.c. */
static void expand(struct saying *s, const char *template)
{
	char key[24];

	while (*template) {
		int plain = (int)strcspn(template, "{"), len = (int)strcspn(template + plain, "}");

		cut_add(&s->c, "%.*s", plain, template);
		template += plain;
		if (!*template)
			return;
		snprintf(key, sizeof key, "%.*s", len - 1, template + 1);
		if (key[0] >= '0' && key[0] < '0' + REASON_NUMBERS)
			add_number(s, s->n[key[0] - '0'], key[1] ? key + 2 : "");
		else
			add_word(s, key);
		template += len + (template[len] == '}');
	}
}

static void datum_words(const struct datum *v, char buf[DATUM_WORDS_BYTES])
{
	struct saying s = {.c = cut_start(buf, DATUM_WORDS_BYTES), .n = v->n, .text = v->text};

	expand(&s, datum_template(v->kind));
}

struct mismatch_words mismatch_words(const struct mismatch *m)
{
	struct mismatch_words words = {.field = field_name(m->field)};

	datum_words(&m->expected, words.expected);
	datum_words(&m->got, words.got);
	return words;
}

static void say_place(struct saying *s)
{
	const struct scenario *scenario = s->r->scenario;
	int64_t step = s->n[1];

	if (step >= 0 && step < (int64_t)scenario->step_count)
		cut_add(&s->c,
		        "the capture does not fit the scenario at step %lld, line %d: ", (long long)step + 1,
		        scenario->steps[step].where.line);
	else
		cut_add(&s->c, "the capture does not fit the scenario after its last step: ");
}

static void say(struct saying *s, const struct reason *why)
{
	const char *template = reason_template(why);

	s->n = why->n;
	s->text = why->text;
	s->why = why;
	s->field = mismatch_words(&why->fields[0]);
	if (why->code == CODE_MISFIT)
		say_place(s);
	if (template)
		expand(s, template);
}

const char *reason_text(const struct result *r, char *buf, size_t size)
{
	const struct verdict *v = r->verdict;
	struct saying s = {.c = cut_start(buf, size), .r = r};

	if (v->kind == VERDICT_NONE)
		cut_add(&s.c, "it was not judged: the run ended before");
	else
		say(&s, &v->reason);
	/* Who excuses a failure says which. */
	if (v->overruled.code && v->reason.code >= CODE_LATE) {
		cut_add(&s.c, ": ");
		say(&s, &v->overruled);
	}
	if (v->kind == VERDICT_ERROR && v->syn_unseen)
		cut_add(&s.c,
		        " (our SYN was never seen leaving: nobody answers %s there, a firewall of this host "
		        "drops it, or it leaves by another interface, which -i would name)",
		        r->family == 6 ? "neighbour discovery" : "ARP");
	if (v->kind != VERDICT_PASS && v->damaged)
		cut_add(&s.c, " (%zu of the peer's segments had a wrong checksum)", v->damaged);
	return buf;
}

/* " (should, RFC 6298, 2.4)" */
static void add_basis(struct cut *c, const struct result *r, const struct basis *b)
{
	char text[256];

	if (*basis_text(r->scenario, b, text, sizeof text))
		cut_add(c, " (%s)", text);
}

const char *outcome_text(const struct result *r, char *buf, size_t size)
{
	const struct verdict *v = r->verdict;
	const struct basis *b = &v->basis;
	struct cut c;

	reason_text(r, buf, size);
	c = (struct cut){buf, size, strlen(buf)};
	if (v->kind == VERDICT_WARN || (v->kind == VERDICT_FAIL && basis_clause(r->scenario, b)))
		add_basis(&c, r, b);
	if (v->kind == VERDICT_WARN && !v->whole)
		cut_add(&c, "; the steps behind it were not judged");
	return buf;
}

const char *outcome_brief(const struct result *r, char *buf, size_t size)
{
	struct cut c;

	outcome_text(r, buf, size);
	c = (struct cut){buf, size, strlen(buf)};
	if (r->verdict->kind == VERDICT_WARN && r->verdict->warning_count > 1)
		cut_add(&c, "; and %zu more", r->verdict->warning_count - 1);
	return buf;
}

const char *warning_reason(const struct result *r, const struct warning *w, char *buf, size_t size)
{
	struct saying s = {.c = cut_start(buf, size), .r = r};

	say(&s, &w->reason);
	return buf;
}

const char *warning_text(const struct result *r, const struct warning *w, char *buf, size_t size)
{
	struct cut c;

	warning_reason(r, w, buf, size);
	c = (struct cut){buf, size, strlen(buf)};
	add_basis(&c, r, &w->basis);
	return buf;
}

struct warnings warnings_besides(const struct verdict *v)
{
	size_t said = v->kind == VERDICT_WARN && v->warning_count;

	return (struct warnings){v->warning_count ? v->warnings + said : NULL, v->warning_count - said};
}

const char *also_text(const struct verdict *v, char *buf, size_t size)
{
	struct cut c = cut_start(buf, size);

	for (size_t i = 1; i < v->reason.field_count; i++) {
		struct mismatch_words m = mismatch_words(&v->reason.fields[i]);

		cut_add(&c, "%s%s %s, expected %s", i > 1 ? "; " : "", m.field, m.got, m.expected);
	}
	return buf;
}
