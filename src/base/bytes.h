/* Numbers in network byte order, from bytes and to bytes, and of bytes a hash. The caller has checked that
 * they are there. */
#ifndef FW_BYTES_H
#define FW_BYTES_H

#include <stddef.h>
#include <stdint.h>

static inline uint16_t bytes_get16(const uint8_t *b) { return (uint16_t)(b[0] << 8 | b[1]); }

static inline uint32_t bytes_get32(const uint8_t *b)
{
	return (uint32_t)bytes_get16(b) << 16 | bytes_get16(b + 2);
}

/* width bytes: 1 to 4 */
static inline uint32_t bytes_get(const uint8_t *b, unsigned width)
{
	uint32_t v = 0;

	for (unsigned i = 0; i < width; i++)
		v = v << 8 | b[i];
	return v;
}

static inline void bytes_put16(uint8_t *b, uint16_t v)
{
	b[0] = (uint8_t)(v >> 8);
	b[1] = (uint8_t)v;
}

static inline void bytes_put32(uint8_t *b, uint32_t v)
{
	bytes_put16(b, (uint16_t)(v >> 16));
	bytes_put16(b + 2, (uint16_t)v);
}

static inline void bytes_put(uint8_t *b, unsigned width, uint32_t v)
{
	for (unsigned i = 0; i < width; i++)
		b[i] = (uint8_t)(v >> 8 * (width - 1 - i));
}

/* FNV-1a: enough to tell a copy from another text. */
static inline uint64_t bytes_hash(const uint8_t *b, size_t count)
{
	uint64_t hash = UINT64_C(0xcbf29ce484222325);

	for (size_t i = 0; i < count; i++)
		hash = (hash ^ b[i]) * UINT64_C(0x100000001b3);
	return hash;
}

#endif
