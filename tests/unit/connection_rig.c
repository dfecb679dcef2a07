/* A connection whose numbers are counted from its ISNs. */
#include "connection_rig.h"

#include <check.h>

static const struct {
	uint32_t iss, irs;
} isns[ISNS] = {
    {1000, 5000},    {0xffffffff, 0xffffffff}, {0xfffffffe, 0x7fffffff}, {0x7ffffffe, 0xfffffff5},
    {0, 0x80000000},
};

/* Sequence numbers relative to the ISNs, for the test at hand. */
uint32_t iss, irs;
struct connection c;

struct segment ours(uint32_t seq, uint16_t flags, uint32_t len)
{
	return (struct segment){.seq = iss + seq, .flags = flags, .payload_len = len};
}

struct segment theirs(uint32_t seq, uint16_t flags, uint32_t len, uint32_t ack)
{
	return (struct segment){
	    .seq = irs + seq, .flags = flags, .payload_len = len, .ack = iss + ack, .wnd = 100};
}

void add_wscale(struct segment *s, uint8_t shift)
{
	struct tcp_option opt = {.kind = OPT_WSCALE, .wscale = shift};

	ck_assert(options_append(s->options, &s->options_len, &opt));
}

void add_timestamps(struct segment *s, uint32_t val)
{
	struct tcp_option opt = {.kind = OPT_TIMESTAMPS, .ts_val = val};

	ck_assert(options_append(s->options, &s->options_len, &opt));
}

void sent(uint32_t seq, uint16_t flags, uint32_t len)
{
	struct segment s = ours(seq, flags, len);

	connection_sent(&c, &s);
}

void received(uint32_t seq, uint16_t flags, uint32_t len, uint32_t ack)
{
	struct segment s = theirs(seq, flags, len, ack);

	connection_received(&c, &s, false);
}

void lost(uint32_t seq, uint16_t flags, uint32_t len, uint32_t ack)
{
	struct segment s = theirs(seq, flags, len, ack);

	connection_received(&c, &s, true);
}

void start(int i)
{
	iss = isns[i].iss;
	irs = isns[i].irs;
	connection_init(&c, iss);
}

/* The three-way handshake, actively. */
void establish(int i)
{
	start(i);
	sent(0, TCP_SYN, 0);
	received(0, TCP_SYN | TCP_ACK, 0, 1);
	sent(1, TCP_ACK, 0);
}

void assert_snd(uint32_t una, uint32_t nxt)
{
	ck_assert_uint_eq(c.snd_una - iss, una);
	ck_assert_uint_eq(c.snd_nxt - iss, nxt);
}

void assert_rcv(uint32_t nxt) { ck_assert_uint_eq(c.rcv_nxt - irs, nxt); }
