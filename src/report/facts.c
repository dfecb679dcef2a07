/* What there is to say of a result: as text for the reports, and as the line of JSON that has a fact in each
 * member. */
#include "report/facts.h"

#include <jansson.h>
#include <stdarg.h>
#include <stdlib.h>

#include "base/text.h"
#include "base/duration.h"
#include "core/rules.h"
#include "report/formats.h"
#include "report/values.h"
#include "report/words.h"

enum { FACT_BYTES = 4096 };

/* --- the scenario --- */

static const char *sysctls_text(const struct scenario *s, char buf[FACT_BYTES])
{
	struct cut c = cut_start(buf, FACT_BYTES);

	for (size_t i = 0; i < s->sysctl_count; i++)
		cut_add(&c, "%s%s = %s", i ? ", " : "", s->sysctls[i].name, s->sysctls[i].value);
	return buf;
}

/* --- what became of it --- */

/* The failing step, or NULL. */
static const struct step *failing_step(const struct result *r)
{
	int step = r->verdict->step;

	return step >= 0 && (size_t)step < r->scenario->step_count ? &r->scenario->steps[step] : NULL;
}

/* Where the failing step is written. */
static struct where place(const struct result *r)
{
	const struct step *s = failing_step(r);
	struct where where = s ? s->where : (struct where){.line = 0};

	if (!where.file)
		where.file = r->scenario->file;
	return where;
}

/* Of what was broken; else NULL. */
static const struct basis *basis_of(const struct verdict *v)
{
	return v->kind == VERDICT_FAIL || v->kind == VERDICT_WARN ? &v->basis : NULL;
}

/* Those that the reason does not say. */
static const char *warnings_text(const struct result *r, char buf[FACT_BYTES])
{
	struct warnings w = warnings_besides(r->verdict);
	struct cut c = cut_start(buf, FACT_BYTES);
	char text[REASON_BYTES];

	for (size_t i = 0; i < w.count; i++)
		cut_add(&c, "%s%s", i ? "; " : "", warning_text(r, &w.list[i], text, sizeof text));
	return buf;
}

/* Segments to our port that were no answers of the peer's, and why. */
static const char *ignored_text(const struct result *r, char buf[FACT_BYTES])
{
	struct cut c = cut_start(buf, FACT_BYTES);
	const char *between = ": ";

	cut_add(&c, "%zu segment%s", r->ignored, r->ignored == 1 ? "" : "s");
	for (int i = IGNORED_NOT + 1; r->ignored_why && i < IGNORED_COUNT; i++) {
		if (!r->ignored_why[i])
			continue;
		cut_add(&c, "%s%s %zu", between, ignored_name((enum ignored)i), r->ignored_why[i]);
		between = ", ";
	}
	return buf;
}

static const char *malformed_text(const struct result *r, char buf[FACT_BYTES])
{
	struct cut c = cut_start(buf, FACT_BYTES);
	char what[MALFORM_TEXT_BYTES];
	int line;

	for (size_t i = 0; i < r->verdict->trace_count; i++)
		if (malformed_at(r, i, &line, what))
			cut_add(&c, "%sline %d: %s", c.len ? ", " : "", line, what);
	return buf;
}

/* --- all --- */

enum { FORMS = FACTS_TAP | FACTS_JUNIT | FACTS_HTML, PEOPLE = FACTS_TEXT | FORMS };

/* Each fact, in the order of the reports: its key, who has it, its kind. Its text and its value are below. */
#define ALL_FACTS(X)                                                                                         \
	X(ID_TITLE, "scenario", FACTS_JUNIT | FACTS_JSON, FACT_PLAIN)                                        \
	X(ID_NAME, "name", FACTS_JSON, FACT_PLAIN)                                                           \
	X(ID_FAMILY, "family", FACTS_JSON, FACT_PLAIN)                                                       \
	X(ID_VERDICT, "verdict", FACTS_JSON, FACT_PLAIN)                                                     \
	X(ID_REASON, "reason", FACTS_TAP | FACTS_HTML | FACTS_JSON, FACT_REASON)                             \
	X(ID_KNOWN, "known", FORMS | FACTS_JSON, FACT_PLAIN)                                                 \
	X(ID_CODE, "code", FACTS_TAP | FACTS_HTML | FACTS_JSON, FACT_PLAIN)                                  \
	X(ID_BASIS, "basis", PEOPLE, FACT_BASIS)                                                             \
	X(ID_LEVEL, "level", FACTS_JSON, FACT_PLAIN)                                                         \
	X(ID_CLAUSE, "clause", FACTS_JSON, FACT_PLAIN)                                                       \
	X(ID_CHOICE, "choice", FACTS_JSON, FACT_PLAIN)                                                       \
	X(ID_OVERRULED, "overruled", FACTS_JSON, FACT_PLAIN)                                                 \
	X(ID_SEVERITY, "severity", FACTS_TAP, FACT_PLAIN)                                                    \
	X(ID_STEP, "step", PEOPLE | FACTS_JSON, FACT_CODE)                                                   \
	X(ID_PLACE, "at", PEOPLE, FACT_PLACE)                                                                \
	X(ID_FIELD, "field", PEOPLE, FACT_PLAIN)                                                             \
	X(ID_EXPECTED, "expected", PEOPLE, FACT_EXPECTED)                                                    \
	X(ID_GOT, "got", PEOPLE, FACT_GOT)                                                                   \
	X(ID_ALSO, "also", PEOPLE, FACT_ALSO)                                                                \
	X(ID_MISMATCH, "mismatch", FACTS_JSON, FACT_PLAIN)                                                   \
	X(ID_WHOLE, "whole", FACTS_JSON, FACT_PLAIN)                                                         \
	X(ID_WARNINGS, "warnings", PEOPLE | FACTS_JSON, FACT_WARNINGS)                                       \
	X(ID_BREACHES, "breaches", FACTS_JSON, FACT_PLAIN)                                                   \
	X(ID_MEASURED, "measured", FORMS | FACTS_JSON, FACT_PLAIN)                                           \
	X(ID_OBSERVED, "observed", FACTS_JSON, FACT_PLAIN)                                                   \
	X(ID_IGNORED, "ignored", FORMS | FACTS_JSON, FACT_PLAIN)                                             \
	X(ID_IGNORED_WHY, "ignored_why", FACTS_JSON, FACT_PLAIN)                                             \
	X(ID_MALFORMED, "malformed", FORMS | FACTS_JSON, FACT_PLAIN)                                         \
	X(ID_LATE, "late", FACTS_JSON, FACT_NUMBER)                                                          \
	X(ID_ROW, "row", FACTS_SCENARIO | FACTS_JSON, FACT_PLAIN)                                            \
	X(ID_CLOSE, "close", FACTS_SCENARIO, FACT_PLAIN)                                                     \
	X(ID_ROLE, "role", FACTS_JSON, FACT_PLAIN)                                                           \
	X(ID_LISTEN, "listen", FACTS_JSON, FACT_PLAIN)                                                       \
	X(ID_CLAIM, "claim", FACTS_SCENARIO, FACT_PLAIN)                                                     \
	X(ID_CLAUSES, "clauses", FACTS_TAP | FACTS_JUNIT | FACTS_SCENARIO | FACTS_JSON, FACT_CLAUSES)        \
	X(ID_CONTROL, "control", FACTS_SCENARIO | FACTS_JSON, FACT_PLAIN)                                    \
	X(ID_SYSCTLS, "sysctls", FACTS_SCENARIO, FACT_SETTINGS)                                              \
	X(ID_FILE, "file", FACTS_SCENARIO | FACTS_JSON, FACT_CODE)                                           \
	X(ID_TARGET, "target", FACTS_TAP | FACTS_JUNIT | FACTS_JSON, FACT_PLAIN)                             \
	X(ID_PROFILE, "profile", FACTS_TAP | FACTS_JUNIT | FACTS_JSON, FACT_PLAIN)                           \
	X(ID_CAPTURE, "capture", PEOPLE | FACTS_JSON, FACT_FILE)                                             \
	X(ID_SEGMENTS, "segments", FACTS_JSON, FACT_NUMBER)                                                  \
	X(ID_SECONDS, "seconds", FACTS_TAP | FACTS_JSON, FACT_NUMBER)

#define ID(id, key, reports, kind) id,
#define ROW(id, key, reports, kind) {key, reports, kind},

enum id { ALL_FACTS(ID) ID_COUNT };

static const struct {
	const char *key;
	unsigned reports;
	enum fact_kind kind;
} facts[] = {ALL_FACTS(ROW)};

__attribute__((format(printf, 2, 3))) static const char *print(char buf[FACT_BYTES], const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	vsnprintf(buf, FACT_BYTES, fmt, args);
	va_end(args);
	return buf;
}

/* NULL or "": there is nothing to say, or only in JSON. */
static const char *fact_text(enum id id, const struct result *r, char buf[FACT_BYTES])
{
	const struct scenario *s = r->scenario;
	const struct verdict *v = r->verdict;
	const struct mismatch *m =
	    v->kind != VERDICT_SKIP && v->reason.field_count ? &v->reason.fields[0] : NULL;
	const struct step *step = failing_step(r);
	const struct basis *basis = basis_of(v);

	switch (id) {
	case ID_TITLE: return s->title;
	case ID_NAME: return result_name(r, buf, FACT_BYTES);
	case ID_REASON: return reason_text(r, buf, FACT_BYTES);
	case ID_KNOWN: return known_reason(r->known);
	case ID_CODE: return code_name(v->reason.code);
	case ID_SEVERITY: return v->kind ? verdict_name(v->kind) : "error";
	case ID_BASIS: return basis ? basis_text(s, basis, buf, FACT_BYTES) : NULL;
	case ID_WARNINGS: return warnings_text(r, buf);
	case ID_STEP: return step ? step->text : NULL;
	case ID_PLACE: return step ? print(buf, "%s:%d", place(r).file, place(r).line) : NULL;
	case ID_FIELD: return m ? field_name(m->field) : NULL;
	case ID_EXPECTED: return m ? print(buf, "%s", mismatch_words(m).expected) : NULL;
	case ID_GOT: return m ? print(buf, "%s", mismatch_words(m).got) : NULL;
	case ID_ALSO: return also_text(v, buf, FACT_BYTES);
	case ID_MEASURED: return measures_text(r, 3, false, buf, FACT_BYTES);
	case ID_IGNORED: return r->ignored ? ignored_text(r, buf) : NULL;
	case ID_MALFORMED: return malformed_text(r, buf);
	case ID_ROW: return s->row ? print(buf, "%d: %s", s->row, row_title(s->row)) : NULL;
	case ID_CLOSE: return role_title(s->role);
	case ID_CLAIM: return s->claim;
	case ID_CLAUSES: return clauses_text(s, buf, FACT_BYTES);
	case ID_CONTROL: return s->control;
	case ID_SYSCTLS: return sysctls_text(s, buf);
	case ID_FILE: return s->file;
	case ID_TARGET: return r->target;
	case ID_PROFILE: return r->profile;
	case ID_CAPTURE: return r->capture;
	case ID_SECONDS: return print(buf, "%.3f", r->seconds);
	case ID_FAMILY:
	case ID_VERDICT:
	case ID_LEVEL:
	case ID_CLAUSE:
	case ID_CHOICE:
	case ID_BREACHES:
	case ID_WHOLE:
	case ID_OVERRULED:
	case ID_MISMATCH:
	case ID_OBSERVED:
	case ID_IGNORED_WHY:
	case ID_LATE:
	case ID_ROLE:
	case ID_LISTEN:
	case ID_SEGMENTS:
	case ID_COUNT: break;
	}
	return NULL;
}

/* NULL: JSON leaves it out. */
static json_t *fact_value(enum id id, const struct result *r)
{
	const struct scenario *s = r->scenario;
	const struct verdict *v = r->verdict;
	const struct basis *basis = basis_of(v);
	char buf[FACT_BYTES];

	switch (id) {
	case ID_FAMILY: return json_string(r->family == 6 ? "ipv6" : "ipv4");
	case ID_VERDICT: return json_string(verdict_name(v->kind));
	case ID_KNOWN: return text_value(r->known);
	case ID_LEVEL: return text_value(basis ? level_name(basis->level) : NULL);
	case ID_CLAUSE: return clause_value(basis ? basis_clause(s, basis) : NULL);
	case ID_CHOICE: return text_value(basis ? basis->choice : NULL);
	case ID_WARNINGS: return warnings_value(r);
	case ID_WHOLE: return json_boolean(v->whole);
	case ID_BREACHES: return breaches_value(v);
	case ID_STEP: return step_value(s, v->step);
	case ID_CODE: return code_value(&v->reason);
	case ID_OVERRULED: return code_value(&v->overruled);
	case ID_MISMATCH: return mismatch_value(&v->reason);
	case ID_MEASURED: return measured_value(r);
	case ID_OBSERVED: return observed_value(v);
	case ID_IGNORED: return json_integer((json_int_t)r->ignored);
	case ID_IGNORED_WHY: return ignored_why_value(r);
	case ID_MALFORMED: return malformed_value(r);
	case ID_LATE: return real_value(r->late);
	case ID_ROW: return s->row ? json_integer(s->row) : json_null();
	case ID_ROLE: return json_string(role_name(s->role));
	case ID_LISTEN: return json_boolean(r->listens);
	case ID_CLAUSES: return clauses_value(s);
	case ID_SEGMENTS: return json_integer((json_int_t)(v->trace_count + v->trace_omitted));
	case ID_SECONDS: return real_value(r->seconds);
	case ID_TITLE:
	case ID_NAME:
	case ID_REASON:
	case ID_CONTROL:
	case ID_FILE:
	case ID_TARGET:
	case ID_PROFILE:
	case ID_CAPTURE: return text_value(fact_text(id, r, buf));
	case ID_SEVERITY:
	case ID_BASIS:
	case ID_PLACE:
	case ID_FIELD:
	case ID_EXPECTED:
	case ID_GOT:
	case ID_ALSO:
	case ID_CLOSE:
	case ID_CLAIM:
	case ID_SYSCTLS:
	case ID_COUNT: break;
	}
	return NULL;
}

void facts_each(const struct result *r, unsigned report, void (*put)(void *context, const struct fact *f),
                void *context)
{
	char buf[FACT_BYTES];

	for (enum id id = 0; id < ID_COUNT; id++) {
		struct fact f = {.key = facts[id].key,
		                 .kind = facts[id].kind,
		                 .where = place(r),
		                 .basis = r->verdict->basis};

		if (facts[id].reports & report)
			f.text = fact_text(id, r, buf);
		if (f.text && *f.text)
			put(context, &f);
	}
}

bool json_result(FILE *out, const struct result *r, struct diag *d)
{
	json_t *object = json_pack("{si, ss}", "schema_version", JSON_SCHEMA_VERSION, "kind", "run");

	for (enum id id = 0; id < ID_COUNT; id++) {
		json_t *value = facts[id].reports & FACTS_JSON ? fact_value(id, r) : NULL;

		if (value)
			json_object_set_new(object, facts[id].key, value);
	}
	return json_write(out, object, d);
}
