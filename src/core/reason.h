/* Why a verdict is what it is, as a fact: a code, its numbers, and for a failure the fields that differed.
 * Sentences are report/words.h's. The codes are stable: CIs, baselines and the manual speak in them. */
#ifndef FW_REASON_H
#define FW_REASON_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "names.h"

/* X(name, id, verdicts), the verdicts as letters: fail, skip, error. Behind each: n[] and text of struct
 * reason. The text of a failure is the segment that came. man/fourwave.1 has a line on each id, and
 * schema/fourwave-result-3.schema.json lists them; a test compares. What a rule is has an id of its own, in
 * core/rules.h. */
#define REASON_CODES(X)                                                                                      \
	/* steps on segments */                                                                              \
	X(HANDSHAKE, "handshake", "f")                                                                       \
	X(WRONG_SEGMENT, "wrong-segment", "f")           /* n: how many patterns there were */               \
	X(UNEXPECTED_SEGMENT, "unexpected-segment", "f") /* n: it came after the last step */                \
	X(OTHER_CHOICE, "other-choice", "f")             /* the field: what a stack chooses */               \
	X(NO_SEGMENT, "no-segment", "f")                 /* n: ns that it was waited for */                  \
	X(TOO_EARLY, "too-early", "f")                                                                       \
	X(NOT_SILENT, "not-silent", "f") /* n: ns into the silence, its length */                            \
	X(BEFORE_FENCE, "before-fence", "f")                                                                 \
	X(INTERVAL, "interval", "f") /* n: both slots */                                                     \
	/* series of resends. n: how many there were, ns, slot and the one behind it or -1 */                \
	X(RESEND_OCTETS, "resend-octets", "f")                                                               \
	X(FIRST_GAP, "first-gap", "f")                                                                       \
	X(GAP, "gap", "f")                                                                                   \
	X(RESEND_COUNT, "resend-count", "f")                                                                 \
	X(NO_RESEND, "no-resend", "f") /* n[1]: ns that it was waited for */                                 \
	X(GAVE_UP_EARLY, "gave-up-early", "f")                                                               \
	X(GAVE_UP_LATE, "gave-up-late", "f")                                                                 \
	X(NOT_GIVEN_UP, "not-given-up", "f") /* n[1]: ns that the series may take */                         \
	/* the peer's state */                                                                               \
	X(STATE, "state", "f")                                                                               \
	X(STATE_EARLY, "state-early", "f") /* n: the state */                                                \
	X(STATE_TIMER, "state-timer", "f")                                                                   \
	X(NOT_CLOSED, "not-closed", "f")                                                                     \
	X(NO_PROBE_ANSWER, "no-probe-answer", "f")                                                           \
	/* no connection to judge */                                                                         \
	X(NO_ANSWER, "no-answer", "e") /* n: tries */                                                        \
	X(NO_SYN, "no-syn", "e")                                                                             \
	X(REFUSED, "refused", "e")                                                                           \
	X(OLD_CONNECTION, "old-connection", "e") /* text: the segment */                                     \
	X(NO_GREETING, "no-greeting", "e")       /* n: ns that it was waited for */                          \
	X(TURNED_AWAY, "turned-away", "e")       /* text: the segment */                                     \
	X(CLOSED_UNASKED, "closed-unasked", "e") /* text: the segment */                                     \
	X(SERVER_RESET, "server-reset", "e")     /* n: bytes of --provoke were sent; text: the segment */    \
	X(SERVER_STAYS, "server-stays", "e")     /* n: ns that its close was waited for */                   \
	/* what the peer can't be asked. text: as the sentence needs it */                                   \
	X(NEEDS_AGENT, "needs-agent", "s") /* n: enum need, its provocations, on end-of-file, in the lab */  \
	X(NEEDS_PORT, "needs-port", "s")                                                                     \
	X(SYSCTL_DIFFERS, "sysctl-differs", "s")       /* the field says how; n: as --assume says */         \
	X(SYSCTL_UNKNOWN, "sysctl-unknown", "s")       /* the field */                                       \
	X(SYSCTL_UNREADABLE, "sysctl-unreadable", "s") /* the field; text: why */                            \
	X(OTHER_STACK, "other-stack", "s")             /* the field; text: its control; n: there is one */   \
	X(NOT_OFFERED, "not-offered", "s")             /* text: the option */                                \
	X(UNREACHABLE, "unreachable", "se")            /* text: the sentence */                              \
	/* the agent */                                                                                      \
	X(AGENT_SILENT, "agent-silent", "e")   /* n: ns that it was waited for, or 0 */                      \
	X(AGENT_REFUSED, "agent-refused", "e") /* n: enum asked; text: why */                                \
	X(AGENT_GONE, "agent-gone", "e")       /* text: why, or "" */                                        \
	X(PROGRAM, "program", "e")             /* in the lab; text: that it ended, or did not come up */     \
	/* the scenario */                                                                                   \
	X(NOT_ADJACENT, "not-adjacent", "e") /* n: both slots */                                             \
	X(CANNOT_BUILD, "cannot-build", "e") /* text: why */                                                 \
	X(FILTER, "filter", "e")             /* text: why */                                                 \
	X(FILTER_BUG, "filter-bug", "e")     /* n: the filter takes it; text: the filter */                  \
	X(MISFIT, "misfit", "e")             /* n: enum misfit, step, ...; text: the segment */              \
	/* our own side */                                                                                   \
	X(INTERRUPTED, "interrupted", "e") /* n: before it began */                                          \
	X(CLOCK, "clock-stepped", "e")                                                                       \
	X(CAPTURE_LOST, "capture-lost", "e") /* n: packets, -1: not known */                                 \
	X(POLLUTED, "polluted", "e")         /* text: the segment, to whom */                                \
	X(SHIELD_TTL, "shield-ttl", "e")     /* the peer's is 255 */                                         \
	X(NOT_SEEN, "not-seen", "e")         /* text: flags */                                               \
	X(ONE_NOT_SEEN, "interval-unseen", "e")                                                              \
	X(DEFRAGMENTED, "defragmented", "e")                                                                 \
	X(TOO_MANY, "too-many-segments", "e") /* n: of them */                                               \
	X(HOST, "host", "e")                  /* text: what of this host failed */                           \
	/* what came between, so that a failure is not held against the peer: these overrule it */           \
	X(LATE, "late", "e")                       /* n: ns, the rate that held it, or 0 */                  \
	X(PATH_HOP_LIMIT, "path-hop-limit", "e")   /* n: of the segment, of the handshake */                 \
	X(PATH_DOUBLED, "path-doubled", "e")       /* n: ns between */                                       \
	X(PATH_OVERTAKEN, "path-overtaken", "e")   /* n: ns between */                                       \
	X(PATH_JITTER, "path-jitter", "e")         /* n: ns of the quickest handshake, of the slowest */     \
	X(PATH_COPIES, "path-copies", "e")         /* n: copies, runs with overtaking, doubled handshakes */ \
	X(PATH_UNSTEADY, "path-unsteady", "e")     /* n: runs that passed when played again */               \
	X(PATH_SOURCE_MAC, "path-source-mac", "e") /* another than the handshake's */                        \
	X(PATH_NAT, "path-nat", "e")          /* text: where the agent saw it come from, n: 0 nowhere */     \
	X(PATH_LOSS, "path-loss", "e")        /* n: what showed it, how often */                             \
	X(PATH_SLOW, "path-slow", "e")        /* n: ns since our last segment, ns there and back */          \
	X(SYN_COOKIES, "syn-cookies", "e")    /* of the peer's host */                                       \
	X(LINK_DOWN, "link-down", "e")        /* text: our interface */                                      \
	X(ADDRESS_GONE, "address-gone", "e")  /* text: our address */                                        \
	X(NEIGHBOUR, "neighbour-failed", "e") /* text: the next hop; n: 1 another link address */            \
	X(NOT_REPEATED, "not-repeated",                                                                      \
	  "e") /* n: when played again 0 it passed, 1 failed otherwise, 2 could not be played */

enum code {
	CODE_NONE, /* of a pass */
#define X(name, id, verdicts) CODE_##name,
	REASON_CODES(X)
#undef X
	    CODE_COUNT
};

/* "resend-count" */
const char *code_name(enum code code);
bool code_parse(const char *text, enum code *out);

/* May a verdict of that kind have it? */
bool code_fits(enum code code, enum verdict_kind kind);

/* CODE_NEEDS_AGENT */
enum need {
	NEED_PROVOKE, /* n[1]: bits 1 << enum provoke; n[2]: close on end-of-file, too; n[3]: of a program */
	NEED_QUIET,
	NEED_BY_HAND,
	NEED_DELAY,
	NEED_CONNECT,
	NEED_AFTER_FIN,
	NEED_CLOSER,
	NEED_OTHER_AGENT, /* n[1]: what the one that is there can't */
	NEED_LISTENER,    /* what connects is no such thing */
	NEED_ACCEPTER,
	NEED_CLOSED /* as NEED_CLOSER, and it was seen */
};

/* CODE_AGENT_REFUSED */
enum asked { ASKED_CLAIM, ASKED_PROVOKE, ASKED_CONNECT, ASKED_STATE };

/* CODE_MISFIT; n[1]: the step, n[2]: as here */
enum misfit {
	MISFIT_NOT_SENT, /* frame */
	MISFIT_NOT_THERE,
	MISFIT_NOT_CAPTURED,
	MISFIT_ASKED,     /* enum provoke */
	MISFIT_NOT_ASKED, /* enum provoke */
	MISFIT_STATE_NOT_ASKED,
	MISFIT_ENDS
};

/* X(name, text): what a segment, a series or a state had otherwise than the scenario wants it. The header's
 * come first, and in the order of the header. */
#define DIFFERENCES(X)                                                                                       \
	X(FLAGS, "flags")                                                                                    \
	X(SEQ, "seq")                                                                                        \
	X(END, "end of payload")                                                                             \
	X(ACK, "ack")                                                                                        \
	X(LEN, "len")                                                                                        \
	X(WIN, "win")                                                                                        \
	X(URG, "urg")                                                                                        \
	X(TTL, "ttl")                                                                                        \
	X(OPTIONS, "options")                                                                                \
	X(PAYLOAD, "payload")                                                                                \
	X(FILTER, "filter")                                                                                  \
	X(SEGMENT, "segment")                                                                                \
	X(STATE, "state")                                                                                    \
	X(TIMER, "timer")                                                                                    \
	X(TIME, "time")                                                                                      \
	X(INTERVAL, "interval")                                                                              \
	X(GAP, "gap")                                                                                        \
	X(FIRST_GAP, "first gap")                                                                            \
	X(BUDGET, "budget")                                                                                  \
	X(RESENDS, "count")                                                                                  \
	X(SYSCTL, "sysctl")                                                                                  \
	X(PROFILE, "profile")

enum difference {
#define X(name, text) DIFFERS_##name,
	DIFFERENCES(X)
#undef X
	    DIFFERS_COUNT
};

/* "seq", "end of payload" */
const char *field_name(enum difference field);
bool field_parse(const char *text, enum difference *out);

/* What was expected, or came. Times are nanoseconds. The numbers stand in journals: append. */
enum datum_kind {
	DATUM_NONE,
	DATUM_TEXT, /* a segment, options, a filter: in their notation */
	DATUM_NUMBER,
	DATUM_RANGE,
	DATUM_FLAGS,
	DATUM_STATES, /* bits 1 << enum tcp_state */
	DATUM_BYTES,
	DATUM_BYTES_CAPTURED, /* of */
	DATUM_OTHER_BYTE,     /* at, is, is not */
	DATUM_FIRST_OCTETS,
	DATUM_OTHER_OCTETS,
	DATUM_NO_MATCH,
	DATUM_AT_LEAST,
	DATUM_FROM_TO,
	DATUM_TIME,
	DATUM_TIME_BEFORE,
	DATUM_TIME_RANGE,
	DATUM_TIME_AT_LEAST,
	DATUM_NOT_BEFORE,
	DATUM_ONE_WITHIN,
	DATUM_BACKOFF, /* from, to, the factor's millionth parts */
	DATUM_GIVEN_UP_WITHIN,
	DATUM_NO_END,
	DATUM_SINCE_FIRST_RESEND,
	DATUM_RESEND_AFTER,
	DATUM_NO_RESEND_BY,
	DATUM_GONE_AFTER,
	DATUM_NO_TIMER,
	DATUM_NO_ANSWER,
	DATUM_ANSWERS,
	DATUM_KINDS
};

enum { DATUM_TEXT_BYTES = 128, DATUM_NUMBERS = 3 };

struct datum {
	enum datum_kind kind;
	int64_t n[DATUM_NUMBERS];
	char text[DATUM_TEXT_BYTES];
};

struct mismatch {
	enum difference field;
	struct datum expected, got;
	/* Of a time: so much must the path's delay vary to explain it; 0: no such thing does. */
	int64_t jitter_ns;
};

enum { MISMATCHES_MAX = DIFFERS_PAYLOAD + 1, REASON_NUMBERS = 4, REASON_TEXT_BYTES = 512 };

struct reason {
	enum code code;
	int64_t n[REASON_NUMBERS];
	char text[REASON_TEXT_BYTES]; /* cut where it is longer */
	struct mismatch fields[MISMATCHES_MAX];
	size_t field_count;
};

/* Of a kind that has no text, and of one that has. */
struct datum datum_of(enum datum_kind kind, int64_t a, int64_t b);
struct datum datum_notation(const char *text);

/* With a text, cut; with one field that differed. */
struct reason reason_text_of(enum code code, const char *text);
struct reason reason_field(enum code code, enum difference field, struct datum expected, struct datum got);

#endif
