/* Pieces of explain's sentences. */
#ifndef FW_EXPLAIN_WORDS_H
#define FW_EXPLAIN_WORDS_H

#include "core/scenario.h"
#include "lang/buffer.h"

/* "SYN, ACK with seq rcv.nxt (1), ..."; numbers of now in brackets. */
void words_segment(struct buffer *b, const struct scenario *s, const struct pattern *p, bool ours,
                   const struct scope *scope);

/* ", not before 10 ms and at most 1 s after fin" or "" */
void words_timing(struct buffer *b, const struct scenario *s, const struct timing *t);

void words_series(struct buffer *b, const struct scenario *s, const struct step *step);
void words_provoke(struct buffer *b, const struct provocation *p);
void words_state(struct buffer *b, const struct step *step);

#endif
