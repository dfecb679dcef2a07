/* What RFCs say that holds of each segment, whatever a scenario waits for: one table, of which run, judge and
 * draw make use. A rule stands in it once, with its clause, its words, and the function that judges it. Only
 * what an RFC says without an "if it likes" is here; TRUST.md lists what is left out. */
#ifndef FW_RULES_H
#define FW_RULES_H

#include "observer.h"
#include "pattern.h"

enum rule {
	/* The header and the form of the options. */
	RULE_RESERVED,
	RULE_OPTION_LENGTH,
	RULE_PADDING,
	/* Options that belong into a SYN. */
	RULE_MSS,
	RULE_WSCALE,
	RULE_SACK_PERMITTED,
	/* Of a SYN. */
	RULE_SHIFT,
	RULE_WSCALE_UNASKED,
	RULE_TS_UNASKED,
	/* Of all others, but for RSTs, which need no timestamps. */
	RULE_TS_NOT_OFFERED,
	RULE_TS_MISSING,
	RULE_TS_ECHO,
	RULE_TS_BACK,
	RULE_SACK_NOT_OFFERED,
	RULE_SACK_BLOCK,
	/* Flags, numbers, octets and times. */
	RULE_CHECKSUM,
	RULE_SYN_FIN,
	RULE_FIN_NO_ACK,
	RULE_SECOND_FIN,
	RULE_DATA_AFTER_FIN,
	RULE_ACK_UNSENT,
	RULE_INTO_SHUT_WINDOW,
	RULE_RST_WITH_MORE,
	RULE_SYN_AGAIN,
	RULE_AFTER_RST,
	RULE_OTHER_OCTETS,
	RULE_LATE_ACK,
	RULE_RST_NUMBER,
	RULE_RST_FOR_RST,
	RULE_NO_BACKOFF,
	/* What a step of its own asks. */
	RULE_OLD_OCTET,
	RULE_COUNT
};

enum judged {
	/* A breach is certain from the segments alone, wherever they were captured: run, judge and draw. */
	JUDGED_ANYWHERE,
	/* It is certain where all that we sent is known: run and judge. */
	JUDGED_AT_OUR_END,
	/* In a capture: draw. In a run these fields are what steps are about, and a scenario may want them
	 * so; what none wants fails as a segment that nothing accounts for. */
	JUDGED_IN_CAPTURES,
	/* By the answer to a fence: run and judge. */
	JUDGED_BY_FENCE
};

/* A rule that a segment broke. */
struct breach {
	enum rule rule;
	long long got, limit; /* the numbers that its words name */
};

struct judgement;

struct rule_row {
	const char *id; /* stable: "rfc9293-3.1-reserved" */
	unsigned rfc;
	const char *section;
	enum level level;
	enum judged judged;
	/* An end that breaks it does so with each of its segments: told once of an end. */
	bool habit;
	const char *words; /* format of breach.got and breach.limit; to come after the segment: "has ..." */
	const char *note;  /* a few words, to stand beside the segment */
	/* NULL: only who follows the whole close can tell (read/close_unusual.c). */
	bool (*breaks)(struct judgement *j);
};

extern const struct rule_row rules[RULE_COUNT];

/* Does s, that comes from this end now, break the rule? Fills *out. Before observer_see(). */
bool rule_broken(enum rule rule, const struct observer *o, const struct segment *s, int from,
                 struct breach *out);

/* "has an MSS, which belongs into a SYN alone"; with " (RFC 9293, 3.2)" behind it. Both return buf. */
enum { BREACH_TEXT_BYTES = 128 };
const char *breach_words(const struct breach *b, char buf[BREACH_TEXT_BYTES]);
const char *breach_text(const struct breach *b, char buf[BREACH_TEXT_BYTES]);

#endif
