/* Draws the line of progress. Decides nothing and waits for nothing: the loop says when. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/text.h"
#include "base/duration.h"
#include "report/pen.h"
#include "cmd/output.h"

/* To the line's start; and away with what stands there. */
#define ERASE "\r\033[K"

void progress_open(struct progress *p, bool quiet, const struct style *style, size_t total)
{
	const char *term = getenv("TERM");

	memset(p, 0, sizeof *p);
	p->style = *style;
	p->total = total;
	p->wanted = !quiet && isatty(STDERR_FILENO) && term && *term != '\0' && strcmp(term, "dumb") != 0;
}

/* How long a run goes on at least: until its timer, and as long as its scenario must take. */
static int64_t remaining_ns(const struct play *p, int64_t now_ns)
{
	int64_t began_ns = engine_verdict(p->engine)->started_ns;
	int64_t timer_ns = engine_deadline(p->engine) - now_ns;
	int64_t whole_ns = began_ns + p->job->scenario->takes_ns - now_ns;

	if (!p->started || engine_deadline(p->engine) == INT64_MAX)
		timer_ns = 0;
	if (!p->started || whole_ns < 0)
		whole_ns = 0;
	return timer_ns > whole_ns ? timer_ns : whole_ns;
}

enum { TEXT_BYTES = 1024, STEP_COLUMNS = 24 };

/* The run, its step, and how long that goes on waiting at most. brief where there is little
 * room: then the step is what must not be lost. */
static void add_run(struct cut *c, const struct play *p, int64_t now_ns, bool brief)
{
	struct result r = job_result(p->job);
	const struct scenario *s = r.scenario;
	size_t step = engine_step(p->engine);
	int64_t deadline_ns = p->started ? engine_deadline(p->engine) : INT64_MAX;
	char name[256];

	cut_add(c, "%s %s", result_name(&r, name, sizeof name), family_name(r.family));
	if (step >= s->step_count)
		return;
	cut_add(c, brief ? " %zu/%zu" : ", step %zu of %zu", step + 1, s->step_count);
	if (deadline_ns != INT64_MAX && deadline_ns > now_ns)
		cut_add(c, brief ? ", %.1f s at most" : ", at most %.1f s more",
		        seconds(deadline_ns - now_ns));
	cut_add(c, ": ");
}

static const char *line_text(const struct progress *p, const struct plays *plays, int64_t now_ns,
                             char buf[TEXT_BYTES])
{
	const struct play *most = plays->list;
	struct cut c = cut_start(buf, TEXT_BYTES);
	size_t step;

	cut_add(&c, "%zu of %zu done", p->done, p->total);
	if (!most)
		return buf;
	for (const struct play *other = most->next; other; other = other->next)
		if (remaining_ns(other, now_ns) > remaining_ns(most, now_ns))
			most = other;
	step = engine_step(most->engine);
	cut_add(&c, ", %zu running; ", plays->count);
	add_run(&c, most, now_ns, false);
	if (clean_columns(buf, p->style.unicode) + STEP_COLUMNS > p->style.width) {
		c = cut_start(buf, TEXT_BYTES);
		cut_add(&c, "%zu/%zu; ", p->done, p->total);
		add_run(&c, most, now_ns, true);
	}
	if (step < most->job->scenario->step_count)
		cut_add(&c, "%s", most->job->scenario->steps[step].text);
	return buf;
}

void progress_draw(struct progress *p, const struct plays *plays, int64_t now_ns)
{
	char text[TEXT_BYTES], *line = NULL;
	size_t len = 0;
	FILE *out = open_memstream(&line, &len);
	struct pen pen;

	/* One write for the whole, so that no half of it is ever seen. */
	fputs(ERASE, out);
	pen_init(&pen, out, &p->style);
	pen_paint(&pen, PAINT_DIM);
	pen_cut(&pen, line_text(p, plays, now_ns, text), p->style.width - 1);
	pen_paint(&pen, PAINT_NONE);
	fclose(out);
	fflush(stdout);
	fwrite(line, 1, len, stderr);
	fflush(stderr);
	free(line);
	p->drawn = true;
}

void progress_clear(struct progress *p)
{
	if (!p->drawn)
		return;
	fputs(ERASE, stderr);
	fflush(stderr);
	p->drawn = false;
}
