/* The files of data/ as the program has them in itself, so that it needs none of them where it is installed.
 */
#ifndef FW_EMBEDDED_H
#define FW_EMBEDDED_H

#include <string.h>

struct embedded {
	const char *name; /* below data/: "page.css" */
	const char *text; /* all of it */
};

/* Ends with a NULL name; data/embed.awk makes it. */
extern const struct embedded embedded_files[];

/* The text of a file; NULL where there is none of that name. */
static inline const char *embedded_text(const char *name)
{
	const struct embedded *e = embedded_files;

	while (e->name && strcmp(e->name, name) != 0)
		e++;
	return e->text;
}

#endif
