/* TCP options (RFC 9293, 3.2): the one table of those that are known, and an option as a value. Reading,
 * writing, text, the language, patterns and their pcap expressions all go by the table; nobody else knows an
 * option's length. */
#ifndef FW_TCP_OPTIONS_H
#define FW_TCP_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/text.h"

enum { TCP_OPTIONS_MAX_BYTES = 40 };

enum {
	OPT_EOL = 0,
	OPT_NOP = 1,
	OPT_MSS = 2,
	OPT_WSCALE = 3,
	OPT_SACK_PERMITTED = 4,
	OPT_SACK = 5,
	OPT_TIMESTAMPS = 8
};

enum { SACK_BLOCKS_MAX = 4, OPTION_FIELDS_MAX = 2, OPTION_VALUES_MAX = OPTION_FIELDS_MAX * SACK_BLOCKS_MAX };

/* --- the table --- */

/* A number in an option; they stand one behind the other, after kind and length. */
struct option_field {
	const char *word; /* is written before it ("val"); NULL: nothing is */
	uint8_t width;    /* 1, 2 or 4 bytes; 0: there is no such field */
	char which;       /* 'a': it counts octets of the stream as an ack does; 0: it counts nothing */
};

struct option_rule {
	uint8_t kind;
	const char *name; /* as tcpdump and a scenario write it */
	bool single;      /* the kind alone, with no length */
	struct option_field fields[OPTION_FIELDS_MAX];
	uint8_t most;  /* the fields stand 1 to so many times, as blocks; 0: they stand once */
	bool syn_only; /* belongs into a SYN alone, and a rule says who says so */
};

/* The row of a kind, or NULL. */
const struct option_rule *option_rule(uint8_t kind);

/* The row of a name, or NULL. */
const struct option_rule *option_named(const char *name);

/* The rows one after the other, from at 0 on; NULL behind the last. */
const struct option_rule *option_row(size_t at);

/* How many numbers there are in it, where its fields stand in so many blocks; and its bytes on the wire,
 * kind and length included. */
unsigned option_values(const struct option_rule *r, unsigned blocks);
unsigned option_bytes(const struct option_rule *r, unsigned blocks);

/* The field that its i-th number is of, and where that stands behind the option's first byte. */
const struct option_field *option_field(const struct option_rule *r, unsigned i, unsigned *offset);

/* Its name and its numbers in tcpdump's notation; number writes the i-th. */
typedef void option_number(struct cut *text, unsigned i, const void *context);
void option_text(struct cut *text, const struct option_rule *r, unsigned blocks, option_number *number,
                 const void *context);

/* --- values --- */

/* One option. One whose kind is not in the table, or whose length is not that of its kind, is unknown and has
 * only data; else it has values, in the order of its fields. */
struct tcp_option {
	uint8_t kind;
	bool unknown;
	uint8_t data_len;    /* bytes after kind and length */
	const uint8_t *data; /* borrowed from the options' bytes */
	uint8_t sack_blocks;
	union {
		uint32_t values[OPTION_VALUES_MAX];
		uint32_t mss, wscale;
		struct {
			uint32_t ts_val, ts_ecr;
		};
		struct {
			uint32_t left, right;
		} sack[SACK_BLOCKS_MAX];
	};
};

/* Steps through the option bytes. *at starts at 0. Returns 1 and fills opt,
 * 0 at the end (EOL is returned once, as an option, and ends the list), -1
 * where a length is false (RFC 9293, MUST-7): less than 2 or past the end. */
int options_next(const uint8_t *bytes, size_t len, size_t *at, struct tcp_option *opt);

/* Finds the first well-formed option of a kind. */
bool options_find(const uint8_t *bytes, size_t len, uint8_t kind, struct tcp_option *opt);

/* Appends an option to bytes, which hold *len of at most
 * TCP_OPTIONS_MAX_BYTES. False, with nothing written, where it does not fit. */
bool options_append(uint8_t *bytes, uint8_t *len, const struct tcp_option *opt);

/* Pads with EOL to a multiple of four (RFC 9293, MUST-69: padded with 0). */
void options_pad(uint8_t *bytes, uint8_t *len);

/* Writes the options in tcpdump's notation ("mss 1460,nop,wscale 7") and
 * returns buf; cut where size, at least 1, is too small. */
const char *options_text(const uint8_t *bytes, size_t len, char *buf, size_t size);

#endif
