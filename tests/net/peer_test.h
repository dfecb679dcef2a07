/* What the tests of the agent and of the lab have in common: asking and
 * waiting, and connections of our own kernel's. A failure fails the test. */
#ifndef FW_PEER_TEST_H
#define FW_PEER_TEST_H

#include "lab/control.h"

/* A connection from our kernel to the peer's program. */
struct ours {
	int fd;
	struct addr address;
	uint16_t port;
};

/* Waits for the reply with this id; ok or not is the caller's. */
struct control_reply await_reply(struct control *c, unsigned id);

/* The same, and it must be ok. */
struct control_reply await_ok(struct control *c, unsigned id);

/* The same, and it must not be. */
struct control_reply await_no(struct control *c, unsigned id);

/* A socket bound to an address of ours, not connected. */
struct ours bind_ours(const struct addr *address);

/* Connects it. Non-blocking: does not wait. */
void begin_connect_ours(struct ours *o, const struct addr *peer, uint16_t port);
void await_connected_ours(struct ours *o);

/* Claimed, connected, and held by the peer's program. */
struct ours connect_ours(struct control *c, const struct addr *address, const struct addr *peer);

/* From now on our kernel loses whatever the peer sends on it. */
void lose_incoming(const struct ours *o);

/* What reading gives within ms: 0 end-of-file, ECONNRESET ..., -1 bytes, -2 nothing. */
int read_result(const struct ours *o, int ms);

struct control_reply provoke(struct control *c, const struct ours *o, struct provocation p);
void provoke_ok(struct control *c, const struct ours *o, enum provoke kind);

/* The peer's state is this within ms; the reply. */
struct control_reply expect_state(struct control *c, const struct ours *o, enum tcp_state state, int ms);

int64_t monotonic_ms(void);

#endif
