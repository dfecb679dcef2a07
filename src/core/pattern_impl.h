/* What matching, lowering and building share about option patterns: where
 * each stands. Private to pattern*.c. */
#ifndef FW_PATTERN_IMPL_H
#define FW_PATTERN_IMPL_H

#include "pattern.h"

/* True for NOP and EOL (raw or not): one byte, no length. */
bool option_pattern_single(const struct option_pattern *o);

/* Bytes of all the pattern's options, not padded. */
unsigned options_pattern_bytes(const struct pattern *p);

/* The list in tcpdump's notation, "*" for any. */
void options_pattern_text(const struct pattern *p, const struct scope *scope, char *buf, size_t size);

/* A number of one of an option's values: where it stands, how wide it is and what is asked of it. */
struct option_value {
	unsigned offset; /* from the option's first byte */
	unsigned width;  /* 1, 2 or 4 bytes */
	const struct field *field;
	char which; /* as for field_range() */
};

enum { OPTION_VALUES_MAX = 2 * SACK_BLOCKS_MAX };

/* Fills in the option's values, returns how many. */
unsigned option_pattern_values(const struct option_pattern *o, struct option_value out[OPTION_VALUES_MAX]);

#endif
