/* fourwave doctor --agent: plays the checks against an agent, one after the other, and says what each found.
 */
#include <errno.h>
#include <assert.h>
#include <string.h>
#include <unistd.h>

#include "base/address.h"
#include "cmd/exam.h"
#include "lab/agent.h"
#include "run/world.h"

static const char greeting_page[] = "fourwave-peer 1 data-port N [stack NAME] [cannot WORD{,WORD}]";

/* After so many requests without an answer nothing more is asked. */
enum { SILENCES_MOST = 2 };

/* What was sent, what came, what is wrong with it, what the page says. */
static void say_wrong(struct doctor *f, const struct exam *e, const struct check *c)
{
	const struct question *a = e->about == SIZE_MAX ? NULL : &e->asked[e->about];

	if (!a)
		doctor_say(f, FINDING_NO, c->name, "%s; fourwave-agent(7): %s", e->text, c->page);
	else if (a->answers == 0)
		doctor_say(f, FINDING_NO, c->name, "sent \"%s\": %s; fourwave-agent(7): %s", a->line, e->text,
		           c->page);
	else
		doctor_say(f, FINDING_NO, c->name, "sent \"%s\", came \"%s\", %s; fourwave-agent(7): %s",
		           a->line, a->came, e->text, c->page);
}

/* Forgets what the check had, so that an agent with room for one claim is enough. */
static void tidy(struct exam *e)
{
	struct ours *all[] = {&e->one, &e->two};

	for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
		ours_close(all[i]);
		if (all[i]->port != 0 && e->lines.fd >= 0 && !e->lines.gone)
			exam_answered_in(e, exam_ask(e, VERB_RELEASE, all[i], NULL), e->answer_ms);
	}
}

static void look(struct doctor *f, struct exam *e, const struct check *c)
{
	bool fine;

	if (c->needs >= 0 && e->cannot & 1U << c->needs) {
		doctor_say(f, FINDING_NOTE, c->name, "its greeting says that it cannot");
		return;
	}
	e->one = e->two = (struct ours){.fd = -1};
	e->finding = FINDING_OK;
	e->about = SIZE_MAX;
	e->text[0] = '\0';
	fine = c->play(e);
	assert(fine == (e->finding == FINDING_OK));
	(void)fine;
	if (e->finding == FINDING_NO)
		say_wrong(f, e, c);
	else
		doctor_say(f, e->finding, c->name, "%s", e->text);
	tidy(e);
}

/* False: there is no use in going on. */
static bool look_at_each(struct doctor *f, struct exam *e, const struct check *checks)
{
	struct diag d;

	for (const struct check *c = checks; c->name; c++) {
		if (e->lines.gone && (!exam_begin(e, &d) || !exam_greeted(e, &d)))
			return doctor_say(f, FINDING_NO, c->name,
			                  "not tried: it ended the session, and now: %s", d.text);
		look(f, e, c);
		if (e->silences >= SILENCES_MOST || (c == claim_checks && e->finding == FINDING_NO))
			return doctor_say(f, FINDING_NO, "the rest", "not tried: it does not answer");
	}
	return true;
}

/* Returns whether somebody listens there; where nobody does, that is what it comes to. */
static bool look_at_agent(struct doctor *f, const struct control_place *at, const struct control_place *data,
                          enum finding nobody)
{
	bool there;
	struct exam e = exam_new(at, data);
	struct diag d = {.text = ""};

	exam_begin(&e, &d);
	there = e.lines.fd >= 0;
	if (!there)
		doctor_say(f, nobody, "greeting", "%s", d.text);
	else if (!*e.greeting)
		doctor_say(f, FINDING_NO, "greeting", "%s; fourwave-agent(7): %s", d.text, greeting_page);
	else if (!exam_greeted(&e, &d))
		doctor_say(f, FINDING_NO, "greeting", "came \"%s\": %s; fourwave-agent(7): %s", e.greeting,
		           d.text, greeting_page);
	else if (doctor_say(f, FINDING_OK, "greeting", "%s", e.greeting) &&
	         look_at_each(f, &e, claim_checks) && look_at_each(f, &e, verb_checks))
		look_at_each(f, &e, session_checks);
	exam_free(&e);
	return there;
}

/* Tries the agent over each family of the addresses to which the connections go: the control channel comes
 * from the same one, where it has it. */
static void look_at_families(struct doctor *f, const struct target *agent, const struct target *data)
{
	bool both = data->addr[0].family && data->addr[1].family, any = false;
	char text[ADDR_TEXT_BYTES];

	for (int i = 0; i < 2; i++) {
		int by = agent->addr[i].family ? i : 1 - i;
		struct control_place at = {.address = agent->addr[by],
		                           .scope = agent->scope[by],
		                           .port = agent->port ? agent->port : AGENT_CONTROL_PORT};
		struct control_place to = {.address = data->addr[i], .scope = data->scope[i]};

		if (to.address.family == 0)
			continue;
		if (!f->quiet && !data->literal) {
			pen_printf(&f->pen, "%s:", addr_text(&to.address, text));
			pen_line(&f->pen);
		}
		any |= look_at_agent(f, &at, &to, both ? FINDING_NOTE : FINDING_NO);
	}
	if (!any && both)
		doctor_say(f, FINDING_NO, "greeting", "no agent at either address");
}

/* HOST[:PORT] as addresses. False: said, with *status. */
static bool find(const struct command *c, const char *text, struct target *t, int *status)
{
	struct diag d;

	if (!target_split(text, t, &d))
		*status = command_usage(c, d.text);
	else if (!target_resolve(t, &d))
		*status = command_error(c, d.text);
	else
		return true;
	return false;
}

int doctor_agent(const struct command *c, const struct options *o)
{
	struct style style = style_detect(STDOUT_FILENO, o->color, false);
	struct doctor f = {
	    .words = {"fine", "missing", "wrong"}, .column = 9, .text_column = 25, .quiet = o->quiet};
	struct target agent, data;
	struct diag d;
	int status;

	if (!find(c, o->target, &agent, &status) ||
	    !find(c, o->path_count > 0 ? *o->paths : o->target, &data, &status))
		return status;
	pen_init(&f.pen, stdout, &style);
	look_at_families(&f, &agent, &data);
	if (!f.quiet) {
		pen_line(&f.pen);
		pen_printf(&f.pen, "%u fine, %u missing, %u wrong", f.said[FINDING_OK], f.said[FINDING_NOTE],
		           f.said[FINDING_NO]);
		pen_line(&f.pen);
	}
	if (!pen_done(&f.pen, &d))
		return command_error(c, d.text);
	return f.said[FINDING_NO] ? STATUS_FAIL : STATUS_OK;
}
