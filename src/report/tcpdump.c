/* Segments as people know them from tcpdump. Knows no connection but two numbers to count from. */
#include "report/tcpdump.h"

#include <stdio.h>
#include <time.h>

#include "base/text.h"

/* Near the ISN: within what a connection of ours can have sent, or a little before. */
static uint32_t counted(uint32_t number, uint32_t isn, bool relative)
{
	int32_t distance = (int32_t)(number - isn);

	return relative && distance >= 0 && distance < 1 << 30 ? (uint32_t)distance : number;
}

const char *tcpdump_text(const struct segment *s, const struct tcpdump_base *base,
                         char buf[TCPDUMP_TEXT_BYTES])
{
	struct cut c = cut_start(buf, TCPDUMP_TEXT_BYTES);
	bool relative = base->relative && (s->flags & (TCP_SYN | TCP_ACK)) == TCP_ACK;
	uint32_t seq = counted(s->seq, base->from, relative);
	char src[ADDR_TEXT_BYTES], dst[ADDR_TEXT_BYTES], flags[FLAGS_TEXT_BYTES], options[256];
	char malformed[MALFORM_TEXT_BYTES];

	/* the port behind a dot, for IPv6 too */
	cut_add(&c, "%s %s.%u > %s.%u: Flags [%s]", s->src.family == 6 ? "IP6" : "IP",
	        addr_text(&s->src, src), s->sport, addr_text(&s->dst, dst), s->dport,
	        flags_text(s->flags, flags));
	if (s->checksum == CHECKSUM_BAD)
		cut_add(&c, ", cksum incorrect");
	cut_add(&c, ", seq %u", seq);
	if (s->payload_len > 0)
		cut_add(&c, ":%u", seq + s->payload_len);
	if (s->flags & TCP_ACK)
		cut_add(&c, ", ack %u", counted(s->ack, base->to, relative));
	cut_add(&c, ", win %u", s->wnd);
	if (s->flags & TCP_URG)
		cut_add(&c, ", urg %u", s->urg);
	if (s->options_len > 0)
		cut_add(&c, ", options [%s]",
		        options_text(s->options, s->options_len, options, sizeof options));
	cut_add(&c, ", length %u", s->payload_len);
	cut_add(&c, "%s", malform_tcpdump(s, malformed));
	return buf;
}

const char *tcpdump_time(int64_t time_ns, char buf[TCPDUMP_TIME_BYTES])
{
	time_t seconds = (time_t)(time_ns / 1000000000);
	struct tm day = {.tm_sec = 0};

	localtime_r(&seconds, &day);
	snprintf(buf, TCPDUMP_TIME_BYTES, "%02u:%02u:%02u.%06u", (unsigned)day.tm_hour % 24,
	         (unsigned)day.tm_min % 60, (unsigned)day.tm_sec % 61,
	         (unsigned)(time_ns % 1000000000 / 1000) % 1000000);
	return buf;
}
