/* Watches what happens to our own side of the path, through rtnetlink: interfaces that go down or lose their
 * carrier, addresses that are taken away, neighbours that no longer answer or have another link address. */
#ifndef FW_WATCH_H
#define FW_WATCH_H

#include "base/diag.h"
#include "core/segment.h"

struct watch;

enum watched {
	WATCHED_LINK_DOWN, /* or it has no carrier, or is gone */
	WATCHED_LINK_UP,
	WATCHED_ADDRESS_GONE,
	WATCHED_NEIGHBOUR_GONE, /* it was asked for its link address, and did not answer */
	WATCHED_NEIGHBOUR       /* it has this link address */
};

struct watch_event {
	enum watched what;
	int ifindex;
	struct addr address; /* ours, or the neighbour's */
	uint8_t mac[6];      /* WATCHED_NEIGHBOUR */
};

/* No privilege. NULL with d. */
struct watch *watch_open(struct diag *d);

/* NULL is allowed. */
void watch_close(struct watch *w);

int watch_fd(const struct watch *w);

/* Gives what has happened, in its order, to `see`. Never blocks. What the kernel could not tell for want of
 * room is lost, which it says by nothing here: a run then fails or errs as it would unwatched. */
void watch_read(struct watch *w, void (*see)(void *context, const struct watch_event *event), void *context);

#endif
