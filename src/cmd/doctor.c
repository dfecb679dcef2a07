/* fourwave doctor: says what this machine can and cannot do. Looks at nothing itself but files and tools. */
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "report/pen.h"
#include "cmd/collect.h"
#include "cmd/doctor.h"
#include "cmd/options.h"

enum { TEXT_COLUMN = 6, REMEDY_COLUMN = 24 };

void findings_add(struct findings *f, enum finding_kind kind, const char *what, const char *fmt, ...)
{
	struct finding *one = &f->list[f->count];
	va_list args;

	if (f->count == FINDINGS_MAX)
		return;
	f->count++;
	one->kind = kind;
	snprintf(one->what, sizeof one->what, "%s", what);
	va_start(args, fmt);
	vsnprintf(one->text, sizeof one->text, fmt, args);
	va_end(args);
}

/* --- what comes with the program, and what goes well with it --- */

static void look_at_scenarios(struct findings *f)
{
	char *dir = scenarios_path("table");
	struct collection c = {0};
	const char *const paths[] = {dir};
	struct diag d = {.text = "out of memory"};

	if (dir && collection_find(&c, paths, 1, &d))
		findings_add(f, FINDING_OK, "scenarios", "%zu of the exception table in %s", c.file_count,
		             dir);
	else
		findings_add(f, FINDING_NO, "scenarios",
		             "%s: install them (make install), or say where with FOURWAVE_SCENARIOS", d.text);
	collection_free(&c);
	free(dir);
}

static bool in_path(const char *tool)
{
	const char *path = getenv("PATH");
	char file[512];

	while (path && *path != '\0') {
		size_t len = strcspn(path, ":");
		snprintf(file, sizeof file, "%.*s/%s", (int)len, path, tool);
		if (access(file, X_OK) == 0)
			return true;
		path += len + (path[len] == ':');
	}
	return false;
}

static void look_at_tools(struct findings *f)
{
	static const char *const tools[] = {"tcpdump", "tshark"};

	for (size_t i = 0; i < sizeof tools / sizeof *tools; i++)
		if (in_path(tools[i]))
			findings_add(f, FINDING_OK, tools[i], "reads the captures of -w");
		else
			findings_add(f, FINDING_NOTE, tools[i],
			             "is not here; fourwave does without, but it reads the captures of -w: "
			             "apt-get install %s",
			             tools[i]);
}

static void look_at_locale(struct findings *f, const struct style *style)
{
	if (style->unicode)
		findings_add(f, FINDING_OK, "locale", "UTF-8: ladders are drawn with lines");
	else
		findings_add(
		    f, FINDING_NOTE, "locale",
		    "is not UTF-8: ladders are drawn with 7-bit characters; LC_ALL=C.UTF-8 changes that");
}

/* --- the report --- */

static void print_finding(struct pen *pen, const struct finding *one)
{
	static const char *const words[] = {
	    [FINDING_OK] = "ok", [FINDING_NOTE] = "note", [FINDING_NO] = "no"};
	static const enum paint paints[] = {
	    [FINDING_OK] = PAINT_GOOD, [FINDING_NOTE] = PAINT_WARN, [FINDING_NO] = PAINT_BAD};

	pen_paint(pen, paints[one->kind]);
	pen_text(pen, words[one->kind]);
	pen_paint(pen, PAINT_NONE);
	pen_to(pen, TEXT_COLUMN);
	pen_text(pen, one->what);
	pen_to(pen, REMEDY_COLUMN);
	if (pen->column > REMEDY_COLUMN)
		pen_text(pen, "  ");
	pen_wrap(pen, REMEDY_COLUMN, one->text);
	pen_line(pen);
}

static bool print(const struct findings *f, const struct options *o, const struct style *style,
                  const char *end, struct diag *d)
{
	struct pen pen;

	pen_init(&pen, stdout, style);
	for (unsigned i = 0; i < f->count; i++)
		if (!o->quiet || f->list[i].kind == FINDING_NO)
			print_finding(&pen, &f->list[i]);
	if (!o->quiet) {
		pen_line(&pen);
		pen_wrap(&pen, 0, end);
		pen_line(&pen);
	}
	return pen_done(&pen, d);
}

static int examine(const struct command *c, const struct options *o)
{
	struct style style = style_detect(STDOUT_FILENO, o->color, false);
	struct findings f = {.count = 0};
	struct diag d;
	bool lab, host, bad = false;
	const char *end;

	if (o->path_count > 0)
		return command_usage(c, "it takes no operands");
	lab = doctor_lab(&f);
	host = doctor_host(&f);
	look_at_scenarios(&f);
	look_at_tools(&f);
	look_at_locale(&f, &style);
	for (unsigned i = 0; i < f.count; i++)
		bad |= f.list[i].kind == FINDING_NO;
	end = lab && host ? "Both the lab and real hosts can be judged. Begin with: fourwave table --quick"
	      : lab       ? "The lab works. Begin with: fourwave table --quick"
	      : host      ? "Real hosts can be judged. Begin with: fourwave table -t HOST:PORT"
	                  : "Nothing can be judged from here until a line above is mended.";
	if (print(&f, o, &style, end, &d))
		return bad ? STATUS_FAIL : STATUS_OK;
	return command_error(c, d.text);
}

static int run(const struct command *c, int argc, char **argv)
{
	return options_play(c, argc, argv, examine);
}

static const struct flag flags[] = {OPTION_COLOR, OPTION_QUIET("show only what does not work"), {0}};

const struct command command_doctor = {
    .name = "doctor",
    .brief = "say what this machine can do, and what not",
    .synopsis = "[-q]",
    .summary = "Says what this machine can and cannot do, each with the remedy. Tries the lab and\n"
               "the port shield on this machine itself; sends nothing to others, changes nothing.\n"
               "Ends with 0 where all is well, and with 1 where a line says \"no\".",
    .examples = "fourwave doctor\twhat this machine can do\n"
                "fourwave doctor -q\tonly what it cannot\n",
    .flags = flags,
    .run = run,
};
