/* What reasons and differences are said with. Knows no result. */
#ifndef FW_TEMPLATES_H
#define FW_TEMPLATES_H

#include "core/reason.h"

/* "{text} came after the last step": the words in braces are explained in reason.c. NULL: phrase.c says it
 * otherwise. */
const char *reason_template(const struct reason *why);

/* "{0:.3s} s before" */
const char *datum_template(enum datum_kind kind);

#endif
