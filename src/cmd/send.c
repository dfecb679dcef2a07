/* fourwave send: its flags, and how they agree. Opens nothing. */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "lang/load.h"
#include "cmd/options.h"
#include "base/duration.h"
#include "base/literal.h"
#include "cmd/send.h"
#include "run/world.h"

enum { COUNT_MAX = 1000 };
#define TIME_MAX_NS (3600 * NS_PER_S)

static bool add_flags(struct send_options *o, uint16_t flags)
{
	o->flags |= flags;
	return o->flags_given = true;
}

/* The flag that a word or a letter of so many bytes is for, or 0. */
static uint16_t flag_of(const char *text, size_t len)
{
	static const struct {
		const char *word, *letters;
		uint16_t flag;
	} words[] = {{"fin", "F", TCP_FIN}, {"syn", "S", TCP_SYN}, {"rst", "R", TCP_RST},
	             {"psh", "P", TCP_PSH}, {"push", "", TCP_PSH}, {"ack", "A.", TCP_ACK},
	             {"urg", "U", TCP_URG}, {"ece", "E", TCP_ECE}, {"cwr", "WC", TCP_CWR},
	             {"ae", "", TCP_AE}};

	for (size_t i = 0; i < sizeof words / sizeof *words; i++)
		if (len == 1 ? !!strchr(words[i].letters, *text)
		             : strlen(words[i].word) == len && strncasecmp(words[i].word, text, len) == 0)
			return words[i].flag;
	return 0;
}

/* Flags as tcpdump writes them ("F.", "SEW"), or in words ("fin,ack"; "FA" is FIN and ACK too). */
static bool take_flags(const struct flag *f, void *member, const char *text, struct diag *d)
{
	bool words = strlen(text) > 1 && flag_of(text, strcspn(text, ","));

	add_flags(member, 0);
	if (strcmp(text, "none") == 0)
		return true;
	for (const char *at = text; *at != '\0';) {
		size_t len = words ? strcspn(at, ",") : 1;
		uint16_t flag = flag_of(at, len);

		if (flag == 0)
			return diag_set(
			    d, "%s: '%c' in \"%s\" is none of S F R P A . U E W C, nor is it syn,ack,...",
			    f->name, isprint((unsigned char)*at) ? *at : '?', text);
		add_flags(member, flag);
		at += len;
		at += words && at[0] == ',' && at[1] != '\0';
	}
	return *text != '\0' || diag_set(d, "%s needs a value: S, F., fin,ack or none", f->name);
}

/* --fin and the like: most is the flag's bit. */
static bool take_bit(const struct flag *f, void *member, const char *value, struct diag *d)
{
	(void)value, (void)d;
	return add_flags(member, (uint16_t)f->most);
}

static bool take_time(const struct flag *f, void *member, const char *value, struct diag *d)
{
	return literal_time(f->name, value, TIME_MAX_NS, member, d);
}

#define FLAG_BIT(bit) take_bit, 0, bit
#define FLAG_TIME(member) take_time, FLAG_MEMBER(struct send_options, member, int64_t), 0

static const struct flag flags[] = {
    {0, "--open", NULL, "open a connection first; numbers then count from its own",
     FLAG_ON(struct send_options, open)},
    {0, "--flags", "FLAGS", "S, F., FA, fin,ack, none ...; default S, with --open .", FLAG_OWN(take_flags)},
    {'F', "--fin", NULL, "add FIN", FLAG_BIT(TCP_FIN)},
    {0, "--syn", NULL, "add SYN", FLAG_BIT(TCP_SYN)},
    {'R', "--rst", NULL, "add RST", FLAG_BIT(TCP_RST)},
    {'P', "--push", NULL, "add PSH", FLAG_BIT(TCP_PSH)},
    {'A', "--ack-flag", NULL, "add ACK", FLAG_BIT(TCP_ACK)},
    {'U', "--urg-flag", NULL, "add URG", FLAG_BIT(TCP_URG)},
    {0, "--seq", "N", "the sequence number; with --open also snd.nxt-1, abs(5) ...",
     FLAG_TEXT(struct send_options, seq)},
    {0, "--ack", "N", "the acknowledgment number, in the same way", FLAG_TEXT(struct send_options, ack)},
    {0, "--win", "N", "the window, as it stands in the header; default 65535",
     FLAG_TEXT(struct send_options, win)},
    {0, "--ttl", "N", "the TTL, or hop limit", FLAG_TEXT(struct send_options, ttl)},
    {0, "--urg", "N", "the urgent pointer", FLAG_TEXT(struct send_options, urg)},
    {0, "--options", "LIST", "TCP options as tcpdump prints them: 'mss 1460,nop,wscale 7'",
     FLAG_TEXT(struct send_options, tcp_options)},
    {0, "--data", "HEX", "payload: these octets in hexadecimal", FLAG_TEXT(struct send_options, hex)},
    {0, "--data-string", "TEXT", "payload: this text; C escapes: \\r \\n \\xHH",
     FLAG_ANY(struct send_options, text)},
    {0, "--data-length", "N", "payload: so many octets, 1400 at most",
     FLAG_NUMBER(struct send_options, length, SEND_PAYLOAD_MAX)},
    {0, "--badsum", NULL, "with a wrong TCP checksum", FLAG_ON(struct send_options, badsum)},
    {0, "--offset", "N", "with a false data offset: N words, 0 to 15",
     FLAG_TEXT(struct send_options, offset)},
    {0, "--fragment", "N", "in IP fragments of at most N bytes, a multiple of 8",
     FLAG_TEXT(struct send_options, fragment)},
    {0, "--otherport", NULL, "with --open: from another port than the connection's",
     FLAG_ON(struct send_options, otherport)},
    {'c', "--count", "N", "send it so often; default 1", FLAG_NUMBER(struct send_options, count, COUNT_MAX)},
    {0, "--interval", "TIME", "between two of them; default 1s", FLAG_TIME(interval_ns)},
    {0, "--wait", "TIME", "for answers to the last; default 1s", FLAG_TIME(wait_ns)},
    {0, "--leave", NULL, "leave the peer's connection as it is, with no RST at the end",
     FLAG_ON(struct send_options, leave)},
    {'p', "--dest-port", "PORT", "the target's port, where it is not said with the host",
     FLAG_PORT(struct send_options, dest_port)},
    {'g', "--source-port", "N", "our port", FLAG_PORT(struct send_options, world.source_port)},
    {'S', "--source", "ADDR", "our address, instead of the route's",
     FLAG_ADDRESS(struct send_options, world.source)},
    {'i', "--interface", "IF", "send on the link layer of this interface, and capture there",
     FLAG_TEXT(struct send_options, world.interface)},
    {'4', "--ipv4", NULL, "IPv4 only", FLAG_ON(struct send_options, world.ipv4)},
    {'6', "--ipv6", NULL, "IPv6 only", FLAG_ON(struct send_options, world.ipv6)},
    {0, "--no-shield", NULL, "do not keep our own kernel from answering",
     FLAG_ON(struct send_options, world.no_shield)},
    {0, "--spare", NULL, "the address of -S is spare: answer ARP and neighbour\ndiscovery for it",
     FLAG_ON(struct send_options, world.spare)},
    {'w', "--write", "FILE", "write a capture file", FLAG_TEXT(struct send_options, write)},
    {'q', "--quiet", NULL, "show only what comes back", FLAG_ON(struct send_options, world.quiet)},
    {0},
};

/* HOST and -p put together. */
static bool set_target(struct send_options *o, const char *host, struct diag *d)
{
	struct target name;

	if (!host)
		return o->dest_port == 0 || diag_set(d, "-p needs a host; the lab has a port of its own");
	if (!target_split(host, &name, d))
		return false;
	if (name.service[0] == '\0' && o->dest_port == 0)
		return diag_set(d, "%s: the port is missing: HOST:PORT, or -p PORT", host);
	if (name.service[0] != '\0' && o->dest_port != 0)
		return diag_set(d, "%s names a port and -p another: give one of them", host);
	if (o->dest_port == 0)
		snprintf(o->target, sizeof o->target, "%s", host);
	else
		snprintf(o->target, sizeof o->target, strchr(name.host, ':') ? "[%s]:%u" : "%s:%u", name.host,
		         o->dest_port);
	o->world.target = o->target;
	return true;
}

static bool check_agreement(const struct send_options *o, struct diag *d)
{
	const struct options *w = &o->world;

	if (w->ipv4 && w->ipv6)
		return diag_set(d, "-4 and -6 exclude each other");
	if (!!o->text + !!o->hex + (o->length > 0) > 1)
		return diag_set(d, "--data, --data-string and --data-length exclude each other");
	if (o->otherport && !o->open)
		return diag_set(d, "--otherport needs --open: without a connection -g says the port");
	if (!w->target && (w->interface || w->source.family != 0 || w->spare))
		return diag_set(d, "-i, -S and --spare make no sense in the lab: name a host");
	if (w->spare && w->source.family == 0)
		return diag_set(d, "--spare needs the spare address: -S ADDR");
	return true;
}

static int run(const struct command *c, int argc, char **argv)
{
	struct send_options o = {.count = 1, .interval_ns = NS_PER_S, .wait_ns = NS_PER_S};
	struct diag d;
	enum flags_result r;
	int first;

	options_default(&o.world);
	r = command_parse(c, argc, argv, &o, &first, &d);
	if (r != FLAGS_OK)
		return command_unread(c, r, &d);
	if (argc - first > 1)
		return command_usage(c, "one host at a time");
	if (!set_target(&o, first < argc ? argv[first] : NULL, &d) || !check_agreement(&o, &d))
		return command_usage(c, d.text);
	if (!o.flags_given)
		o.flags = o.open ? TCP_ACK : TCP_SYN;
	o.world.no_agent = true;
	return send_play(&o);
}

const struct command command_send = {
    .name = "send",
    .brief = "send one crafted segment, show what comes back",
    .synopsis = "[options] [HOST[:PORT]]",
    .summary = "Sends one crafted segment, or a few of the same, and prints it and what comes\n"
               "back in tcpdump's notation. With no target, in the lab. Ends with 0 where\n"
               "something came back, and with 1 where nothing did.",
    .examples =
        "fourwave send 192.0.2.1:80\ta SYN, and what comes back\n"
        "fourwave send --open --flags F. 192.0.2.1:80\topen a connection, then send its FIN\n"
        "fourwave send --open --flags . --seq snd.nxt-1\tan old octet's ACK, in the lab: answered at once\n"
        "fourwave send -A --seq 1 --ack 1 -c 3 --interval 200ms 192.0.2.1:80\tthree ACKs out of the blue\n",
    .next = "A whole exchange, judged: fourwave new NAME.",
    .flags = flags,
    .run = run,
};
