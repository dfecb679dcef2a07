/* What the tests of decoding share. */
#include "decode_rig.h"

#include <stdlib.h>
#include <string.h>

/* Decodes from memory that ends where the capture ends, so that ASan sees a
 * byte read too far. *s is valid until the next call. */
enum decode_result decode_part(const struct packet *p, size_t captured, size_t wire_len, struct segment *s)
{
	static uint8_t *bytes;

	free(bytes);
	bytes = malloc(captured ? captured : 1);
	memcpy(bytes, p->bytes, captured);
	return decode_ip(bytes, captured, wire_len, 42, s);
}

enum decode_result decode(const struct packet *p, struct segment *s)
{
	return decode_part(p, p->len, p->len, s);
}

/* The result alone. */
enum decode_result result(const struct packet *p)
{
	struct segment s;

	return decode(p, &s);
}

const int families[2] = {4, 6};

struct segment with_payload(int family)
{
	static const uint8_t text[] = "hello, world";
	static const uint8_t options[] = {1, 1, 8, 10, 0, 0, 0, 9, 0, 0, 0, 7};
	struct segment s = packet_segment(family);

	s.flags = TCP_FIN | TCP_PSH | TCP_ACK;
	s.tos = 0xb9;
	s.urg = 0x1234;
	s.payload = text;
	s.payload_len = 12;
	s.options_len = sizeof options;
	memcpy(s.options, options, sizeof options);
	return s;
}
