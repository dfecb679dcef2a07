/* A segment as a scenario writes it: to be sent, with what is left out filled in from the connection, or
 * to be expected, with what is left out not checked. Values are expressions over the connection's numbers
 * and the segments bound with "as", all modulo 2^32. */
#ifndef FW_PATTERN_H
#define FW_PATTERN_H

#include "connection.h"
#include "reason.h"
#include "base/diag.h"

enum expr_op {
	EXPR_CONST,
	EXPR_ISS,
	EXPR_IRS,
	EXPR_SND_NXT,
	EXPR_SND_UNA,
	EXPR_SND_WND,
	EXPR_RCV_NXT,
	EXPR_RCV_WND,
	EXPR_SEG_SEQ, /* of the bound segment in slot */
	EXPR_SEG_END, /* SEG.SEQ + SEG.LEN */
	EXPR_SEG_ACK,
	EXPR_SEG_LEN,
	EXPR_SEG_WND,
	EXPR_ADD,
	EXPR_SUB,
	EXPR_MUL
};

struct expr {
	enum expr_op op;
	uint32_t value; /* EXPR_CONST */
	int slot;       /* EXPR_SEG_*: index into the scenario's names */
	const struct expr *left, *right;
};

/* One field: not named, named as "*" (any), a value, or a range low..high
 * (both included, and for seq and ack modulo 2^32). */
enum field_kind { FIELD_ABSENT, FIELD_ANY, FIELD_VALUE, FIELD_RANGE };

struct field {
	enum field_kind kind;
	/* A number written with no name in it counts from the ISN of the direction, as tcpdump prints it:
	 * seq from the sender's, ack from the receiver's. Meaningless for other fields. */
	bool relative;
	const struct expr *low, *high; /* FIELD_VALUE: low alone */
};

/* One TCP option of a pattern, in its place in the list. */
struct option_pattern {
	uint8_t kind;
	bool raw; /* compare (or send) data_len bytes of data as they are */
	uint8_t data_len;
	const uint8_t *data;
	uint8_t sack_blocks;
	struct field values[OPTION_VALUES_MAX]; /* not raw: as in the table of options */
};

/* Bytes that the option takes on the wire, kind and length included. */
unsigned option_pattern_bytes(const struct option_pattern *o);

struct pattern {
	struct where where;
	/* "*" for the flags leaves mask 0. PSH is in the mask only where it is written: whether a stack
	 * sets it is its own affair. Every other flag is checked, named or not. */
	uint16_t flags, flags_mask;
	struct field seq, end, ack, win, len, urg, ttl;
	bool has_options;
	bool options_open; /* "*" at the end: more may follow */
	unsigned options_count;
	const struct option_pattern *options;
	const uint8_t *payload; /* bytes that must be there (expect), or are sent */
	uint32_t payload_len;
	bool has_payload;
	const char *filter;            /* a pcap-filter expression of the user's, or NULL; expect only */
	bool lost;                     /* handled as if it had been lost */
	struct malformation malformed; /* send only */
	/* "choice NAME = WORD": such a segment is what a stack sends that chose this, "fin_again" and "fin".
	 * The word of the profile, where that is another; NULL: it is the same, or there is none. */
	const char *choice, *word, *otherwise;
	int slot; /* "as NAME": index into the scenario's names, or -1 */
};

/* A segment that a name was given to. */
struct bound {
	bool is_set;
	bool ours;              /* we sent it */
	struct segment segment; /* payload and packet are NULL */
	uint64_t payload_hash;  /* of the payload_captured octets */
	int64_t time_ns; /* when it passed the wire; 0 while one of ours was not seen yet, or was lost */
};

/* What expressions are evaluated against. */
struct scope {
	const struct connection *connection;
	const struct bound *bound; /* by slot */
	uint16_t other_port;       /* ours, and not the connection's; 0: there is none */
};

uint32_t expr_eval(const struct expr *e, const struct scope *scope);

/* The numbers of a field for now. ours: the segment is one that we send. which is 's' for seq and end, 'a'
 * for ack, 0 for the others (it settles what "relative" counts from). For FIELD_VALUE both are the same. */
struct range {
	uint32_t low, high;
};
struct range field_range(const struct field *f, char which, bool ours, const struct scope *scope);

/* Compares field by field, all but the user's filter. False fills why (which
 * may be NULL). Numbers in why are relative to the ISNs. */
bool pattern_match(const struct pattern *p, const struct segment *s, const struct scope *scope,
                   struct mismatch *why);

/* Does it take any segment whatever: "*" and no more? */
bool pattern_takes_all(const struct pattern *p);

/* The same as pattern_match(), and goes on: every field that differs, in the order of the header. Returns how
 * many. */
size_t pattern_differences(const struct pattern *p, const struct segment *s, const struct scope *scope,
                           struct mismatch out[MISMATCHES_MAX]);

/* The pcap-filter(7) expression that decides whether a segment of the peer's matches, with the
 * connection's numbers of now, for packets of a family (4 or 6) whose TCP header begins tcp_offset bytes
 * into the packet (40 for IPv6 without extension headers; IPv4 finds it by itself and ignores it). The
 * link layer is raw IP. Added to out. scope->connection's addresses and ports are part of it. */
void pattern_lower(const struct pattern *p, const struct scope *scope, int family, unsigned tcp_offset,
                   UT_string *out);

/* Fills in a segment to be sent: what the pattern names, and from the connection what it does not. now_ns
 * gives TSval (milliseconds). payload is borrowed from the pattern. False with d where it cannot be built:
 * options of over 40 bytes, a false offset that is the true one, a fragment that holds all of it. */
bool pattern_build(const struct pattern *p, const struct scope *scope, int64_t now_ns, struct segment *out,
                   struct diag *d);

/* --- what a segment of the peer's looks like when it comes again --- */

/* The pattern points into the rest of it: not to be copied. */
struct resend {
	struct expr seq, len, ack_low, ack_high;
	struct pattern pattern;
};

/* first and, where it is not NULL, rest in one segment, as a sender makes it of
 * what lies behind one another in its queue (RFC 9293, 3.8.1): first's numbers,
 * the length and the flags of both; the octets themselves are not kept. */
struct segment resend_whole(const struct segment *first, const struct segment *rest);

/* whole again: the same number, length and flags, but for PSH (RFC 9293, 3.9.1.2);
 * its ACK is whole's or a newer one, up to newest. */
void resend_pattern(struct resend *r, const struct segment *whole, struct expr newest);

/* --- where each option stands: shared by matching, lowering and building --- */

/* The option's row of the table; NULL where it is raw. */
const struct option_rule *option_pattern_rule(const struct option_pattern *o);

/* True for NOP and EOL (raw or not): one byte, no length. */
bool option_pattern_single(const struct option_pattern *o);

/* Bytes of all the pattern's options, not padded. */
unsigned options_pattern_bytes(const struct pattern *p);

/* One of the option's numbers: where it stands, how wide it is and what is asked of it. */
struct option_value {
	unsigned offset; /* from the option's first byte */
	unsigned width;  /* 1, 2 or 4 bytes */
	const struct field *field;
	char which; /* as for field_range() */
};

/* Fills in the option's i-th number. False: there are no more. */
bool option_pattern_value(const struct option_pattern *o, unsigned i, struct option_value *out);

#endif
