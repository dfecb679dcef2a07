/* What became of a scenario, with the evidence: every segment of the
 * connection, what was measured, and for a failure the step and the field. */
#ifndef FW_VERDICT_H
#define FW_VERDICT_H

#include "names.h"
#include "rules.h"
#include "scenario.h"

enum { MEASURE_VALUES_MAX = 64 };

/* Values are seconds, but for RESENDS (how many), STATE (enum tcp_state) and STATES_NOT_OBSERVABLE (lines).
 */
enum measure_kind {
	MEASURE_HANDSHAKE,
	MEASURE_ANSWER, /* from a segment of ours to the peer's answer */
	MEASURE_STATE,
	MEASURE_TIMER, /* the kernel's, as it was read */
	MEASURE_CLOSED_AFTER,
	MEASURE_STATES_NOT_OBSERVABLE,
	/* Of one step, and of its segments: */
	MEASURE_INTERVAL,
	MEASURE_RESENDS,
	MEASURE_GAPS,
	MEASURE_GAVE_UP, /* after the first sending */
	MEASURE_LAST_RESEND,
	MEASURE_COUNT
};

struct measure {
	enum measure_kind kind;
	int step; /* from MEASURE_INTERVAL on; else -1: of the whole run */
	unsigned count;
	double values[MEASURE_VALUES_MAX];
};

/* What a segment was to the scenario. */
enum note_kind {
	NOTE_NONE,
	/* ours */
	NOTE_SENT, /* by a step; slot */
	NOTE_OPENS,
	NOTE_ANSWERS_SYN, /* the peer's, too */
	NOTE_COMPLETES,   /* the handshake; the peer's, too */
	NOTE_ASKS_AGAIN,  /* the peer's, too */
	NOTE_FENCE,
	NOTE_PROBE,
	NOTE_ASKS_IN_BAND,
	NOTE_ACKS_DATA, /* a plain server's */
	NOTE_ANSWERS_SYNACK_AGAIN,
	NOTE_TIDIES,
	/* the peer's */
	NOTE_CONNECTS,
	NOTE_REFUSES,
	NOTE_EXPECTED, /* slot */
	NOTE_ALLOWED,
	NOTE_EXCEPTED, /* from a silence */
	NOTE_RESEND,   /* n of its step's series */
	NOTE_ANSWERS_FENCE,
	NOTE_ANSWERS_PROBE,
	NOTE_SERVER_DATA,
	NOTE_ACKS_REQUEST,
	NOTE_SYNACK_AGAIN,
	NOTE_UNEXPECTED,
	NOTE_AFTER_LAST, /* known from before, or allowed */
	NOTE_UNTAKEN,    /* the verdict came before a step could take it */
	NOTE_AFTER_VERDICT,
	NOTE_IGNORED, /* n: enum ignored */
	/* who made the picture says it in text, as of a capture without a scenario */
	NOTE_TEXT
};

struct note {
	enum note_kind kind;
	int slot; /* the name it was bound to, or -1 */
	unsigned n;
	const char *text; /* borrowed */
};

enum passage { PASSED_IN, PASSED_OUT };

/* One segment in the evidence. Payload is not kept. */
struct trace {
	enum passage passage;
	int64_t time_ns;        /* of the capture; of our decision where it was lost on our side */
	struct segment segment; /* payload and packet are NULL */
	int step;               /* the step that sent it or took it, or -1 */
	bool lost;              /* the scenario lost it */
	bool wrong;             /* it broke the scenario */
	bool ignored;           /* the engine never saw it: no answer of the peer's; note says why */
	struct note note;
	const struct rule_row *broke; /* the first rule that it broke, or NULL */
};

/* A state of the peer's that was told and not inferred: by its host, or by its answer to a probe. A step that
 * asks again and again has here the first reading, each that differs from the one before, and the last. */
struct observation {
	int64_t time_ns; /* the answer was here then; the reading was made a moment before */
	enum tcp_state state;
	bool has_timer;
	int64_t timer_ns; /* until the peer's timer expires */
	int step;         /* that asked, or -1: the answer came after the verdict */
	bool by_probe;    /* the trace holds the peer's answer, of the same time */
	bool still;       /* the last reading of a step, the same as the one before */
	bool wrong;       /* it broke the scenario */
};

/* A step that the peer did not keep, and need not have. */
struct warning {
	struct reason reason;
	struct basis basis;
	int step;
	struct where where;
	int64_t late_ns; /* as below */
};

/* How often the peer's segments broke a rule that holds of each. That ends no run, and is no part of its
 * verdict: a rule is a result of its own (report/result.h). */
struct rule_breaches {
	unsigned count;      /* 0: it was kept */
	struct breach first; /* what the first of them had */
	size_t trace;        /* its place in the evidence, or SIZE_MAX */
};

struct verdict {
	enum verdict_kind kind;
	struct reason reason;     /* of VERDICT_WARN: the first warning's, as are basis, step and where */
	struct basis basis;       /* of the step that failed */
	struct warning *warnings; /* in their order, also where something failed later */
	size_t warning_count;
	struct rule_breaches breaches[RULE_COUNT];
	int64_t late_ns; /* of a failure: so late we were, and that may be why it failed; 0: it is not */
	struct reason overruled; /* the failure that it would have been; CODE_NONE: none was overruled */
	size_t damaged;          /* segments of the peer's with a wrong checksum, which nobody judged */
	bool syn_unseen;         /* nobody saw our SYN leave */
	int step;                /* index of the step that failed, or -1 */
	struct where where;      /* of that step */
	bool whole;              /* all steps were played: else it ended before that */
	int64_t started_ns, ended_ns;
	uint32_t iss, irs;        /* to print relative numbers */
	struct measure *measures; /* the lists belong to the engine */
	size_t measure_count;
	struct trace *trace;
	size_t trace_count;
	size_t trace_omitted;             /* segments over the limit of the evidence */
	struct observation *observations; /* in the order of their times */
	size_t observation_count;
	size_t observations_omitted; /* readings over the limit; the newest is always there */
};

#endif
