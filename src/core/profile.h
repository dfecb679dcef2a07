/* Profiles: what a stack does where RFCs leave it the choice, as values with names. One table says which
 * there are; the reader of profiles (lang/profile.h), scenarios, the manual and its test go by it. */
#ifndef FW_PROFILE_H
#define FW_PROFILE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/diag.h"
#include "base/duration.h"
#include "base/memory.h"

enum profile_kind {
	PROFILE_DURATION, /* low: nanoseconds */
	PROFILE_RANGE,    /* low..high: nanoseconds */
	PROFILE_PERCENT,  /* low: millionths, 15% is 150000 */
	PROFILE_COUNT,    /* low */
	PROFILE_WORD      /* word: one of the rule's */
};

/* No bound: the end of a range that is not judged. */
#define FOREVER_NS INT64_MAX

/* Each value: its name, its kind, what holds where no profile gives it (a word has nothing then), a word's
 * choices, and what it is. Whoever gives one a new name: HACKING.md, "A profile's value". */
#define PROFILE_VALUES(VALUE)                                                                                \
	VALUE(DEADLINE, "deadline", DURATION, 20 * NS_PER_S, 0, NULL,                                        \
	      "how long a scenario waits for what no RFC gives a time")                                      \
	VALUE(DELAYED_ACK, "delayed_ack", DURATION, 500 * NS_PER_MS, 0, NULL,                                \
	      "the longest that the ACK of data or of a FIN may be put off")                                 \
	VALUE(MSL, "msl", DURATION, 120 * NS_PER_S, 0, NULL, "the maximum segment lifetime")                 \
	VALUE(TIME_WAIT, "time_wait", RANGE, 0, FOREVER_NS, NULL,                                            \
	      "how long TIME-WAIT lasts after the last FIN, as it is seen from outside")                     \
	VALUE(TIME_WAIT_TIMER, "time_wait_timer", RANGE, 0, FOREVER_NS, NULL,                                \
	      "what the host says is left of TIME-WAIT as it begins")                                        \
	VALUE(FIN_WAIT_2, "fin_wait_2", RANGE, 0, FOREVER_NS, NULL,                                          \
	      "how long FIN-WAIT-2 lasts where the program has closed")                                      \
	VALUE(RTO_MIN, "rto_min", DURATION, 0, 0, NULL, "the least retransmission time-out")                 \
	VALUE(RTO_INITIAL, "rto_initial", RANGE, 0, FOREVER_NS, NULL,                                        \
	      "the first gap of resends after a lost SYN or SYN-ACK, no round trip being measured")          \
	VALUE(SYN_GAP, "syn_gap", RANGE, 0, FOREVER_NS, NULL,                                                \
	      "the first gap of resends of a SYN or SYN-ACK itself")                                         \
	VALUE(FIRST_GAP, "first_gap", RANGE, 0, FOREVER_NS, NULL,                                            \
	      "the first gap of resends on a short path that was measured")                                  \
	VALUE(FIRST_RESEND, "first_resend", DURATION, 20 * NS_PER_S, 0, NULL,                                \
	      "the longest that a first resend is waited for, where a step does not say")                    \
	VALUE(TIMER_TICK, "timer_tick", DURATION, 500 * NS_PER_MS, 0, NULL,                                  \
	      "the granularity of the clock by which the stack resends")                                     \
	VALUE(BACKOFF_LATE, "backoff_late", PERCENT, 200000, 0, NULL,                                        \
	      "by how much a gap may exceed its place in the back-off")                                      \
	VALUE(BACKOFF_EARLY, "backoff_early", PERCENT, 50000, 0, NULL,                                       \
	      "by how much a gap may fall short of its place in the back-off")                               \
	VALUE(RESENDS, "resends", COUNT, 3, 0, NULL,                                                         \
	      "resends that a host with its defaults sends at the least")                                    \
	VALUE(ABORT_RST, "abort_rst", WORD, 0, 0, "ack bare",                                                \
	      "the RST of a program's abort: with the ACK bit (ack), or without (bare)")                     \
	VALUE(FIN_AGAIN, "fin_again", WORD, 0, 0, "ack fin",                                                 \
	      "the answer to a repeated FIN in LAST-ACK and CLOSING: ack, or fin (FIN and ACK)")             \
	VALUE(MERGED_FIN, "merged_fin", WORD, 0, 0, "merged apart",                                          \
	      "a close at end-of-file: the ACK of our FIN and the peer's FIN merged, or apart")              \
	VALUE(CRASH, "crash", WORD, 0, 0, "fin rst",                                                         \
	      "a killed program's connection, nothing unread: a FIN (fin), or a RST (rst)")                  \
	VALUE(ORPHAN_DATA, "orphan_data", WORD, 0, 0, "rst silence",                                         \
	      "data that comes after close(): answered with a RST (rst), or with silence")                   \
	VALUE(SHUT_WINDOW, "shut_window", WORD, 0, 0, "fin probe",                                           \
	      "a close into a shut window: the FIN is sent (fin), or a probe, and the FIN withheld (probe)")

#define PROFILE_ID(ID, ...) PROFILE_##ID,
enum profile_id { PROFILE_VALUES(PROFILE_ID) PROFILE_VALUE_COUNT };

struct profile_rule {
	const char *name;
	enum profile_kind kind;
	int64_t low, high; /* where no profile gives it */
	const char *words; /* PROFILE_WORD: those that it may be, blanks between them */
	const char *what;
};

extern const struct profile_rule profile_rules[PROFILE_VALUE_COUNT];

struct profile_value {
	bool given; /* else it has no bound: low and high are the rule's */
	int64_t low, high;
	const char *word;   /* PROFILE_WORD: or NULL */
	const char *source; /* where it is known from, or NULL */
	const char *from;   /* the profile that gives it; "-D" */
	struct where where; /* its line there */
};

enum { PROFILE_STACKS_MAX = 8 };

/* All text is the arena's. */
struct profile {
	struct arena *arena;
	const char *name, *title;               /* "linux"; title or NULL */
	const char *file;                       /* or NULL */
	const char *stacks[PROFILE_STACKS_MAX]; /* its name, and of what it is based on, from near to far */
	unsigned stack_count;
	struct profile_value values[PROFILE_VALUE_COUNT];
};

/* One that gives nothing, to be freed. name is copied. */
struct profile *profile_new(const char *name);

/* NULL is allowed. */
void profile_free(struct profile *p);

/* Does a peer of this profile count as such a stack? */
bool profile_is(const struct profile *p, const char *stack);

/* False where there is no value of that name. */
bool profile_id_parse(const char *name, enum profile_id *out);

/* The value; of a profile that is NULL, what holds where none gives it. */
struct profile_value profile_value(const struct profile *p, enum profile_id id);

/* "a duration", "a range of durations, 60s..66s" ... */
const char *profile_kind_text(enum profile_kind k);

/* As a profile has it, behind the '=': "60s..66s", "15%". Returns buf. */
enum { PROFILE_TEXT_BYTES = 64 };
const char *profile_value_text(enum profile_id id, const struct profile_value *v,
                               char buf[PROFILE_TEXT_BYTES]);

/* All that it gives, a line each, as a profile's file has them. */
const char *profile_text(const struct profile *p, struct arena *a);

#endif
