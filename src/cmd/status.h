/* Exit statuses, as the design settles them; main() alone exits. */
#ifndef FW_STATUS_H
#define FW_STATUS_H

#include "report/result.h"

enum status {
	STATUS_OK = 0,    /* all passed, or some skipped */
	STATUS_FAIL = 1,  /* a failure */
	STATUS_USAGE = 2, /* bad usage or a bad scenario: nothing was sent */
	STATUS_SKIP = 77, /* all skipped */
	STATUS_ERROR = 99 /* something could not be judged */
};

/* A failure comes before an error, an error before "all skipped". */
static inline enum status status_of(const struct tally *t)
{
	if (t->failed > 0)
		return STATUS_FAIL;
	if (t->errors > 0)
		return STATUS_ERROR;
	if (t->passed == 0 && t->skipped > 0)
		return STATUS_SKIP;
	return STATUS_OK;
}

#endif
