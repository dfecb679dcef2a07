/* What matching, lowering and building share about option patterns: where
 * each stands. Private to pattern*.c. */
#ifndef FW_PATTERN_IMPL_H
#define FW_PATTERN_IMPL_H

#include "pattern.h"

/* The option's row of the table; NULL where it is raw. */
const struct option_rule *option_pattern_rule(const struct option_pattern *o);

/* True for NOP and EOL (raw or not): one byte, no length. */
bool option_pattern_single(const struct option_pattern *o);

/* Bytes of all the pattern's options, not padded. */
unsigned options_pattern_bytes(const struct pattern *p);

/* The list in tcpdump's notation, "*" for any. */
void options_pattern_text(const struct pattern *p, const struct scope *scope, char *buf, size_t size);

/* One of the option's numbers: where it stands, how wide it is and what is asked of it. */
struct option_value {
	unsigned offset; /* from the option's first byte */
	unsigned width;  /* 1, 2 or 4 bytes */
	const struct field *field;
	char which; /* as for field_range() */
};

/* Fills in the option's i-th number. False: there are no more. */
bool option_pattern_value(const struct option_pattern *o, unsigned i, struct option_value *out);

#endif
