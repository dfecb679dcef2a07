/* IP packets in memory. Knows no socket: libnet is opened for building alone. */
#include <libnet.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "builder.h"
#include "wire/send.h"

struct builder {
	libnet_t *libnet;
};

struct builder *builder_new(struct diag *d)
{
	char why[LIBNET_ERRBUF_SIZE] = "";
	struct builder *b = memory_new(1, sizeof(*b));

	b->libnet = libnet_init(LIBNET_NONE, NULL, why);
	if (!b->libnet) {
		diag_set(d, "libnet cannot be used: %s", why);
		free(b);
		return NULL;
	}
	return b;
}

void builder_free(struct builder *b)
{
	if (!b)
		return;
	libnet_destroy(b->libnet);
	free(b);
}

bool builder_packet(struct builder *b, const struct segment *s, uint8_t *buf, size_t size, size_t *len,
                    struct diag *d)
{
	uint8_t *packet;
	uint32_t packet_len;
	bool fits;

	if (!compose_segment(b->libnet, s, NULL, &packet, &packet_len, d))
		return false;
	fits = packet_len <= size;
	if (fits) {
		memcpy(buf, packet, packet_len);
		*len = packet_len;
	}
	libnet_adv_free_packet(b->libnet, packet);
	return fits || diag_set(d, "a packet of %u bytes does not fit into %zu", packet_len, size);
}
