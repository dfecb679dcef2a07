/* What is malformed on purpose: how a proper segment is turned into what leaves, how that is known again
 * where it is seen, and the words for it. All others carry a struct malformation, and ask here. */
#ifndef FW_MALFORM_H
#define FW_MALFORM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/diag.h"

struct gather;
struct segment;

/* A byte of the options that gives a false length. */
struct false_length {
	uint8_t at; /* its place in the options */
	uint8_t says;
	const struct false_length *next;
};

/* What is wrong with a segment; all zero: nothing. */
struct malformation {
	bool checksum;     /* to be sent: TCP's is wrong */
	bool has_offset;   /* the data offset says: */
	uint8_t offset;    /* so many 32-bit words, and that is false */
	bool other_port;   /* to be sent: from a port of ours that is not the connection's */
	uint16_t fragment; /* in IP fragments, each with at most so many bytes of TCP; 0: whole */
	const struct false_length *lengths; /* of a pattern */
};

/* --- made --- */

/* Makes of s, which is proper, what m says. other_port: the port that it may leave from, 0 where there is
 * none. False with d, at a place: what would be no malformation proves nothing (an offset that is the true
 * one, a fragment that holds all of it), or there is no other port. */
bool malform_make(const struct malformation *m, uint16_t other_port, struct segment *s, struct where where,
                  struct diag *d);

/* The same in the bytes of a TCP header that is whole and whose checksum is right. Fragments are cut by
 * decode.h. */
void malform_bytes(const struct malformation *m, uint8_t *tcp);

/* --- known again --- */

/* A captured packet that decode_ip() refused: is it one that may have been malformed on purpose? A part of a
 * segment waits in g for the others. True: what was sent, borrowed from ip or, until the next call, from g.
 */
bool malform_decode(struct gather *g, const uint8_t *ip, size_t captured, size_t wire_len, int64_t time_ns,
                    struct segment *out);

/* Has seen the options and the payload of sent? Where options end and payload begins depends on who believes
 * a false offset; then the bytes are compared as a whole, else the options by same_options. */
bool malform_same(const struct segment *sent, const struct segment *seen,
                  bool (*same_options)(const struct segment *, const struct segment *));

/* Did this host undo on the way out what was malformed in sent? */
bool malform_mended(const struct segment *sent, const struct segment *seen);

/* Nobody is to take it for what it says: it has a wrong checksum, a false data offset, or comes from another
 * port. */
bool malform_is_void(const struct segment *s);

/* --- words --- */

/* What is malformed in a segment: "offset 3, in 2 fragments", or "". Returns buf. */
enum { MALFORM_TEXT_BYTES = 96 };
const char *malform_text(const struct segment *s, char buf[MALFORM_TEXT_BYTES]);

/* The same as tcpdump might say it: ", bad data offset 3". */
const char *malform_tcpdump(const struct segment *s, char buf[MALFORM_TEXT_BYTES]);

/* What is to be malformed: ", with a data offset of 3". */
enum { MALFORM_WORDS_BYTES = 160 };
const char *malform_words(const struct malformation *m, char buf[MALFORM_WORDS_BYTES]);

/* The false length at a place of the options, or NULL. */
const struct false_length *malform_length(const struct malformation *m, unsigned at);

#endif
