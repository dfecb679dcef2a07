/* Finds embedded files. Knows nothing of what is in them. */
#include "base/embedded.h"

#include <string.h>

const char *embedded_text(const char *name)
{
	for (const struct embedded *e = embedded_files; e->name; e++)
		if (strcmp(e->name, name) == 0)
			return e->text;
	return NULL;
}
