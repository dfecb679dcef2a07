/* fourwave draw: how the connections of a capture were closed. Sends nothing and needs no privilege. */
#include <errno.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "read/close_case.h"
#include "read/file.h"
#include "read/journal.h"
#include "report/ladder.h"
#include "report/pen.h"
#include "report/words.h"
#include "cmd/options.h"
#include "cmd/output.h"

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

/* --- text --- */

/* A line, or as many as it takes: those behind the first stand deeper where it is of a list. */
static void __attribute__((format(printf, 3, 4))) put_text(struct pen *pen, int indent, const char *fmt, ...)
{
	char text[CASE_TEXT_BYTES];
	va_list args;

	va_start(args, fmt);
	vsnprintf(text, sizeof text, fmt, args);
	va_end(args);
	pen_to(pen, HEAD_AT);
	pen_wrap(pen, indent, text);
	pen_line(pen);
}

static void put_head(struct drawing *d, const struct view *v, size_t number)
{
	const struct segment *s = v->flow->list[0];
	const struct close_case *c = &v->named;
	char from[ENDPOINT_TEXT_BYTES], to[ENDPOINT_TEXT_BYTES], text[CASE_TEXT_BYTES];
	size_t copies = v->flow->copies;
	bool turned = v->marks[0].from != 0;
	struct pen pen;

	pen_init(&pen, d->human, &d->style);
	endpoint_text(&s->src, s->sport, from);
	endpoint_text(&s->dst, s->dport, to);
	pen_printf(&pen, "%zu  %s > %s", number, turned ? to : from, turned ? from : to);
	pen_line(&pen);
	put_text(&pen, HEAD_AT, "%s", close_case_text(c, text));
	if (copies > 0)
		put_text(&pen, HEAD_AT, "%zu segment%s the capture twice (as of -i any): counted once",
		         copies, copies == 1 ? " is in" : "s are in");
	for (unsigned i = 0; i < c->unusual_count; i++)
		put_text(&pen, HEAD_AT + 2, "unusual: frame %zu: %s", v->flow->frames[c->unusual[i].segment],
		         c->unusual[i].text);
	if (c->unusual_more > 0)
		put_text(&pen, HEAD_AT + 2, "unusual: %u more", c->unusual_more);
}

/* What lies between the handshake and the close is left out. */
static bool put_ladder(struct drawing *d, const struct view *v, struct diag *why)
{
	size_t end = v->named.close_at, begin = v->named.began ? OPENING : 0;
	bool ok;
	struct picture p = {.trace = v->trace,
	                    .count = v->flow->count,
	                    .left_isn = v->named.seen.ends[0].isn,
	                    .right_isn = v->named.seen.ends[1].isn,
	                    .left = v->named.began ? "client" : "A",
	                    .right = v->named.began ? "server" : "B",
	                    .begun = v->named.began,
	                    .no_states = v->named.kind == CLOSE_ONE_WAY};

	if (end > BEFORE_CLOSE)
		end -= BEFORE_CLOSE;
	if (!d->options->verbose && end > begin + 1) {
		p.skip_at = begin;
		p.skip = end - begin;
	}
	fputc('\n', d->human);
	ok = ladder_draw(d->human, &d->style, &p, why);
	fputc('\n', d->human);
	return ok;
}

/* --- all --- */

static bool draw_flow(struct drawing *d, size_t i, struct diag *why)
{
	char *line = NULL;
	struct view v;
	bool ok;

	make_view(&v, &d->flows.list[i], d->file.end_ns);
	for (size_t k = 0; k < v.flow->count; k++)
		d->lost = d->lost || v.trace[k].lost;
	put_head(d, &v, i + 1);
	ok = d->options->quiet || put_ladder(d, &v, why);
	if (ok && d->json) {
		line = case_json(d->options->reads.items[0], i + 1, v.flow, &v.named, v.marks);
		ok = (fprintf(d->json, "%s\n", line) > 0 && fflush(d->json) == 0) ||
		     diag_set(why, "the JSON is not whole: %s", strerror(errno));
	}
	free(line);
	free(v.marks);
	free(v.trace);
	return ok;
}

/* What the capture holds and nobody can draw. And what fourwave loses on purpose looks lost; which of it that
 * was, only the scenario tells. */
static void tell_rest(const struct drawing *d)
{
	const struct capture_file *f = &d->file;
	struct journal *j = NULL;
	struct diag why;

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
	if (d->lost && f->note)
		j = journal_parse(f->note, f->note_len, &why);
	if (j)
		fprintf(stderr,
		        "fourwave draw: %s was made by fourwave, whose scenario \"%s\" may have lost that on "
		        "purpose\n",
		        d->options->reads.items[0], j->scenario);
	journal_free(j);
}

static int draw(const struct command *c, struct drawing *d)
{
	struct diag broken = {.text = ""}, why;
	const char *path = d->options->reads.items[0];
	bool whole = capture_file_read(path, &d->file, &broken);

	if (!output_streams(d->options, &d->human, &d->json, &d->style, &why))
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
