/* fourwave send: its flags, and how they agree. Opens nothing. */
#include <stdlib.h>
#include <string.h>

#include "lang/load.h"
#include "cmd/command.h"
#include "cmd/options.h"
#include "base/duration.h"
#include "base/literal.h"
#include "cmd/send.h"
#include "cmd/status.h"
#include "run/target.h"

enum {
	FLAG_OPEN = FLAG_LONG_ONLY,
	FLAG_FLAGS,
	FLAG_SYN,
	FLAG_SEQ,
	FLAG_ACK,
	FLAG_WIN,
	FLAG_TTL,
	FLAG_URG,
	FLAG_OPTIONS,
	FLAG_DATA,
	FLAG_DATA_STRING,
	FLAG_DATA_LENGTH,
	FLAG_BADSUM,
	FLAG_OFFSET,
	FLAG_FRAGMENT,
	FLAG_OTHERPORT,
	FLAG_INTERVAL,
	FLAG_WAIT,
	FLAG_LEAVE,
	FLAG_NO_SHIELD,
	FLAG_SPARE
};

static const int64_t TIME_MAX_NS = 3600 * NS_PER_S;

enum { COUNT_MAX = 1000, LENGTH_MAX = SEND_PAYLOAD_MAX };

static const struct flag send_flags[] = {
    {FLAG_OPEN, "open", NULL, "open a connection first; numbers then count from its own"},
    {FLAG_FLAGS, "flags", "FLAGS", "S, F., FA, fin,ack, none ...; default S, with --open ."},
    {'F', "fin", NULL, "add FIN"},
    {FLAG_SYN, "syn", NULL, "add SYN"},
    {'R', "rst", NULL, "add RST"},
    {'P', "push", NULL, "add PSH"},
    {'A', "ack-flag", NULL, "add ACK"},
    {'U', "urg-flag", NULL, "add URG"},
    {FLAG_SEQ, "seq", "N", "the sequence number; with --open also snd.nxt-1, abs(5) ..."},
    {FLAG_ACK, "ack", "N", "the acknowledgment number, in the same way"},
    {FLAG_WIN, "win", "N", "the window, as it stands in the header; default 65535"},
    {FLAG_TTL, "ttl", "N", "the TTL, or hop limit"},
    {FLAG_URG, "urg", "N", "the urgent pointer"},
    {FLAG_OPTIONS, "options", "LIST", "TCP options as tcpdump prints them: 'mss 1460,nop,wscale 7'"},
    {FLAG_DATA, "data", "HEX", "payload: these octets in hexadecimal"},
    {FLAG_DATA_STRING, "data-string", "TEXT", "payload: this text; C escapes: \\r \\n \\xHH"},
    {FLAG_DATA_LENGTH, "data-length", "N", "payload: so many octets, 1400 at most"},
    {FLAG_BADSUM, "badsum", NULL, "with a wrong TCP checksum"},
    {FLAG_OFFSET, "offset", "N", "with a data offset that lies: N words, 0 to 15"},
    {FLAG_FRAGMENT, "fragment", "N", "in IP fragments of at most N bytes, a multiple of 8"},
    {FLAG_OTHERPORT, "otherport", NULL, "with --open: from another port than the connection's"},
    {'c', "count", "N", "send it so often; default 1"},
    {FLAG_INTERVAL, "interval", "TIME", "between two of them; default 1s"},
    {FLAG_WAIT, "wait", "TIME", "for answers to the last; default 1s"},
    {FLAG_LEAVE, "leave", NULL, "leave the peer's connection as it is, with no RST at the end"},
    {'p', "dest-port", "PORT", "the target's port, where it is not said with the host"},
    {'g', "source-port", "N", "our port"},
    {'S', "source", "ADDR", "our address, instead of the route's"},
    {'i', "interface", "IF", "send on the link layer of this interface, and capture there"},
    {'4', "ipv4", NULL, "IPv4 only"},
    {'6', "ipv6", NULL, "IPv6 only"},
    {FLAG_NO_SHIELD, "no-shield", NULL, "do not keep our own kernel from answering"},
    {FLAG_SPARE, "spare", NULL, "the address of -S is spare: answer ARP and neighbour\ndiscovery for it"},
    {'w', "write", "FILE", "write a capture file"},
    {'q', "quiet", NULL, "show only what comes back"},
};

const struct flag_table flags_of_send = {
    "send", "[options] [HOST[:PORT]]",
    "Sends one crafted segment, or a few of the same, and prints it and what comes\n"
    "back in tcpdump's notation. With no target, in the lab. Ends with 0 where\n"
    "something came back, and with 1 where nothing did.",
    send_flags, sizeof send_flags / sizeof *send_flags};

static bool take_unsigned(const char *what, const char *value, unsigned most, unsigned *out, struct diag *d)
{
	uint64_t n = 0;
	bool ok = literal_number(what, value, 1, most, &n, d);

	*out = (unsigned)n;
	return ok;
}

static bool take_flags(struct send_options *o, const char *value, struct diag *d)
{
	uint16_t flags = 0;
	bool ok = send_flags_parse(value, &flags, d);

	o->flags |= flags;
	o->flags_given = true;
	return ok;
}

static bool add_flag(struct send_options *o, uint16_t flag)
{
	o->flags |= flag;
	return o->flags_given = true;
}

static bool take_text(const char **out, const char *value)
{
	*out = value;
	return true;
}

/* Flags that say what the segment is. */
static bool take_segment(struct send_options *o, int id, const char *value, struct diag *d)
{
	switch (id) {
	case FLAG_FLAGS: return take_flags(o, value, d);
	case 'F': return add_flag(o, TCP_FIN);
	case FLAG_SYN: return add_flag(o, TCP_SYN);
	case 'R': return add_flag(o, TCP_RST);
	case 'P': return add_flag(o, TCP_PSH);
	case 'A': return add_flag(o, TCP_ACK);
	case 'U': return add_flag(o, TCP_URG);
	case FLAG_SEQ: return take_text(&o->seq, value);
	case FLAG_ACK: return take_text(&o->ack, value);
	case FLAG_WIN: return take_text(&o->win, value);
	case FLAG_TTL: return take_text(&o->ttl, value);
	case FLAG_URG: return take_text(&o->urg, value);
	case FLAG_OPTIONS: return take_text(&o->tcp_options, value);
	case FLAG_DATA: return take_text(&o->hex, value);
	case FLAG_DATA_STRING: return take_text(&o->text, value);
	case FLAG_DATA_LENGTH: return take_unsigned("--data-length", value, LENGTH_MAX, &o->length, d);
	case FLAG_BADSUM: return o->badsum = true;
	case FLAG_OFFSET: return take_text(&o->offset, value);
	case FLAG_FRAGMENT: return take_text(&o->fragment, value);
	case FLAG_OTHERPORT: return o->otherport = true;
	}
	return diag_set(d, "a flag that is in the table and not in the code: %d", id);
}

static bool take(void *context, int id, const char *value, struct diag *d)
{
	struct send_options *o = context;
	struct options *w = &o->world;

	switch (id) {
	case FLAG_OPEN: return o->open = true;
	case FLAG_LEAVE: return o->leave = true;
	case FLAG_INTERVAL: return literal_time("--interval", value, TIME_MAX_NS, &o->interval_ns, d);
	case FLAG_WAIT: return literal_time("--wait", value, TIME_MAX_NS, &o->wait_ns, d);
	case 'c': return take_unsigned("--count", value, COUNT_MAX, &o->count, d);
	case 'p': return target_port("--dest-port", value, &o->dest_port, d);
	case 'g': return target_port("--source-port", value, &w->source_port, d);
	case 'S': return take_text(&w->source, value);
	case 'i': return take_text(&w->interface, value);
	case '4': return w->ipv4 = true;
	case '6': return w->ipv6 = true;
	case 'w': return take_text(&o->write, value);
	case 'q': return w->quiet = true;
	case FLAG_NO_SHIELD: return w->no_shield = true;
	case FLAG_SPARE: return w->spare = true;
	}
	return take_segment(o, id, value, d);
}

/* HOST and -p put together. */
static bool set_target(struct send_options *o, const char *host, struct diag *d)
{
	struct target_name name;

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
	if (!w->target && (w->interface || w->source || w->spare))
		return diag_set(d, "-i, -S and --spare make no sense in the lab: name a host");
	if (w->spare && !w->source)
		return diag_set(d, "--spare needs the spare address: -S ADDR");
	return true;
}

static void settle(struct send_options *o)
{
	if (!o->flags_given)
		o->flags = o->open ? TCP_ACK : TCP_SYN;
	o->world.no_agent = true;
}

int send_command(int argc, char **argv)
{
	struct send_options o = {.count = 1, .interval_ns = 1000000000, .wait_ns = 1000000000};
	struct diag d;
	int first = argc;

	options_default(&o.world);
	switch (flags_parse(&flags_of_send, argc, argv, take, &o, &first, &d)) {
	case FLAGS_HELP: flags_help(&flags_of_send, stdout); return STATUS_OK;
	case FLAGS_BAD: return command_usage(&flags_of_send, d.text);
	case FLAGS_OK: break;
	}
	if (argc - first > 1)
		return command_usage(&flags_of_send, "one host at a time");
	if (!set_target(&o, first < argc ? argv[first] : NULL, &d) || !check_agreement(&o, &d))
		return command_usage(&flags_of_send, d.text);
	settle(&o);
	return send_play(&o);
}
