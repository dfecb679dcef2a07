/* How a report may look where it is going: colours, Unicode, width. */
#ifndef FW_STYLE_H
#define FW_STYLE_H

#include <stdbool.h>

enum color_mode { COLOR_AUTO, COLOR_ALWAYS, COLOR_NEVER };

enum { STYLE_WIDTH_DEFAULT = 80, STYLE_WIDTH_MIN = 40, STYLE_WIDTH_MAX = 400 };

struct style {
	bool color;
	bool unicode; /* else 7-bit characters only */
	int width;    /* columns */
};

/* Looks at what fd is. Colour, where the mode leaves it open: a terminal, TERM not "dumb", and NO_COLOR
 * unset or empty. Unicode: the environment's locale is UTF-8 and ascii is not asked for. Width: the
 * terminal's, else COLUMNS, else 80. Reads the environment; changes no locale. */
struct style style_detect(int fd, enum color_mode color, bool ascii);

/* "auto", "always", "never". False where it is none of them. */
bool color_mode_parse(const char *text, enum color_mode *out);

#endif
