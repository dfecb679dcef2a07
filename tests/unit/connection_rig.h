/* A connection for tests of its numbers, at ISNs where they wrap: our ISS and the peer's IRS are
 * so that the handshake, the data or the FIN steps over 0. Numbers are counted from the ISNs. */
#ifndef FW_CONNECTION_RIG_H
#define FW_CONNECTION_RIG_H

#include "core/connection.h"

enum { ISNS = 5 };

/* Of the test at hand. */
extern uint32_t iss, irs;
extern struct connection c;

/* The i-th pair of ISNs, and nothing passed yet; the same with the three-way handshake, actively. */
void start(int i);
void establish(int i);

struct segment ours(uint32_t seq, uint16_t flags, uint32_t len);
struct segment theirs(uint32_t seq, uint16_t flags, uint32_t len, uint32_t ack);
void add_wscale(struct segment *s, uint8_t shift);
void add_timestamps(struct segment *s, uint32_t val);

/* lost: it came, and is taken as if it had not. */
void sent(uint32_t seq, uint16_t flags, uint32_t len);
void received(uint32_t seq, uint16_t flags, uint32_t len, uint32_t ack);
void lost(uint32_t seq, uint16_t flags, uint32_t len, uint32_t ack);

void assert_snd(uint32_t una, uint32_t nxt);
void assert_rcv(uint32_t nxt);

#endif
