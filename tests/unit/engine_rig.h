/* A fake wire and a fake clock for the engine: the test plays the peer. Times
 * are milliseconds, numbers are relative to the ISNs, as tcpdump prints them.
 * Both ISNs lie just below 2^32, so that every test crosses the wrap. */
#ifndef FW_TESTS_ENGINE_RIG_H
#define FW_TESTS_ENGINE_RIG_H

#include "core/engine.h"

enum { RIG_ISS = 0xffffffffu - 1, RIG_IRS = 0xffffffffu - 2 };

/* Headers for rig_init(). */
#define PASSIVE "role passive"
#define ACTIVE "role active"

struct rig {
	struct scenario *scenario;
	struct engine_config config;
	struct engine *engine;
	bool confirm; /* what we send is seen leaving at once (the default) */
	unsigned last_id;
};

/* A rig for the steps of a scenario (its header is added). Fails the test where the text has errors. */
void rig_init(struct rig *r, const char *header, const char *steps);
/* The same by a profile, in the text of its file. */
void rig_init_by(struct rig *r, const char *profile, const char *header, const char *steps);
void rig_free(struct rig *r);

/* An event that needs no segment, a segment of the peer's as it is, one of ours seen leaving, an error from
 * outside. */
void rig_give(struct rig *r, const struct event *event);
void rig_come(struct rig *r, const struct segment *s);
void rig_left(struct rig *r, unsigned id, int64_t time_ns);
void rig_abort(struct rig *r, double ms, enum code code);

void rig_start(struct rig *r); /* at 0 ms */
/* The handshake too: the peer's SYN-ACK comes at 1 ms. */
void rig_open(struct rig *r);
/* The peer's segment: flags as a string ("F."), relative numbers. */
void rig_in(struct rig *r, double ms, const char *flags, uint32_t seq, uint32_t ack, uint32_t len);
/* The same with a payload that is not zeros. */
void rig_in_text(struct rig *r, double ms, const char *flags, uint32_t seq, uint32_t ack, const char *text);
/* Time passes and nothing comes. */
void rig_tick(struct rig *r, double ms);
/* The next action must be this segment of ours. */
void rig_out(struct rig *r, const char *flags, uint32_t seq, uint32_t ack, uint32_t len);
/* The next action must be a question of this kind. */
struct provocation rig_asks(struct rig *r, enum action_kind kind);
void rig_nothing(struct rig *r); /* no action waits */
void rig_provoked(struct rig *r, double ms);
void rig_state(struct rig *r, double ms, enum tcp_state state, double timer_ms /* < 0: none */);

/* The verdict now. reason: a part of the sentence, NULL: do not look. */
void rig_verdict(struct rig *r, enum verdict_kind kind, const char *reason);
/* How many segments broke the rule; of no other. */
void rig_broke(struct rig *r, enum rule rule, unsigned count);
/* The run has so many warnings; the last has this code, of this step. */
void rig_warned(struct rig *r, size_t count, const char *code, int step);
void rig_field(struct rig *r, const char *field);
double rig_measure(struct rig *r, enum measure_kind kind, unsigned index);

#endif
