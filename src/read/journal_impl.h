/* The inside of journal.h, shared by journal*.c and nobody else. */
#ifndef FW_JOURNAL_IMPL_H
#define FW_JOURNAL_IMPL_H

#include <jansson.h>

#include "read/journal.h"

/* jansson refuses what is not UTF-8. */
json_t *journal_string(const char *text);

/* null for NULL. */
json_t *journal_reason(const struct reason *r);

/* From JSON of unknown origin: false where it makes no sense. What its numbers index may still not be there.
 */
bool journal_get_reason(json_t *object, struct reason *out);

#endif
