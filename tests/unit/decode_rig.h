/* What the tests of decoding share. */
#ifndef FW_DECODE_RIG_H
#define FW_DECODE_RIG_H

#include "core/decode.h"
#include "packet.h"

/* Of the tests that run for both, by index. */
extern const int families[2];

/* A segment with each field set, options and a payload. */
struct segment with_payload(int family);

/* Decodes from memory that ends where the capture ends, so that ASan sees a byte read too far. *s is
 * valid until the next call. */
enum decode_result decode_part(const struct packet *p, size_t captured, size_t wire_len, struct segment *s);

/* The whole packet; the result alone. */
enum decode_result decode(const struct packet *p, struct segment *s);
enum decode_result result(const struct packet *p);

#endif
