/* Finds out how a report may look. Knows the terminal and the environment,
 * and nothing of what will be written. */
#include "report/style.h"

#include <langinfo.h>
#include <locale.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/ioctl.h>
#include <unistd.h>

static bool wants_color(int fd)
{
	const char *term = getenv("TERM"), *no_color = getenv("NO_COLOR");

	/* no-color.org: any value but the empty one */
	return isatty(fd) && !(no_color && *no_color) && term && strcmp(term, "dumb") != 0;
}

/* A locale of its own, so that the program's (and with it printf's decimal point) stays as it is. */
static bool locale_is_utf8(void)
{
	locale_t locale = newlocale(LC_CTYPE_MASK, "", (locale_t)0);
	bool utf8;

	if (!locale)
		return false;
	utf8 = strcasecmp(nl_langinfo_l(CODESET, locale), "UTF-8") == 0;
	freelocale(locale);
	return utf8;
}

static int find_width(int fd)
{
	struct winsize size;
	const char *columns = getenv("COLUMNS");
	long width = 0;

	if (ioctl(fd, TIOCGWINSZ, &size) == 0)
		width = size.ws_col;
	if (width == 0 && columns)
		width = strtol(columns, NULL, 10);
	if (width <= 0)
		width = STYLE_WIDTH_DEFAULT;
	width = width < STYLE_WIDTH_MIN ? STYLE_WIDTH_MIN : width;
	return (int)(width > STYLE_WIDTH_MAX ? STYLE_WIDTH_MAX : width);
}

struct style style_detect(int fd, enum color_mode color, bool ascii)
{
	return (struct style){
	    .color = color == COLOR_ALWAYS || (color == COLOR_AUTO && wants_color(fd)),
	    .width = find_width(fd),
	    .unicode = !ascii && locale_is_utf8(),
	};
}

bool color_mode_parse(const char *text, enum color_mode *out)
{
	static const char *const modes[] = {
	    [COLOR_AUTO] = "auto",
	    [COLOR_ALWAYS] = "always",
	    [COLOR_NEVER] = "never",
	};

	for (size_t i = 0; i < sizeof modes / sizeof *modes; i++) {
		if (strcmp(text, modes[i]) == 0) {
			*out = (enum color_mode)i;
			return true;
		}
	}
	return false;
}
