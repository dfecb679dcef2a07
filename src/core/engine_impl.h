/* The engine's inside, shared by engine*.c and step_*.c and nobody else. */
#ifndef FW_ENGINE_IMPL_H
#define FW_ENGINE_IMPL_H

#include "base/bytes.h"
#include "base/duration.h"
#include "base/memory.h"
#include "engine.h"
#include "rules.h"

enum {
	TRACE_MAX = 4096,        /* segments kept as evidence */
	OBSERVATIONS_MAX = 1024, /* states of the peer's kept as evidence */
	KEPT_MAX = 1024,         /* segments that wait for their step */
	SEGMENT_TEXT_BYTES = 96
};

/* A segment that was captured is in the ring a moment later: so long after a
 * deadline the engine still takes what passed before it. */
#define DEADLINE_GRACE_NS (20 * NS_PER_MS)

/* How long a step waits that does not say. */
#define DEFAULT_WITHIN_NS (2 * NS_PER_S)

/* A state that is read so much late is read at its time. */
#define LOOKED_LATE_NS (20 * NS_PER_MS)

/* A kernel's timer on a busy machine may be late by so much; never early. */
#define TIMER_LATE_NS (75 * NS_PER_MS)

/* What a step says to a segment. */
enum taken {
	TAKEN,   /* accounted for */
	REFUSED, /* not by this step: an allowance must, or the scenario fails */
	KEPT     /* this step takes no segments: the next one will see it */
};

/* A segment that came and waits for its step. */
struct kept {
	struct segment segment; /* packet and payload point into bytes */
	uint8_t *bytes;
	size_t trace; /* its place in the evidence, or SIZE_MAX */
};

/* A segment of ours that was handed to the wire. */
struct outgoing {
	size_t trace;
	int slot; /* the name it was bound to, or -1 */
	uint16_t ip_id;
	bool seen;
	int64_t time_ns;
	size_t act; /* SIZE_MAX: none */
};

/* Something that we do to the peer, and whether in time: engine_lateness.c. */
struct act {
	int64_t due_ns;  /* when the engine wanted it */
	int64_t done_ns; /* when it passed the wire, or the peer's host had done it; 0: not yet */
	bool acks;       /* acknowledges what the peer sent, which measures a round trip by it */
	bool polls;      /* asks whether it lives yet: no other act waits for that */
};

/* What a retransmission series has come to. */
struct series_run {
	unsigned count;
	struct segment whole; /* what must come again */
	int64_t first_ns;     /* the segment that is resent passed the wire then */
	int64_t first_resend_ns;
	int64_t last_ns;    /* the last resend, also an earlier step's, or as yet the segment itself */
	int64_t gap_max_ns; /* the longest that the next gap may be */
	double rto_low_s, rto_high_s; /* RTOs that all gaps so far agree with */
	bool missed;                  /* one did not, and that is a warning: told once */
	int64_t next_poll_ns, asked_ns;
	int64_t alive_ns; /* the peer's connection was there yet when that was asked */
};

/* What is one step's own. Zeroed as the step begins. */
union own {
	struct {
		unsigned tries;
		bool answered; /* the SYN-ACK came (or went); open waits on */
	} open;
	struct series_run series;
	struct {
		bool stopped; /* its program is, and what that had written comes yet */
	} provoke;
	struct {
		bool probing; /* on a bare target: by an ACK, which CLOSED answers with RST */
		unsigned asks;
		int64_t began_ns, asked_ns;
		int64_t before_ns; /* the question before was asked then */
		int64_t closed_ns; /* the first answer that said CLOSED came then, or 0 */
	} state;
	struct {
		uint32_t seq, ack; /* of its answer */
	} fence;
};

/* Has the peer's program the connection open? */
enum held { HELD_UNKNOWN, HELD_OPEN, HELD_NOT };

struct engine {
	/* What is played, and what became of it so far. */
	const struct scenario *scenario;
	struct engine_config config;
	struct connection connection;
	struct observer observer; /* of what really passed, whatever the scenario lost */
	struct {
		uint32_t sent, acked;
		bool fin;
	} before;                 /* of the peer, as its last segment found it */
	bool excused[RULE_COUNT]; /* the scenario expects what breaks these rules */
	struct bound *bound;      /* by slot */
	struct scope scope;
	struct verdict verdict; /* and the evidence */
	size_t trace_room, observation_room, measure_room, warning_room;

	/* The step at hand. */
	size_t step;
	bool waiting;        /* the step was begun and is not finished */
	bool state_asked;    /* it waits for the peer's state */
	int64_t now_ns;      /* of the event at hand */
	int64_t due_ns;      /* what follows from it was wanted then */
	int64_t ref_ns;      /* the event before: what timings count from */
	unsigned ref_send;   /* it was this send of ours, 0: it was not */
	int64_t deadline_ns; /* INT64_MAX: none */
	int64_t grace_ns;    /* so long after it what passed before it may still come from the ring */
	union own own;

	/* What waits, to be judged and to be done. */
	const struct pattern **allowed;
	size_t allowed_count, allowed_room;
	struct kept *kept;
	size_t kept_count, kept_room;
	struct action *actions;
	size_t action_first, action_count, action_room;
	struct outgoing *outgoing; /* id - 1 */
	size_t outgoing_count, outgoing_room;
	struct act *acts; /* in the order in which they were wanted */
	size_t act_count, act_room;
	size_t asking;    /* the one that waits for an answer, or SIZE_MAX */
	UT_string filter; /* the last lowered */

	/* What the connection has been through. */
	int64_t path_ns;        /* there and back, as the answer to our SYN took; 0: not known */
	struct segment synack;  /* the peer's */
	unsigned synacks_again; /* so often it came again */
	unsigned synacks_sent;  /* of ours, again, and not acknowledged for themselves yet */
	bool program_gone;      /* it was killed: what comes is its kernel's doing */
	int64_t stopped_ns;     /* as is all from then on, for it was stopped; 0: it runs */
	bool asked_to_close;    /* or to shut down, to reset, to die */
	bool asked_on_eof;      /* once it reads end-of-file */
	bool asked_to_hold;     /* by bytes that, as the user says, make it do so */
	bool obeys;     /* bytes make it do what a server has no use for: it is made for that, and closes */
	enum held held; /* since the peer's FIN, when its state was seen last */
	bool was_held;  /* once, since its FIN */
	bool asked_inband;   /* a plain server was sent what stands for a provocation */
	uint32_t inband_end; /* the number after it */
	bool peer_reset;     /* the peer's last segment was a RST */
	uint16_t ip_id;

	/* The end. */
	bool settled;
	bool interrupted;           /* settled from outside: nothing is judged any more */
	unsigned tidy_id;           /* the RST that tidies, or the last of two; 0: none was needed */
	unsigned tidy_first;        /* and the first */
	bool tidy_begun, tidy_seen; /* the first, the last was seen leaving */
};

/* How each kind of step plays. What is NULL the step does not do. */
struct step_ops {
	void (*begin)(struct engine *e);
	/* Sets deadline_ns from ref_ns; again when ref_ns was corrected. NULL: none. */
	void (*arm)(struct engine *e);
	/* NULL: the step takes no segments. */
	enum taken (*segment)(struct engine *e, const struct kept *k);
	void (*expire)(struct engine *e);
	/* The peer's state, which it had asked for. */
	void (*state)(struct engine *e, const struct observed_state *o);
	/* The peer did what it was asked to, or says why not. */
	void (*provoked)(struct engine *e, bool ok, const char *why);
	/* The code for a segment that nothing accounts for, where it is not a wrong or an unexpected one. */
	enum code stranger;
	/* What of such a segment is not as the step would have it: how many fields. */
	size_t (*differences)(struct engine *e, const struct kept *k, struct mismatch out[MISMATCHES_MAX]);
	/* It lets the next step see what comes, and that may speak of what it breaks: so segment calls
	 * engine_observe() itself for what it takes. */
	bool observes;
};

#define STEP_OPS(NAME, name) extern const struct step_ops step_##name##_ops;
STEP_KINDS(STEP_OPS)

/* engine.c */
const struct step *engine_current(const struct engine *e);
/* The step is finished; time_ns is the event that ended it. */
void engine_step_done(struct engine *e, int64_t time_ns);
/* deadline: what a timing counts from. */
int64_t engine_base(const struct engine *e, const struct timing *t);
int64_t engine_stretch(const struct engine *e, int64_t ns);
/* There and back, as long as the answer to our SYN took: by so much an answer is waited for longer, and a
 * silence lasts longer. 0 where that is next to nothing. */
int64_t engine_path(const struct engine *e);
/* So long the step waits, stretched, and by as much as the path there and back took the handshake;
 * otherwise_ns where it does not say. */
int64_t engine_within(const struct engine *e, int64_t otherwise_ns);
/* The connection's numbers from the start, with the addresses and ports of the configuration. */
void engine_connect(struct engine *e, uint32_t iss);
/* All steps were played. */
bool engine_played(const struct engine *e);
/* The operations of a kind of step. */
const struct step_ops *engine_ops(const struct step *s);

/* engine_settle.c */
/* The step at hand is broken, by this segment of the peer's where it is not NULL, and the run ends: as a
 * failure, or as what else the level of the step comes to. The segment becomes the reason's text, and where
 * why has no field it is what differs. */
void engine_fail(struct engine *e, const struct kept *k, struct reason why);
/* The same of a time or a count, where the run can go on: true where the step's level lets it, and then what
 * was broken is a warning. False: the run has ended. */
bool engine_missed(struct engine *e, const struct kept *k, struct reason why);
/* It came, and the step goes on; but the peer's profile says that its stack sends another. */
void engine_chose(struct engine *e, const struct kept *k, const struct pattern *p);
/* It could not be judged. What would have been a failure is overruled. */
void engine_error(struct engine *e, struct reason why);
/* The same: the agent does not do that. */
void engine_refused(struct engine *e, enum asked asked, const char *why);
void engine_settle(struct engine *e, enum verdict_kind kind);

/* engine_segments.c */
/* Copies the segment to the end of those that wait. */
void engine_keep(struct engine *e, const struct segment *s);
/* The first segment that waits goes to the current step. False: the step takes
 * no segments now, and is not finished either. */
bool engine_feed(struct engine *e);
void engine_drop(struct engine *e);
/* Does the peer's segment match? The filter decides, the fields explain (why may be NULL). A refused
 * filter, or a filter and fields that disagree, settle the run as an error, and the answer is false. */
bool engine_matches(struct engine *e, const struct pattern *p, const struct segment *s, struct mismatch *why);
/* The peer's segment was accounted for, and is bound to note's slot. */
void engine_took(struct engine *e, const struct kept *k, bool lost, struct note note);
/* The same for the answer to a probe of our own: it moves none of our numbers. */
void engine_saw(struct engine *e, const struct kept *k, enum note_kind note);
/* An allowance takes the segment. */
bool engine_allows(struct engine *e, const struct kept *k);
/* The same of what is no fault at any time: allowed, what a plain server says by itself, a SYN-ACK for which
 * our ACK was lost. */
bool engine_takes_anyway(struct engine *e, const struct kept *k);
/* It came after the last step. */
void engine_judge_late(struct engine *e, const struct kept *k);

/* The peer's segment passes, once: is it in order by itself, and does it keep to what the handshake agreed
 * on? What breaks a rule is counted (struct rule_breaches) and ends nothing. */
void engine_observe(struct engine *e, const struct kept *k);
/* This was broken, seen at that place of the evidence. */
void engine_breach(struct engine *e, const struct breach *breach, size_t trace);

/* engine_plain.c */
/* Is it data or an ACK that a plain server sends by itself? */
bool plain_talks(const struct engine *e, const struct segment *s);
/* Takes it, where it is. */
bool plain_takes(struct engine *e, const struct kept *k);
/* This segment breaks the scenario, and a plain server's, or client's, program may have made its TCP send it;
 * why becomes the error. */
bool plain_excuses(const struct engine *e, const struct segment *s, struct reason *why);
/* A plain server has sent its FIN and not got ours: its program may have shut down and read on, and then it
 * is not gone, however long we wait. */
bool plain_lingers(const struct engine *e);

/* Is what came, or did not, right for a program that can't be asked this? One that has shut down and reads
 * on, or may have; one that has no connection before data comes. */
bool plain_cannot(const struct engine *e, const struct kept *k, const struct reason *why, enum need *need);
/* The step waited for a plain server's close, and its TCP took all that we sent: its program does not close.
 */
bool plain_stays(const struct engine *e, const struct step *s);

/* engine_send.c */
/* Sends s (its packet identification is chosen here) and returns its id. The
 * connection's numbers are the caller's to move. */
unsigned engine_send(struct engine *e, struct segment *s, int slot, enum note_kind note);
/* A segment that no step writes: what the connection says with these flags. The payload is borrowed. */
void engine_build(struct engine *e, uint16_t flags, const uint8_t *payload, size_t len, struct segment *out);
/* An ACK of what was received, filled in from the connection. */
void engine_send_ack(struct engine *e, enum note_kind note);
void engine_bind(struct engine *e, int slot, const struct segment *s, bool ours, int64_t time_ns);
struct action *engine_ask(struct engine *e, enum action_kind kind);
void engine_tidy(struct engine *e);

/* engine_lateness.c */
/* An act of ours is wanted: this segment, or a question (NULL), which may be one of many. Gives its place
 * among the acts. */
size_t lateness_plan(struct engine *e, const struct segment *s, bool polls);
/* It was done then. */
void lateness_done(struct engine *e, size_t act, int64_t time_ns);
/* The same of the question that waits: its answer is here. */
void lateness_answered(struct engine *e, int64_t time_ns);
/* So long the peer, or what is known of it, waited for us since then. */
int64_t lateness_since(const struct engine *e, int64_t from_ns);
/* A time is right only because we looked so late: it is not known. More than LOOKED_LATE_NS. */
void lateness_hides(struct engine *e, int64_t late_ns);
/* So late we were until then, where that may be why the run fails, for this segment of the peer's where it is
 * not NULL; else 0. */
int64_t lateness_explains(const struct engine *e, const struct kept *k, const struct reason *why);

/* engine_evidence.c */
size_t evidence_add(struct engine *e, const struct segment *s, enum passage passage, int64_t time_ns);
void evidence_note(struct engine *e, size_t trace, bool lost, struct note note);
struct note note_of(enum note_kind kind, int slot);
/* The peer's state was observed. A reading takes the place of the one before where
 * that was one of many in the same step that say the same. */
void evidence_state(struct engine *e, const struct observation *observed);
/* The newest of these broke the scenario. */
void evidence_state_wrong(struct engine *e);
/* Appends a value to the measure of that kind, of the step at hand or of the run. */
void evidence_measure(struct engine *e, enum measure_kind kind, double value);
/* A segment of the peer's: "F. 1:1(0) ack 1", numbers relative to the ISNs. */
void evidence_text(const struct engine *e, const struct segment *s, char buf[SEGMENT_TEXT_BYTES]);

#endif
