/* What a run comes to: a step that was broken ends it or is a warning, by what the step rests on; an error
 * overrules either. Judges nothing itself. */
#include "engine_impl.h"

#include <stdio.h>

/* What went on with warnings ends as the first of them says. */
static void settle_warned(struct verdict *v)
{
	const struct warning *first = v->warnings;

	if (!v->warning_count)
		return;
	v->kind = level_verdict(first->basis.level);
	v->reason = first->reason;
	v->basis = first->basis;
	v->step = first->step;
	v->where = first->where;
}

void engine_settle(struct engine *e, enum verdict_kind kind)
{
	if (e->settled)
		return;
	e->settled = true;
	e->waiting = false;
	e->deadline_ns = INT64_MAX;
	e->verdict.kind = kind;
	e->verdict.ended_ns = e->now_ns;
	e->verdict.whole = engine_played(e);
	if (kind == VERDICT_PASS) {
		settle_warned(&e->verdict);
	} else if (!engine_played(e)) {
		e->verdict.step = (int)e->step;
		e->verdict.where = engine_current(e)->where;
	}
	if (!engine_played(e) || !scenario_leaves(e->scenario))
		engine_tidy(e);
}

static void warn(struct engine *e, const struct kept *k, const struct reason *why, const struct basis *basis)
{
	const struct step *s = engine_current(e);

	/* What need not be kept (MAY) is nobody's deviation. */
	if (level_verdict(basis->level) == VERDICT_PASS)
		return;
	*LIST_ADD(e->verdict.warnings, e->verdict.warning_count, e->warning_room) =
	    (struct warning){.reason = *why,
	                     .basis = *basis,
	                     .step = (int)e->step,
	                     .where = s->where,
	                     .late_ns = lateness_explains(e, k, why)};
}

/* Puts in what the segment says. */
static void complete(struct engine *e, const struct kept *k, struct reason *why)
{
	evidence_text(e, &k->segment, why->text);
	if (!why->field_count)
		why->fields[why->field_count++] =
		    (struct mismatch){.field = DIFFERS_SEGMENT, .got = datum_notation(why->text)};
}

/* What a failure of the step at hand rests on: as it says, but that a time-out doubles is a clause of its
 * own, whatever the rest of the step rests on. */
static struct basis basis_of(const struct engine *e, const struct reason *why)
{
	const struct step *s = engine_current(e);
	struct basis b = s->basis;

	if (why->code == CODE_GAP && s->series.factor > 1.99 && s->series.factor < 2.01) {
		b.level = LEVEL_MUST;
		b.clause = (struct clause){.rfc = 6298, .section = "5.5", .level = LEVEL_MUST};
	}
	return b;
}

/* What comes to light behind the last step rests on no step, and is judged as strictly as can be. */
static void fail_hard(struct engine *e, struct reason *why)
{
	e->verdict.reason = *why;
	if (e->settled) {
		e->verdict.kind = VERDICT_FAIL;
		e->verdict.step = -1;
		e->verdict.where = (struct where){0};
		e->verdict.basis = (struct basis){0};
	} else if (!engine_played(e)) {
		e->verdict.basis = basis_of(e, why);
	}
	engine_settle(e, VERDICT_FAIL);
}

/* That is for another program than the peer's. */
static bool excused(struct engine *e, const struct kept *k, const struct reason *why)
{
	enum need need;

	if (e->settled || !plain_cannot(e, k, why, &need))
		return false;
	e->verdict.reason = (struct reason){.code = CODE_NEEDS_AGENT, .n = {need, [3] = need == NEED_CLOSER}};
	engine_settle(e, VERDICT_SKIP);
	return true;
}

void engine_fail(struct engine *e, const struct kept *k, struct reason why)
{
	bool open = e->settled && engine_played(e) &&
	            (e->verdict.kind == VERDICT_PASS || e->verdict.kind == VERDICT_WARN);
	struct reason excuse;

	if ((e->settled && !open) || excused(e, k, &why))
		return;
	if (k && plain_excuses(e, &k->segment, &excuse)) {
		if (!e->settled)
			engine_error(e, excuse);
		return;
	}
	if (k)
		complete(e, k, &why);
	if (k && k->trace != SIZE_MAX)
		e->verdict.trace[k->trace].wrong = true;
	if (e->settled || engine_played(e) || level_verdict(engine_current(e)->basis.level) == VERDICT_FAIL) {
		e->verdict.late_ns = lateness_explains(e, k, &why);
		fail_hard(e, &why);
		return;
	}
	warn(e, k, &why, &engine_current(e)->basis);
	engine_settle(e, VERDICT_PASS);
}

bool engine_missed(struct engine *e, const struct kept *k, struct reason why)
{
	if (excused(e, k, &why))
		return false;
	if (e->settled || engine_played(e) || level_verdict(engine_current(e)->basis.level) == VERDICT_FAIL) {
		engine_fail(e, k, why);
		return false;
	}
	if (k)
		complete(e, k, &why);
	warn(e, k, &why, &engine_current(e)->basis);
	return true;
}

void engine_chose(struct engine *e, const struct kept *k, const struct pattern *p)
{
	const struct basis basis = {.level = LEVEL_CHOICE, .choice = p->choice};
	char want[DATUM_TEXT_BYTES], got[DATUM_TEXT_BYTES];
	struct reason why;

	snprintf(want, sizeof want, "%s = %s", p->choice, p->otherwise);
	snprintf(got, sizeof got, "%s = %s", p->choice, p->word);
	why = reason_field(CODE_OTHER_CHOICE, DIFFERS_PROFILE, datum_notation(want), datum_notation(got));
	complete(e, k, &why);
	warn(e, k, &why, &basis);
}

/* Known only when it is over, and the cause of errors too. */
static bool is_cause(enum code code)
{
	return code == CODE_PATH_NAT || code == CODE_LINK_DOWN || code == CODE_ADDRESS_GONE ||
	       code == CODE_NEIGHBOUR || code == CODE_NOT_REPEATED || code == CODE_PATH_LOSS;
}

void engine_error(struct engine *e, struct reason why)
{
	if (e->settled && e->verdict.kind == VERDICT_ERROR && !is_cause(why.code))
		return;
	if (e->verdict.kind == VERDICT_FAIL || e->verdict.kind == VERDICT_WARN)
		e->verdict.overruled = e->verdict.reason;
	e->verdict.reason = why;
	if (e->settled)
		e->verdict.kind = VERDICT_ERROR;
	engine_settle(e, VERDICT_ERROR);
}

void engine_refused(struct engine *e, enum asked asked, const char *why)
{
	struct reason refused = reason_text_of(CODE_AGENT_REFUSED, why);

	refused.n[0] = asked;
	engine_error(e, refused);
}
