/* What became of a scenario, with the evidence: every segment of the
 * connection, what was measured, and for a failure the step and the field. */
#ifndef FW_VERDICT_H
#define FW_VERDICT_H

#include "names.h"
#include "pattern.h"

enum { REASON_BYTES = 512, MEASURE_NAME_BYTES = 40, MEASURE_VALUES_MAX = 64, NOTE_BYTES = 64 };

/* One thing measured. Values are seconds where unit is 's', a plain number
 * where it is 'n', names of states where it is 'S' (enum tcp_state). */
struct measure {
	char name[MEASURE_NAME_BYTES]; /* "resends", "gaps", "gave_up", "state" ... unique but for a number
	                                  appended */
	char unit;
	bool list;
	unsigned count;
	double values[MEASURE_VALUES_MAX];
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
	char note[NOTE_BYTES];  /* "as fin", "resend 2", "allowed", "bad checksum: ignored", or "" */
};

/* A state of the peer's that was told and not inferred: by its host, or by its
 * answer to a probe. A step that asks again and again has here the first reading,
 * each that differs from the one before, and the last. */
struct sighting {
	int64_t time_ns; /* the answer was here then; the reading was made a moment before */
	enum tcp_state state;
	bool has_timer;
	int64_t timer_ns; /* until the peer's timer expires */
	int step;         /* that asked, or -1: the answer came after the verdict */
	bool by_probe;    /* the trace holds the peer's answer, of the same time */
	bool still;       /* the last reading of a step, the same as the one before */
	bool wrong;       /* it broke the scenario */
};

struct verdict {
	enum verdict_kind kind;
	char reason[REASON_BYTES]; /* one sentence; "" for a pass */
	int step;                  /* index of the step that failed, or -1 */
	struct where where;        /* of that step */
	bool has_mismatch;
	struct mismatch mismatch;
	struct mismatch also[MISMATCHES_MAX - 1]; /* the other fields of that segment that differ */
	size_t also_count;
	int64_t started_ns, ended_ns;
	uint32_t iss, irs;        /* to print relative numbers */
	struct measure *measures; /* the lists belong to the engine */
	size_t measure_count;
	struct trace *trace;
	size_t trace_count;
	size_t trace_left_out;      /* segments over the limit of the evidence */
	struct sighting *sightings; /* in the order of their times */
	size_t sighting_count;
	size_t sightings_left_out; /* readings over the limit; the newest is always there */
};

#endif
