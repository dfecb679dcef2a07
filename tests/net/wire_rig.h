/* What the tests of the wire share: two hosts, and what a capture saw between them. */
#ifndef FW_WIRE_RIG_H
#define FW_WIRE_RIG_H

#include "hosts.h"
#include "suite.h"
#include "wire/capture.h"
#include "wire/send.h"

enum { SEEN_MAX = 256, OUR_PORT = 62000 };

/* What a capture saw, in its order. */
extern struct seen {
	struct segment segments[SEEN_MAX];
	uint8_t to_mac[SEEN_MAX][6];
	size_t count;
} seen;

extern struct diag diag;

#define OK(condition) ck_assert_msg(condition, "%s: %s", #condition, diag.text)
#define SAYS(text_) ck_assert_msg(strstr(diag.text, text_), "%s", diag.text)

int64_t now_ms(void);

/* For capture_read(): keeps the segment in seen. context is a struct dump, or NULL. */
void take(void *context, const struct captured *captured);

/* Reads for a while, or until count segments were seen. dump may be NULL. */
void watch(struct capture *c, size_t count, int ms, struct dump *dump);

struct capture *open_capture(const char *interface, const char *filter);
struct sender *open_sender(const char *interface, bool link);
struct segment syn(const struct addr *src, const struct addr *dst);

/* The first segment seen with just these flags to that port; NULL where none. */
const struct segment *find(uint16_t flags, uint16_t dport);

/* Did our kernel speak: a RST from our port? */
bool our_rst(void);

/* One pair of hosts for all of its tests, because a link takes a second to come up. */
TCase *sharing_hosts(void);
/* For those that change a host, or that want it to know nothing. */
TCase *fresh_hosts(void);
int wire_run(const char *name, TCase *shared, TCase *fresh);

#endif
