/* Results made by hand, for the reports' tests. */
#ifndef FW_REPORT_SAMPLE_H
#define FW_REPORT_SAMPLE_H

#include "report/result.h"
#include "report/pen.h"

enum {
	SAMPLE_STEPS = 8,
	SAMPLE_TRACE = 16,
	SAMPLE_MEASURES = 8,
	SAMPLE_OBSERVATIONS = 4,
	SAMPLE_WARNINGS = 3
};

/* A run of row 1, passive: the handshake, the peer's FIN that we lose, its
 * resend. All of it may be changed before it is given to a report. */
struct sample {
	struct scenario scenario;
	struct step steps[SAMPLE_STEPS];
	struct clause clauses[2];
	struct verdict verdict;
	struct trace trace[SAMPLE_TRACE];
	struct measure measures[SAMPLE_MEASURES];
	struct observation observations[SAMPLE_OBSERVATIONS];
	struct warning warnings[SAMPLE_WARNINGS];
	struct connection connection;
	struct result result;
};

/* A pass, IPv4, with everything filled in. */
void sample_pass(struct sample *s);

/* A failure: the resend came with a number one too high. */
void sample_fail(struct sample *s);

/* The pass with two warnings: the first gap (a SHOULD with its clause), and the peer's last timer (a stack's
 * choice). */
void sample_warn(struct sample *s);

/* The failure after the first of these. */
void sample_warned_fail(struct sample *s);

/* The rule was broken so often, first by that segment of the evidence. */
void sample_breach(struct sample *s, enum rule rule, size_t trace, unsigned count);

/* A measure more. */
void sample_measure(struct sample *s, enum measure_kind kind, int step, unsigned count, const double *values);

/* A state of the peer's that step's reading observed, so many seconds after the start. */
struct observation *sample_observation(struct sample *s, double seconds, enum tcp_state state, int step);

extern const struct style plain80, fancy140;

/* What is written to a stream in memory. The caller frees text. */
struct page {
	FILE *out;
	char *text;
	size_t len;
};

void page_open(struct page *p);
/* Ends the writing; text is there until page_free(). */
void page_close(struct page *p);
void page_free(struct page *p);

/* No line is wider than columns, none ends in a blank, no byte is a control
 * character but the newline (and ESC where color). Aborts the test. */
void page_is_tidy(const struct page *p, int columns);

#endif
