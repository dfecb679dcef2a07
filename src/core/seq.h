/* Sequence-number arithmetic, modulo 2^32 (RFC 9293, 3.4). Comparing two numbers makes sense while they
 * are less than 2^31 apart, as TCP's windows see to. */
#ifndef FW_SEQ_H
#define FW_SEQ_H

#include <stdbool.h>
#include <stdint.h>

/* How far b lies behind a, signed: seq_diff(a, b) == a - b. */
static inline int32_t seq_diff(uint32_t a, uint32_t b) { return (int32_t)(a - b); }

static inline bool seq_lt(uint32_t a, uint32_t b) { return seq_diff(a, b) < 0; }
static inline bool seq_le(uint32_t a, uint32_t b) { return seq_diff(a, b) <= 0; }
static inline bool seq_gt(uint32_t a, uint32_t b) { return seq_diff(a, b) > 0; }
static inline bool seq_ge(uint32_t a, uint32_t b) { return seq_diff(a, b) >= 0; }

/* low <= x <= high on the circle, where the range runs upwards from low and
 * may wrap. Any x is in the range [low, low - 1]. */
static inline bool seq_between(uint32_t low, uint32_t x, uint32_t high) { return x - low <= high - low; }

#endif
