/* Scenarios to start from, one for each row and role. */
#ifndef FW_TEMPLATES_H
#define FW_TEMPLATES_H

#include "core/names.h"

struct template
{
	int row; /* 0: no row of the exception table */
	enum role role;
	const char *title;
	const char *header; /* further header lines, or "" */
	const char *steps;  /* with comments that say what each does */
};

/* The one for a row (0 to 5) and a role; NULL where the table has no such
 * case: a row is played as active or passive. */
const struct template *template_find(int row, enum role role);

#endif
