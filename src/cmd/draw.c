/* fourwave draw: how the connections of a capture were closed. Sends nothing and needs no privilege. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "read/case_json.h"
#include "read/journal.h"
#include "report/ladder.h"
#include "report/pen.h"
#include "report/words.h"
#include "cmd/options.h"

/* Of what is before the close, so many segments are drawn at either end. */
enum { OPENING = 3, BEFORE_CLOSE = 2 };

/* The column of what is said of a connection. */
enum { HEAD_AT = 3 };

struct drawing {
	const struct options *options;
	struct capture_file file;
	struct flows flows;
	FILE *human, *json; /* json NULL: not asked for */
	struct style style;
	bool lost; /* something */
};

/* One connection, named, as the ladder wants it. */
struct view {
	const struct flow *flow;
	struct close_case named;
	struct case_mark *marks;
	struct trace *trace;
};

static void make_view(struct view *v, const struct flow *flow, int64_t end_ns)
{
	*v = (struct view){.flow = flow};
	v->marks = memory_new(flow->count, sizeof *v->marks);
	v->trace = memory_new(flow->count, sizeof *v->trace);
	close_case_name(flow->list, flow->count, end_ns, &v->named, v->marks);
	for (size_t i = 0; i < flow->count; i++) {
		const struct segment *s = flow->list[i];
		const struct case_mark *m = &v->marks[i];
		struct trace *t = &v->trace[i];

		*t = (struct trace){.passage = m->from == 0 ? PASSED_OUT : PASSED_IN,
		                    .time_ns = s->time_ns,
		                    .segment = *s,
		                    .step = -1,
		                    .lost = m->lost || s->checksum == CHECKSUM_BAD,
		                    .wrong = m->unusual,
		                    .note = {.kind = NOTE_SENT, .slot = -1}};
		t->segment.packet = t->segment.payload = NULL;
		if (m->note[0] != '\0')
			t->note = (struct note){.kind = NOTE_TEXT, .slot = -1, .text = m->note};
	}
}

static void free_view(struct view *v)
{
	free(v->marks);
	free(v->trace);
}

/* --- text --- */

static void put_text(struct pen *pen, int indent, const char *text)
{
	pen_to(pen, HEAD_AT);
	pen_wrap(pen, indent, text);
	pen_line(pen);
}

static void put_unusual(struct pen *pen, const struct view *v)
{
	const struct close_case *c = &v->named;
	char text[CASE_CLAUSE_BYTES + 64];

	for (unsigned i = 0; i < c->unusual_count; i++) {
		snprintf(text, sizeof text, "unusual: frame %zu: %s", v->flow->frames[c->unusual[i].segment],
		         c->unusual[i].text);
		put_text(pen, HEAD_AT + 2, text);
	}
	snprintf(text, sizeof text, "unusual: %u more", c->unusual_more);
	if (c->unusual_more > 0)
		put_text(pen, HEAD_AT + 2, text);
}

static void put_head(struct drawing *d, const struct view *v, size_t number)
{
	const struct segment *s = v->flow->list[0];
	char from[ENDPOINT_TEXT_BYTES], to[ENDPOINT_TEXT_BYTES], text[CASE_TEXT_BYTES];
	size_t copies = v->flow->copies;
	bool turned = v->marks[0].from != 0;
	struct pen pen;

	pen_init(&pen, d->human, &d->style);
	endpoint_text(&s->src, s->sport, from);
	endpoint_text(&s->dst, s->dport, to);
	pen_printf(&pen, "%zu  %s > %s", number, turned ? to : from, turned ? from : to);
	pen_line(&pen);
	put_text(&pen, HEAD_AT, close_case_text(&v->named, text));
	snprintf(text, sizeof text, "%zu segment%s the capture twice (as of -i any): counted once", copies,
	         copies == 1 ? " is in" : "s are in");
	if (copies > 0)
		put_text(&pen, HEAD_AT, text);
	put_unusual(&pen, v);
}

/* What lies between the handshake and the close is left out. */
static void choose_rows(const struct drawing *d, const struct view *v, struct picture *p)
{
	size_t end = v->named.close_at, begin = v->named.began ? OPENING : 0;

	if (end > BEFORE_CLOSE)
		end -= BEFORE_CLOSE;
	if (d->options->verbose || end <= begin + 1)
		return;
	p->skip_at = begin;
	p->skip = end - begin;
}

static bool put_ladder(struct drawing *d, const struct view *v, struct diag *why)
{
	struct picture p = {.trace = v->trace,
	                    .count = v->flow->count,
	                    .left_isn = v->named.seen.ends[0].isn,
	                    .right_isn = v->named.seen.ends[1].isn,
	                    .left = v->named.began ? "client" : "A",
	                    .right = v->named.began ? "server" : "B",
	                    .begun = v->named.began,
	                    .no_states = v->named.kind == CLOSE_ONE_WAY};

	choose_rows(d, v, &p);
	fputc('\n', d->human);
	bool ok = ladder_draw(d->human, &d->style, &p, why);
	fputc('\n', d->human);
	return ok;
}

/* --- all --- */

static bool put_json(struct drawing *d, const struct view *v, size_t number, struct diag *why)
{
	char *line = case_json(d->options->reads.items[0], number, v->flow, &v->named, v->marks);
	bool ok = fprintf(d->json, "%s\n", line) > 0 && fflush(d->json) == 0;

	free(line);
	return ok || diag_set(why, "the JSON is not whole: %s", strerror(errno));
}

static bool draw_flow(struct drawing *d, size_t i, struct diag *why)
{
	struct view v;
	bool ok;

	make_view(&v, &d->flows.list[i], d->file.end_ns);
	for (size_t k = 0; k < v.flow->count; k++)
		d->lost = d->lost || v.trace[k].lost;
	put_head(d, &v, i + 1);
	ok = (d->options->quiet || put_ladder(d, &v, why)) && (!d->json || put_json(d, &v, i + 1, why));
	free_view(&v);
	return ok;
}

static bool open_output(struct drawing *d, struct diag *why)
{
	const struct options *o = d->options;
	bool to_stdout = o->json && strcmp(o->json, "-") == 0;

	d->human = to_stdout ? stderr : stdout;
	d->style = style_detect(fileno(d->human), o->color, o->ascii);
	if (o->json)
		d->json = to_stdout ? stdout : fopen(o->json, "we");
	return !o->json || d->json || diag_set(why, "--json %s: %s", o->json, strerror(errno));
}

/* What the capture holds and nobody can draw. */
static void tell_rest(const struct drawing *d)
{
	const struct capture_file *f = &d->file;

	if (f->fragments > 0 && f->gathered == 0)
		fprintf(stderr,
		        "fourwave draw: left out: %zu fragment%s of IP packets, which could not be put "
		        "together\n",
		        f->fragments, f->fragments == 1 ? "" : "s");
	else if (f->fragments > 0)
		fprintf(stderr,
		        "fourwave draw: put together: %zu segment%s, of %zu fragments of IP packets\n",
		        f->gathered, f->gathered == 1 ? "" : "s", f->fragments);
	if (f->damaged > 0)
		fprintf(stderr,
		        "fourwave draw: %zu frame%s left out: cut short, or with headers that cannot be; "
		        "tcpdump -s 0 captures whole ones\n",
		        f->damaged, f->damaged == 1 ? " was" : "s were");
}

/* What fourwave loses on purpose looks lost; which of it that was, only the scenario tells. */
static void tell_maker(const struct drawing *d)
{
	struct journal *j;
	struct diag why;

	if (!d->lost || !d->file.note || !(j = journal_parse(d->file.note, d->file.note_len, &why)))
		return;
	fprintf(
	    stderr,
	    "fourwave draw: %s was made by fourwave, whose scenario \"%s\" may have lost that on purpose\n",
	    d->options->reads.items[0], j->scenario);
	journal_free(j);
}

static int draw(const struct command *c, struct drawing *d)
{
	struct diag broken = {.text = ""}, why;
	const char *path = d->options->reads.items[0];
	bool whole = capture_file_read(path, &d->file, &broken);

	if (!open_output(d, &why))
		return command_usage(c, why.text);
	flows_find(&d->flows, &d->file);
	for (size_t i = 0; i < d->flows.count; i++)
		if (!draw_flow(d, i, &why))
			return command_error(c, why.text);
	if (whole && d->flows.count == 0) {
		capture_file_empty(&d->file, path, &why);
		return command_usage(c, why.text);
	}
	tell_rest(d);
	tell_maker(d);
	if (whole)
		return STATUS_OK;
	fprintf(stderr, "fourwave draw: %s%s\n", broken.text,
	        d->flows.count > 0 ? "; what stands before that is drawn" : "");
	return STATUS_USAGE;
}

static bool check_captures(const struct command *c, const struct options *o, struct diag *d)
{
	const struct strings *reads = &o->reads;
	const char *end;

	for (size_t i = 0; i < reads->count; i++)
		if ((end = strrchr(reads->items[i], '.')) && strcmp(end, ".wave") == 0)
			return diag_set(d, "draw takes no scenario: for %s use fourwave judge",
			                reads->items[i]);
	if (reads->count > 1)
		return diag_set(d, "one capture is drawn at a time, not %s too", reads->items[1]);
	return reads->count == 1 || diag_set(d, "no capture is named: fourwave %s %s", c->name, c->synopsis);
}

static int draw_all(const struct command *c, const struct options *o)
{
	struct drawing d = {.options = o};
	struct diag why;
	int status;

	if (!check_captures(c, o, &why))
		return command_usage(c, why.text);
	status = draw(c, &d);
	if (d.json && d.json != stdout && fclose(d.json) != 0 && status == STATUS_OK) {
		fprintf(stderr, "fourwave draw: --json %s: %s\n", o->json, strerror(errno));
		status = STATUS_ERROR;
	}
	flows_free(&d.flows);
	capture_file_free(&d.file);
	return status;
}

static const struct flag flags[] = {
    {'r', "--read", "FILE", "the capture to be drawn; - for standard input",
     FLAG_LIST(struct options, reads)},
    OPTION_JSON("connection"),
    OPTION_COLOR,
    OPTION_ASCII,
    OPTION_VERBOSE("draw every segment, not only those of the close"),
    OPTION_QUIET("name the cases, and draw nothing"),
    {0},
};

const struct command command_draw = {
    .name = "draw",
    .brief = "draw how the connections of a capture were closed",
    .synopsis = "[options] -r FILE",
    .summary = "Draws the connections of a capture, anybody's, as sequence diagrams, and says how\n"
               "each of them was closed, what was lost, and what is unusual against RFC 9293.",
    .examples = "fourwave draw -r close.pcap\tthe ladder of each connection in a capture\n",
    .flags = flags,
    .operands = OPERANDS_CAPTURES,
    .run = options_play,
    .play = draw_all,
};
