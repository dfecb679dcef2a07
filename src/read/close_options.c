/* What is unusual about a segment's options: those that belong elsewhere, were not
 * agreed on in the handshake, or cannot be. Each is said once of an end. */
#include "read/close_impl.h"

#include "core/seq.h"

enum fault {
	FAULT_LENGTH = 1,
	FAULT_MSS = 2,
	FAULT_WSCALE = 4,
	FAULT_SACK = 8,
	FAULT_TS = 16,
	FAULT_NO_TS = 32
};

static void say(struct naming *n, size_t i, int from, enum fault fault, const char *note, const char *what)
{
	struct end_memory *m = &n->memory[from];

	if (m->told & (unsigned)fault)
		return;
	m->told |= (unsigned)fault;
	naming_unusual(n, i, note, "%s %s", close_end_name(n->out, from), what);
}

/* The kinds below 32, a bit each. False where a length lies. */
static bool kinds_of(const struct segment *s, unsigned *kinds)
{
	struct tcp_option option;
	bool right = true;
	size_t at = 0;
	int more;

	*kinds = 0;
	while ((more = options_next(s->options, s->options_len, &at, &option)) == 1) {
		bool known = option.kind <= OPT_SACK || option.kind == OPT_TIMESTAMPS;
		if (option.unknown && known)
			right = false;
		else if (option.kind < 32)
			*kinds |= 1u << option.kind;
	}
	return right && more == 0;
}

static bool both_sent(const struct naming *n, unsigned kind)
{
	return n->memory[0].syn_options & n->memory[1].syn_options & 1u << kind;
}

/* What was agreed on is known only where both SYNs are there. */
static void look_agreed(struct naming *n, size_t i, int from, unsigned kinds)
{
	bool rst = n->list[i]->flags & TCP_RST;
	bool ts = kinds & 1u << OPT_TIMESTAMPS;

	if (!n->out->ends[0].syn || !n->out->ends[1].syn)
		return;
	if ((kinds & 1u << OPT_SACK) && !(n->memory[!from].syn_options & 1u << OPT_SACK_PERMITTED))
		say(n, i, from, FAULT_SACK, "SACK: not permitted",
		    from == 0 ? "sent SACK, which the server did not permit (RFC 2018, 4)"
		              : "sent SACK, which the client did not permit (RFC 2018, 4)");
	if (ts && !both_sent(n, OPT_TIMESTAMPS))
		say(n, i, from, FAULT_TS, "timestamp: not agreed on",
		    "sent a timestamp, which was not agreed on (RFC 7323, 3.2)");
	if (!ts && !rst && both_sent(n, OPT_TIMESTAMPS))
		say(n, i, from, FAULT_NO_TS, "no timestamp",
		    "left out the timestamp that both had agreed on (RFC 7323, 3.2)");
}

/* Only what is new tells when it was sent: new octets, or a new acknowledgment. What took
 * another way, and came later, is neither. */
static void look_back(struct naming *n, size_t i, int from)
{
	const struct close_end *e = &n->out->ends[from];
	struct end_memory *m = &n->memory[from];
	const struct segment *s = n->list[i];
	struct tcp_option stamps;

	if ((s->flags & TCP_RST) || !options_find(s->options, s->options_len, OPT_TIMESTAMPS, &stamps))
		return;
	bool newer = e->seen && (seq_gt(segment_end(s), e->sent) ||
	                         (e->has_acked && (s->flags & TCP_ACK) && seq_gt(s->ack, e->acked)));
	if (m->has_ts && newer && seq_lt(stamps.ts_val, m->ts_val))
		naming_unusual(n, i, "timestamp went back", "%s's timestamp went back by %u (RFC 7323, 5.2)",
		               close_end_name(n->out, from), m->ts_val - stamps.ts_val);
	if (!m->has_ts || seq_gt(stamps.ts_val, m->ts_val))
		m->ts_val = stamps.ts_val;
	m->has_ts = true;
}

void options_look(struct naming *n, size_t i, int from)
{
	const struct segment *s = n->list[i];
	unsigned kinds;

	if (!kinds_of(s, &kinds)) {
		say(n, i, from, FAULT_LENGTH, "lengths of options lie",
		    "sent options whose lengths lie (RFC 9293, MUST-7)");
		return;
	}
	if (s->flags & TCP_SYN) {
		n->memory[from].syn_options = kinds;
	} else {
		if (kinds & 1u << OPT_MSS)
			say(n, i, from, FAULT_MSS, "MSS without SYN",
			    "sent an MSS, which belongs into a SYN (RFC 9293, 3.2)");
		if (kinds & 1u << OPT_WSCALE)
			say(n, i, from, FAULT_WSCALE, "window scale without SYN",
			    "sent a window scale, which belongs into a SYN (RFC 7323, 2.2)");
		look_agreed(n, i, from, kinds);
	}
	look_back(n, i, from);
}
