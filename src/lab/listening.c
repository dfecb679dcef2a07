/* What is to be made of a list of listeners. */
#include "lab/listening.h"

#include <string.h>

#include "base/address.h"
#include "base/text.h"

static bool reaches(const struct listener *l, const struct addr *own)
{
	static const struct addr any = {0};
	bool everywhere = memcmp(l->address.bytes, any.bytes, sizeof any.bytes) == 0;

	if (!own->family)
		return false;
	if (l->address.family == own->family)
		return everywhere || addr_equal(&l->address, own);
	return own->family == 4 && l->both && everywhere;
}

static bool is_reached(const struct listener *l, const struct addr own[2])
{
	return reaches(l, &own[0]) || reaches(l, &own[1]);
}

/* "127.0.0.1 port 80, ::1 port 80" */
static void add_places(struct cut *to, const struct listener *list, size_t count)
{
	enum { MOST = 4 };
	char text[ADDR_TEXT_BYTES];

	for (size_t i = 0; i < count && i < MOST; i++)
		cut_add(to, "%s%s port %u", i > 0 ? ", " : "", addr_text(&list[i].address, text),
		        list[i].port);
	if (count > MOST)
		cut_add(to, " ...");
}

static bool nowhere(const struct listener *list, size_t count, uint16_t port, struct diag *d)
{
	char places[256] = "";
	struct cut to = cut_start(places, sizeof places);
	bool right_port = false;

	for (size_t i = 0; i < count; i++)
		right_port = right_port || list[i].port == port;
	add_places(&to, list, count);
	if (count == 0)
		return diag_set(d, "it does not listen");
	if (port == 0 || right_port)
		return diag_set(d,
		                "it listens at %s, where no other host reaches it: make it listen at "
		                "0.0.0.0 or ::, or at $FOURWAVE_ADDRESS",
		                places);
	return diag_set(d, "it does not listen on port %u of --port, but at %s", port, places);
}

bool listening_judge(const struct listener *list, size_t count, const struct addr own[2], uint16_t port,
                     struct listening *out, struct diag *d)
{
	char places[256] = "";
	struct cut to = cut_start(places, sizeof places);

	*out = (struct listening){.port = port};
	for (size_t i = 0; i < count; i++) {
		if (!is_reached(&list[i], own) || (out->port != 0 && list[i].port != out->port && port != 0))
			continue;
		if (out->port != 0 && list[i].port != out->port) {
			add_places(&to, list, count);
			return diag_set(d, "it listens on more than one port (%s): say which with --port",
			                places);
		}
		out->port = list[i].port;
		for (int f = 0; f < 2; f++)
			out->family[f] = out->family[f] || reaches(&list[i], &own[f]);
	}
	return out->family[0] || out->family[1] || nowhere(list, count, port, d);
}
