/* A scenario as the engine plays it: blocks and includes expanded, params put in, names resolved to slots.
 * The language makes it (lang/), nothing changes it afterwards. Everything in it lives in its arena. */
#ifndef FW_SCENARIO_H
#define FW_SCENARIO_H

#include "base/memory.h"
#include "names.h"
#include "pattern.h"

struct clause {
	unsigned rfc;        /* 0: none */
	const char *section; /* "3.10.7.4", or NULL */
	enum level level;    /* LEVEL_COUNT: not said */
};

/* Why it may be demanded. */
struct basis {
	enum level level;     /* where the step says none, the strictest of the scenario's clauses */
	struct clause clause; /* what a requirement rests on */
	const char *choice;   /* LEVEL_CHOICE: the name of the profile's value */
};

/* When: measured from a reference, the event before (ref -1) or a named
 * segment. Nanoseconds; -1 where not said. */
struct timing {
	int64_t after_ns;  /* not before this */
	int64_t within_ns; /* not later than this */
	int ref;           /* slot, or -1 */
};

/* The kinds of steps. Each has a step_NAME_ops in the engine: the linker misses it otherwise. expect waits
 * for one segment, or one of several. */
#define STEP_KINDS(KIND)                                                                                     \
	KIND(OPEN, open)                                                                                     \
	KIND(SEND, send)                                                                                     \
	KIND(EXPECT, expect)                                                                                 \
	KIND(RETRANSMIT, retransmit)                                                                         \
	KIND(SILENCE, silence)                                                                               \
	KIND(ALLOW, allow)                                                                                   \
	KIND(FENCE, fence)                                                                                   \
	KIND(INTERVAL, interval)                                                                             \
	KIND(PROVOKE, provoke)                                                                               \
	KIND(STATE, state)                                                                                   \
	KIND(LEAVE, leave)

#define STEP_KIND(NAME, name) STEP_##NAME,
enum step_kind { STEP_KINDS(STEP_KIND) };

/* expect retransmit NAME [and NAME] ... */
struct series {
	int slot; /* the segment that must come again */
	int with; /* the one behind it, that comes in the same segment, or -1 */
	bool lost;
	unsigned min, max; /* resends; max UINT_MAX where open */
	bool has_backoff;
	double factor;                      /* each gap against the one before, 2.0 */
	double plus, minus;                 /* tolerance as fractions: 0.15 and 0.02 */
	bool first_exempt;                  /* the first gap is a tail-loss probe's */
	int64_t first_min_ns, first_max_ns; /* bounds of the first gap, -1 where not said */
	bool gives_up;                      /* and then no more, for as long as the next gap would be */
	int64_t budget_ns; /* the peer stops at the first time-out this long after its first resend; -1 */
};

/* open: the handshake. */
struct handshake {
	bool has_iss;
	const struct expr *iss;
	struct pattern syn; /* our SYN's (or SYN-ACK's) window and options; flags are settled */
};

struct provocation {
	enum provoke kind;
	bool on_eof;                  /* close: when the peer's program reads end-of-file */
	int64_t delay_ns;             /* on_eof: that much after it */
	uint32_t bytes;               /* write */
	int64_t idle_ns, interval_ns; /* keepalive */
	unsigned count;               /* keepalive */
};

struct state_check {
	uint32_t states; /* bit 1 << enum tcp_state for each that is right */
	bool has_timer;  /* the kernel's timer on it must lie between: */
	int64_t timer_min_ns, timer_max_ns;
};

struct step {
	enum step_kind kind;
	struct where where;
	const char *text; /* the step as its author wrote it, one line, trimmed */
	struct timing timing;
	struct basis basis;
	struct pattern *patterns; /* send: 1; expect and allow: 1 and more; silence: the exceptions */
	size_t pattern_count;     /* allow: 0 takes all allowances back */
	struct series series;
	struct handshake handshake;
	struct provocation provocation;
	struct state_check state;
	int64_t duration_ns; /* silence */
	int from, to;        /* interval: slots */
};

struct sysctl_setting {
	struct where where;
	const char *name;  /* "tcp_orphan_retries": below net.ipv4; or "ipv6.x.y" in full after net. */
	const char *value; /* as it is written to the file */
};

/* A profile's value that it names. */
struct used_value {
	const char *name, *text; /* "time_wait", "60s..66s" */
	const char *from;        /* the profile, or "-D"; NULL: none gives it, so nothing bounds it */
};

enum { FAMILY_IPV4 = 1, FAMILY_IPV6 = 2 };

struct scenario {
	struct arena *arena;
	const char *file;
	const char *title;
	const char *claim;         /* the statement under test, or NULL */
	const char *control;       /* what the row names as its control, or NULL */
	int row;                   /* of the exception table; 0: none */
	enum role role;            /* who closes first */
	bool listen;               /* the peer connects to us */
	unsigned families;         /* FAMILY_IPV4 | FAMILY_IPV6 */
	int64_t takes_ns;          /* the least that it must take: declared, or summed up from its steps */
	const char *const *stacks; /* it is about these alone, by the names of their profiles */
	size_t stack_count;        /* 0: about any */
	const struct clause *clauses;
	size_t clause_count;
	enum level level; /* of the steps that say none */
	const struct sysctl_setting *sysctls;
	size_t sysctl_count;
	const struct used_value *values; /* in the order in which they are named */
	size_t value_count;
	const char *const *names; /* by slot */
	size_t name_count;
	const struct step *steps;
	size_t step_count;
};

/* Frees the scenario and all that is in it. NULL is allowed. */
void scenario_free(struct scenario *s);

/* Is the connection left alive at its end? */
bool scenario_leaves(const struct scenario *s);

/* What the peer must be able to do: bit 1 << enum provoke for each provoke
 * step (PROVOKE_CLOSE only where not on_eof; on_eof apart). */
struct needs {
	uint32_t provokes;
	bool close_on_eof;
	bool state;      /* has a state step */
	bool other_port; /* of us: sends from another port of ours */
	bool listener;   /* waits for the answer to a SYN of its own, beside "open" */
};
struct needs scenario_needs(const struct scenario *s);

#endif
