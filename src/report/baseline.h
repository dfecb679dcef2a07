/* What is known of a peer, and does not count: a file of its deviations. A line each, SCENARIO FAMILY CODE
 * CLAUSE # REASON; fourwave(1), BASELINE, says what each may be. Reads such a file, finds in it what a run
 * came to, and writes it anew. Opens nothing but the file that is read. */
#ifndef FW_BASELINE_H
#define FW_BASELINE_H

#include "lang/messages.h"
#include "report/result.h"

struct baseline;

/* NULL where there is an error: messages say which. The caller frees it with baseline_free(). */
struct baseline *baseline_load(const char *path, struct messages *m);

/* The same of a text in memory; file stands in the messages. */
struct baseline *baseline_parse(const char *file, const char *text, size_t len, struct messages *m);

/* NULL is allowed. */
void baseline_free(struct baseline *b);

/* Why the deviations of a failure or a warning are known, where all of them are: the reasons, each once; ""
 * where the entries have none. NULL: one of them is new; there is none; nobody could judge. It lives as long
 * as b, which may be NULL: then nothing is known. */
const char *baseline_knows(const struct baseline *b, const struct result *r);

/* The same of a rule, in each family in which it was broken. */
const char *baseline_knows_rule(const struct baseline *b, const struct rule_result *rule);

/* What was played and did not come, in the file's order. An entry is gone in a family where its scenario was
 * judged there, in each of its plays, and came in none; but not where something new ended a play before its
 * last step, as nobody knows what would have come then, nor where the profile leaves open what it is about.
 * The list is to be freed; its texts live as long as b.
 */
struct gone_list baseline_gone(const struct baseline *b, const struct result *results, size_t count,
                               const struct rule_results *broken);

/* The file as it is to be after this run: of old (or NULL) what came again, what was not played or could not
 * be judged, and its comments, as they stand there; behind that what is new. False with d where writing
 * fails. */
bool baseline_write(FILE *out, const struct baseline *old, const struct result *results, size_t count,
                    const struct rule_results *broken, struct diag *d);

#endif
