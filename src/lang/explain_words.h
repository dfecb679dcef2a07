/* Pieces of explain's sentences. */
#ifndef FW_EXPLAIN_WORDS_H
#define FW_EXPLAIN_WORDS_H

#include "core/scenario.h"
#include "base/text.h"

/* "SYN, ACK with seq rcv.nxt (1), ..."; numbers of now in brackets. */
void words_segment(UT_string *b, const struct scenario *s, const struct pattern *p, bool ours,
                   const struct scope *scope);

/* ", not before 10 ms and at most 1 s after fin" or "" */
void words_timing(UT_string *b, const struct scenario *s, const struct timing *t);

void words_series(UT_string *b, const struct scenario *s, const struct step *step);
void words_provoke(UT_string *b, const struct provocation *p);
void words_state(UT_string *b, const struct step *step);

#endif
