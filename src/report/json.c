/* A result as a line of JSON. Knows no fact. */
#include "report/formats.h"

#include <errno.h>
#include <stdlib.h>

#include "report/facts.h"
#include "report/pen.h"

bool json_result(FILE *out, const struct result *r, struct diag *d)
{
	json_t *object = json_pack("{si}", "schema_version", JSON_SCHEMA_VERSION);
	char *line;
	int error = 0;

	facts_json(r, object);
	line = json_dumps(object, JSON_COMPACT | JSON_ENSURE_ASCII | JSON_REAL_PRECISION(9));
	json_decref(object);
	errno = 0;
	if (fputs(line, out) == EOF || fputc('\n', out) == EOF)
		error = errno ? errno : EIO;
	free(line);
	return report_flush(out, error, d);
}
