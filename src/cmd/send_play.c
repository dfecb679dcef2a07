/* Plays the one job of fourwave send and prints each segment. Knows no flag. */
#include <string.h>
#include <unistd.h>

#include "core/engine.h"
#include "lang/load.h"
#include "report/facts.h"
#include "report/pen.h"
#include "report/words.h"
#include "run/play.h"
#include "cmd/send.h"
#include "cmd/command.h"
#include "wire/capture.h"
#include "wire/privilege.h"

struct sending {
	const struct send_options *options;
	struct scenario *scenario;
	struct world world;
	struct jobs jobs; /* the first is the one that is played */
	struct pen pen;
	struct style style;
	bool interrupted;
};

/* --- the scenario --- */

/* Where in the text that is, if it is in the line that sends. */
static size_t column_of(const struct send_places *places, const struct where *where)
{
	return places->line_at + (size_t)(where->column - 1);
}

/* The flag whose value stands there, or NULL. */
static const struct send_place *find_place(const struct send_places *places, const struct where *where)
{
	size_t at = column_of(places, where);

	for (size_t i = 0; where->line == places->line && i < places->count; i++)
		if (at >= places->list[i].from && at < places->list[i].to)
			return &places->list[i];
	return NULL;
}

/* The user wrote flags and no scenario: its mistakes are reported as theirs. */
static void print_messages(const struct messages *m, const struct send_places *places)
{
	const struct send_place *reported = NULL;

	for (size_t i = 0; i < messages_count(m); i++) {
		const struct message *one = messages_at(m, i);
		const struct send_place *place = find_place(places, &one->diag.where);
		bool options = place && strcmp(place->flag, "--options") == 0, ends;

		/* A form of the language helps nobody here; a second copy of the segment has the same
		 * mistakes. */
		if (one->severity != SEVERITY_ERROR || (!place && reported))
			continue;
		reported = place;
		/* What is wrong with the '>' behind a list is that it comes so soon. */
		ends = options && column_of(places, &one->diag.where) == place->to - 1;
		fprintf(stderr, "fourwave send: ");
		if (place && place->value)
			fprintf(stderr, "%s \"%s\": ", place->flag, place->value);
		else if (place)
			fprintf(stderr, "%s: ", place->flag);
		fprintf(stderr, "%s%s\n", ends ? "it ends too early" : one->diag.text,
		        options ? " (a list as tcpdump prints it: mss 1460,nop,wscale 7)" : "");
	}
}

/* --- the segments --- */

static void show(void *context, const struct job *job, const struct segment *segment)
{
	struct sending *s = context;
	const struct connection *c = engine_connection(job->engine);
	/* Both ends may have one address, and we may have a second port. */
	bool ours = segment->dport == c->remote_port && addr_equal(&segment->dst, &c->remote);
	struct tcpdump_base base = {.relative = s->options->open && c->have_irs,
	                            .from = ours ? c->iss : c->irs,
	                            .to = ours ? c->irs : c->iss};
	char time[TCPDUMP_TIME_BYTES], text[TCPDUMP_TEXT_BYTES];

	if (ours && s->options->world.quiet)
		return;
	pen_text(&s->pen, tcpdump_time(segment->time_ns, time));
	pen_text(&s->pen, ours ? " Out " : " In  ");
	pen_paint(&s->pen, ours ? PAINT_NONE : PAINT_BOLD);
	pen_text(&s->pen, tcpdump_text(segment, &base, text));
	pen_line(&s->pen);
	fflush(stdout);
}

/* Rules that the peer's segments broke, whatever was sent. */
static void print_breaches(const struct result *r)
{
	struct rule_results broken = rule_results(r, 1);
	char text[REASON_BYTES];

	for (size_t i = 0; i < broken.count; i++)
		fprintf(stderr, "fourwave send: the peer broke the rule %s: %s\n",
		        rules[broken.list[i].rule].id, rule_text(&broken.list[i], text, sizeof text));
}

/* The status, and how much came of the step itself: not of the handshake, nor of the RST at the end. */
static int conclude(struct sending *s, const struct job *job)
{
	const struct verdict *v = &job->verdict;
	int64_t sent_ns = 0, came_ns = 0;
	struct result r = job_result(job);
	unsigned sent = 0, came = 0;
	char reason[REASON_BYTES];
	struct diag d;

	for (size_t i = 0; i < v->trace_count; i++) {
		const struct trace *t = &v->trace[i];
		bool crafted = t->step >= 0 && job->scenario->steps[t->step].kind == STEP_SEND;

		if (t->passage == PASSED_OUT && crafted && sent++ == 0)
			sent_ns = t->time_ns;
		if (t->passage == PASSED_IN && sent > 0 && came++ == 0)
			came_ns = t->time_ns;
	}
	if (!pen_done(&s->pen, &d))
		return command_error(&command_send, d.text);
	if (v->kind == VERDICT_ERROR || (v->kind == VERDICT_FAIL && sent == 0))
		return command_error(&command_send, reason_text(&r, reason, sizeof reason));
	print_breaches(&r);
	if (!s->options->world.quiet && came > 0)
		printf("%u sent, %u came back, the first after %.3f ms\n", sent, came,
		       (double)(came_ns - sent_ns) * 1e-6);
	else if (!s->options->world.quiet)
		printf("%u sent, nothing came back\n", sent);
	return came > 0 ? STATUS_OK : STATUS_FAIL;
}

/* --- the job --- */

static int play(struct sending *s)
{
	const struct scenario *const scenarios[] = {s->scenario};
	struct loop_watch watch = {.segment = show, .context = s};
	struct diag d;
	struct job *job;
	enum world_result opened = world_open(&s->world, &s->options->world, &d);

	if (opened != WORLD_OPEN)
		return opened == WORLD_MISUSED ? command_usage(&command_send, d.text)
		                               : command_error(&command_send, d.text);
	jobs_make(&s->jobs, &s->world, scenarios, 1);
	if (s->jobs.count == 0)
		return command_error(&command_send, "the host has no address of that family");
	/* One family is enough: the first that can be had. */
	job = &s->jobs.list[0];
	for (size_t i = s->jobs.count; i > 0; i--)
		if (s->jobs.list[i - 1].site->trouble == VERDICT_NONE)
			job = &s->jobs.list[i - 1];
	for (size_t i = 0; i < s->jobs.count; i++)
		s->jobs.list[i].finished = &s->jobs.list[i] != job;
	if (job->site->trouble != VERDICT_NONE)
		return command_error(&command_send, job->site->why.text);
	if (!world_listen(&s->world, &d) ||
	    (s->options->write &&
	     !(job->dump = dump_open(s->options->write, capture_linktype(s->world.capture),
	                             capture_snaplen(s->world.capture), &d))) ||
	    !privilege_drop(&d) || !loop_play(&s->world, &s->jobs, 1, &watch, &s->interrupted, &d))
		return command_error(&command_send, d.text);
	return conclude(s, job);
}

int send_play(const struct send_options *o)
{
	const struct lang_options lang = {.no_open = !o->open};
	struct send_places places = {.count = 0};
	struct messages *m = messages_new();
	struct sending s = {.options = o};
	struct diag d = {.text = ""};
	int status = STATUS_USAGE;
	UT_string text;

	s.style = style_detect(STDOUT_FILENO, COLOR_AUTO, false);
	pen_init(&s.pen, stdout, &s.style);
	utstring_init(&text);
	if (send_scenario(o, &text, &places, &d))
		s.scenario =
		    scenario_parse("fourwave send", utstring_body(&text), utstring_len(&text), &lang, m);
	print_messages(m, &places);
	messages_free(m);
	utstring_done(&text);
	if (s.scenario)
		status = play(&s);
	else if (d.text[0] != '\0')
		status = command_usage(&command_send, d.text);
	jobs_free(&s.jobs);
	world_close(&s.world);
	scenario_free(s.scenario);
	return status;
}
