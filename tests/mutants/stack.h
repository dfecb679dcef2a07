/* A small TCP of our own: it listens, takes and sends data, and closes, as RFC 9293 and RFC 6298 say, with
 * Linux's choices where they leave one. And it can be given one fault. It knows no socket and no clock:
 * segments and times come in, segments go out by a callback. */
#ifndef FW_STACK_H
#define FW_STACK_H

#include "core/names.h"
#include "core/segment.h"
#include "faults.h"

enum { STACK_CONNECTIONS = 512, STACK_HELD = 16, STACK_MSS = 536, STACK_WINDOW = 65535 };

#define STACK_MS INT64_C(1000000)
#define STACK_S (1000 * STACK_MS)
#define STACK_NEVER INT64_MAX

/* What Linux calls sysctls. */
struct stack_settings {
	unsigned orphan_retries; /* 0 acts as 8 */
	unsigned retries2;
	unsigned fin_timeout_s;
};

/* A run of octets that came before its turn. */
struct held {
	uint32_t seq, end; /* end without the FIN */
	bool fin;
};

/* A connection. Octet i of what its program writes has the number iss + 1 + i
 * and is a letter, the alphabet over and over; so nothing is kept to be resent. */
struct tcb {
	bool used;
	struct addr local, remote;
	uint16_t local_port, remote_port;
	enum tcp_state state;
	uint32_t iss, snd_una, snd_nxt, snd_wnd, snd_wl1, snd_wl2, mss;
	uint32_t irs, rcv_nxt;
	struct held held[STACK_HELD];
	unsigned held_count;

	/* The program. */
	uint32_t written; /* octets */
	bool fin_queued;  /* shut down or closed: the FIN's number is iss + 1 + written */
	bool orphan;      /* no program has it any more */
	bool reading;
	uint32_t unread;
	bool eof;
	bool closes_on_eof;
	int64_t close_delay_ns;

	/* Time-outs; STACK_NEVER where they do not run. */
	int64_t close_at;
	int64_t resend_at, rto_ns, first_resend_ns;
	unsigned resends;
	bool resent_fin; /* at any time */
	bool sampled;    /* the round trip was measured: nothing of the handshake was resent */
	int64_t probe_at, probe_gap_ns;
	int64_t end_at; /* of FIN-WAIT-2 or TIME-WAIT */
	int64_t ack_at; /* for faults and TWIN_ACK_DELAYED: otherwise this peer ACKs at once */
	int64_t keep_at, keep_idle_ns, keep_interval_ns;
	unsigned keep_count, keep_sent;

	bool ack_wanted; /* while a segment is looked at */
	bool took_fin;   /* in this segment */
	int64_t last_dup_ack_ns;
	unsigned fin_acks; /* for FAULT_FIN_ACK_REPEATED */

	bool wscale, timestamps, sack; /* the other side's SYN had them */
	uint8_t snd_wscale;
	uint32_t ts_recent;
};

struct stack {
	enum fault fault;
	enum twin twin;
	struct stack_settings settings;
	uint16_t port; /* it listens there */
	uint32_t next_iss, other_iss;
	int64_t now_ns;
	bool hung;                /* for FAULT_OPTION_LENGTH_HANGS */
	int64_t late_ns;          /* the most that a time-out was looked at after its time */
	struct segment rst_again; /* for FAULT_RST_TWICE, */
	int64_t rst_again_at;     /* STACK_NEVER: none */
	void (*send)(void *context, const struct segment *s);
	void *context;
	struct tcb tcbs[STACK_CONNECTIONS];
};

void stack_init(struct stack *s);

/* A segment to this host. */
void stack_receive(struct stack *s, const struct segment *g, int64_t now_ns);

/* Does what is due. Returns when it wants to be called again. */
int64_t stack_tick(struct stack *s, int64_t now_ns);

/* The connection with that end of the tester's, or NULL: it is CLOSED. */
struct tcb *stack_find(struct stack *s, const struct addr *remote, uint16_t port);

/* What a program does (RFC 9293, 3.10). t may be gone afterwards. */
void user_write(struct stack *s, struct tcb *t, uint32_t bytes);
void user_shutdown(struct stack *s, struct tcb *t);
void user_close(struct stack *s, struct tcb *t);
void user_abort(struct stack *s, struct tcb *t);
void user_crash(struct stack *s, struct tcb *t);
void user_close_on_eof(struct stack *s, struct tcb *t, int64_t delay_ns);
void user_keepalive(struct stack *s, struct tcb *t, int64_t idle_ns, int64_t interval_ns, unsigned count);

/* --- between the stack's own files --- */

static inline bool has_fault(const struct stack *s, enum fault f) { return s->fault == f; }

static inline bool is_twin(const struct stack *s, enum twin t) { return s->twin == t; }

static inline uint32_t tcb_fin_seq(const struct tcb *t) { return t->iss + 1 + t->written; }

/* stack.c */
void tcb_free(struct tcb *t);
void tcb_time_wait(struct stack *s, struct tcb *t);

/* arrive.c: a segment for a connection past SYN-RECEIVED (3.10.7.4). */
void arrive(struct stack *s, struct tcb *t, const struct segment *g);

/* options.c: what the SYN g asks for; what g brings that was negotiated; and the options of a
 * segment that leaves, again for a resend. */
void options_ask(struct tcb *t, const struct segment *g);
void options_came(struct tcb *t, const struct segment *g);
void options_put(const struct stack *s, const struct tcb *t, struct segment *g, bool again);

/* output.c */
void output_syn_ack(struct stack *s, const struct tcb *t);
void output_ack(struct stack *s, const struct tcb *t);
void output_ack_numbers(struct stack *s, const struct tcb *t, uint32_t seq, uint32_t ack);
void output_octet(struct stack *s, const struct tcb *t, uint32_t seq); /* any octet, for faults */
void output_abort(struct stack *s, const struct tcb *t);
/* The RST that answers g (3.10.7.1). */
void output_reset(struct stack *s, const struct segment *g);
/* Sends what may be sent; true where something with our ACK in it was. */
bool output_more(struct stack *s, struct tcb *t);
void output_resend(struct stack *s, struct tcb *t);
void output_fin_again(struct stack *s, const struct tcb *t); /* the FIN alone, for faults */
void output_arm(struct stack *s, struct tcb *t);
int64_t output_rto(const struct stack *s, const struct tcb *t);
/* When a time-out of so long ends that begins now. */
int64_t output_timeout(const struct stack *s, int64_t rto_ns);
/* The time budget of the resends, as Linux counts it. */
int64_t output_budget(const struct stack *s, const struct tcb *t);

#endif
