/* One job while it is played: its engine, its port, and what it has under
 * way: segments that have not been seen leaving, questions to the agent. */
#ifndef FW_PLAY_H
#define FW_PLAY_H

#include <uthash.h>

#include "core/engine.h"
#include "read/journal.h"
#include "run/job.h"
#include "run/netpath.h"
#include "wire/capture.h"

/* The token bucket behind --rate: so many a second, with a tenth of a second's worth (at least 10) at once.
 * Reads no clock. */
struct bucket {
	double rate, most, tokens; /* a second, at most, now */
	int64_t filled_ns;
};

void bucket_init(struct bucket *b, unsigned rate, int64_t now_ns);

/* Takes one; false where there is none yet. */
bool bucket_take(struct bucket *b, int64_t now_ns);

/* When the next one will be there: now or later. */
int64_t bucket_next_ns(const struct bucket *b, int64_t now_ns);

/* Something that the engine asked for. */
struct pending {
	struct action action; /* ACTION_SEND: payload points to bytes */
	uint8_t *bytes;
	int64_t asked_ns, sent_ns;
	bool held; /* the rate did not allow it at once */
	struct pending *prev, *next;
};

/* Our end, as the key of the hash. Zeroed before it is filled in. */
struct port_key {
	struct addr addr;
	uint16_t port;
};

struct play {
	struct job *job;
	struct engine *engine; /* the job's */
	struct port_key local;
	uint16_t remote_port; /* 0: the peer's SYN will tell */
	int shield_fd;        /* -1: none */
	bool shield_ttl;      /* it is of SHIELD_TTL */
	uint16_t other_port;  /* ours, for what is sent from another port; 0: none */
	int other_shield_fd;  /* -1: none */
	unsigned claim_id;    /* request to the agent whose reply is waited for; 0: none */
	unsigned ask_id;      /* the same, of a provocation or a state */
	unsigned connect_id;  /* the same, that it connect; other questions do not wait for that */
	size_t connect_step;  /* that asked for it */
	unsigned seen_id;     /* the same, of whether the agent has seen this connection at all */
	int64_t asked_ns;     /* when it was to be asked */
	enum action_kind ask_kind;
	enum provoke ask_provoke;
	int64_t paced_ns; /* the job's late_ns as the loop has seen it */
	int64_t claim_until_ns, seen_until_ns;
	bool seen_asked;
	bool has_synack, completed;      /* the peer's SYN-ACK came; what completes the handshake left */
	uint32_t synack_seq, synack_ack; /* the SYN-ACK's */
	bool started;
	bool unseen;         /* the run is an error already, because a segment was not seen */
	bool syn_unseen;     /* that was our SYN */
	unsigned syns;       /* of ours, so far */
	int64_t syn_ns;      /* our last SYN left then, and was not answered yet; 0: none */
	uint64_t dropped;    /* of the capture, when it began */
	int64_t kept_ns;     /* a segment came then, and the engine waits for the agent's answer; 0: none */
	size_t damaged;      /* segments of the connection with a wrong checksum */
	struct netpath path; /* the peer's last packets */
	bool has_source_mac; /* the link layer says where the peer's packets come from: */
	uint8_t source_mac[LINK_ADDRESS_BYTES];
	struct journal *journal;  /* for the capture file; NULL where there is none */
	struct pending *asked;    /* not done yet, in their order */
	struct pending *left;     /* segments handed to the kernel and not seen on the wire, in their order */
	UT_hash_handle hh;        /* by local */
	struct play *prev, *next; /* all that are being played */
};

/* Captured segments put into the order of their times. The ring holds them in the order they were put in,
 * and on several processors one that passed earlier may be put in a moment later. It is emptied, and keeps
 * its room, by setting count and used to 0. */
struct batch_entry {
	struct play *play;
	bool ours;                    /* it left; else it came */
	enum ignored ignored;         /* why the engine is not to see it */
	struct segment segment;       /* packet and payload are set by batch_segment() */
	size_t packet_at, payload_at; /* places in bytes */
};

struct batch {
	struct batch_entry *entries;
	size_t count, room;
	uint8_t *bytes;
	size_t used, bytes_room;
};

struct plays {
	struct world *world;
	struct batch batch;
	struct filter_ops filter;
	struct bucket bucket; /* segments */
	struct bucket begins; /* runs begun */
	bool hurry;           /* interrupted: what tidies is not held back */
	size_t copies;        /* of the peer's segments, made on the path */
	size_t doubled;       /* handshakes that came twice at once, and no telling why */
	size_t overtakings;   /* runs in which some overtook others */
	size_t cleared;       /* runs that failed, and did not when they were played again */
	size_t lossy;         /* runs in which a segment was lost on the path, as it seems */
	size_t segments;      /* that passed, of all runs */
	bool old_silent;      /* the peer answers no fence, as was confirmed */
	size_t disturbed;     /* of them: lost, copied, overtaken, as far as it shows */
	unsigned ports_used;  /* with -p */
	size_t room;          /* so many the target takes side by side, as it showed; 0: nothing is known */
	struct watch *watch;  /* NULL: nothing is watched */
	int64_t down_ns;      /* since then a link is down; 0: none is */
	struct play *by_port;
	struct gather *gather; /* our own fragments, as they pass */
	struct play *list;
	size_t count;
};

void plays_init(struct plays *all, struct world *w, int64_t now_ns);

/* Begins to play a job: chooses its port, sets up the shield, claims the port at the agent
 * or starts the engine. False: the job is settled as an error. */
bool play_begin(struct plays *all, struct job *job, int64_t now_ns);

/* --- demux.c: which run a captured packet belongs to --- */

/* Puts them in order; equal times keep theirs. */
void batch_sort(struct batch *b);

/* The segment of an entry, whole, until the next demux_take(). */
const struct segment *batch_segment(struct batch *b, size_t i);

void batch_free(struct batch *b);

/* For capture_read(). Decodes the packet and finds the run by our address and port, then looks whether it is
 * the run's peer at the other end. A segment of the connection is added to the batch, also where the engine
 * is not to see it (damaged, a copy, from another source MAC). What is not for the engine, a stranger's, a
 * fragment or a malformed packet too, is counted in the job's ignored. All are written to the job's dump. */
void demux_take(void *plays, const struct captured *captured);

/* --- play.c, play_io.c, play_end.c --- */

/* A captured segment of the run's four-tuple: ours that left, the peer's that
 * came. In the order of their times. */
void play_sent(struct play *p, const struct segment *s);
void play_came(struct play *p, const struct segment *s);
/* The same of one that the engine is not to see: evidence. */
void play_ignores(struct play *p, enum ignored why, const struct segment *s);
/* Has it sent fragments with this identification that were not all seen leaving? */
bool play_sends_fragments(const struct play *p, uint16_t ip_id);

/* The agent's answer; false where it is not for this run. */
bool play_reply(struct plays *all, struct play *p, const struct control_reply *reply, int64_t now_ns);

/* Does what the engine asks for, as far as the rate allows, and not so much at once that
 * the capture overflows meanwhile. */
void play_pump(struct plays *all, struct play *p, int64_t now_ns);

/* The first event of its engine: its port is claimed, where there is an agent. */
void play_start(struct play *p, int64_t now_ns);

/* Every segment that passed before now_ns has been given. */
void play_tick(struct plays *all, struct play *p, int64_t now_ns);

/* Lets our own kernel answer on its ports again. */
void play_unshield(struct play *p);

/* What only the play holds: its lists and itself. */
void play_free(struct play *p);

/* Nothing is waited for any more: neither to be done nor to be seen. */
void play_forget(struct play *p);

/* When play_tick() or play_pump() is wanted. */
int64_t play_deadline_ns(const struct plays *all, const struct play *p, int64_t now_ns);

/* Gives an event to the engine and writes it down. came needs s, left needs id. */
void play_give(struct play *p, const struct event *event, const struct segment *s, unsigned id);

/* An error where the capture has lost packets since the run began. */
void play_check_capture(struct plays *all, struct play *p, int64_t now_ns);

/* An error from outside; the engine tidies. */
void play_abort(struct play *p, int64_t now_ns, struct reason why);

/* The same, where it turns out that the peer can't be asked this. */
void play_skip(struct play *p, int64_t now_ns, struct reason why);

/* The verdict is settled, and all that was sent has been seen. A failure waits a moment
 * for what may explain it: see netpath.h. */
bool play_over(const struct play *p, int64_t now_ns);

/* confirm.c: the run is over. Is its failure not to be believed yet, so that it is played again? Else its
 * verdict is made what is to be said of it: a failure that the path explains, or that does not come again, is
 * an error. */
bool play_confirms(struct plays *all, struct play *p, int64_t now_ns);

/* Must it wait until the agent has said whether it saw this connection? Asks it where it is of
 * use: the run ended otherwise than well, or no connection to this site has been seen yet. */
bool play_awaits_agent(struct play *p, int64_t now_ns);

/* The agent's answer to that. Where it saw the connection come from elsewhere, all runs that need it are
 * errors, and those that have not begun. */
void play_was_seen(struct plays *all, struct play *p, const struct control_reply *reply, int64_t now_ns);

/* So late was something of ours; the longest counts for the report. */
void play_note_late(struct play *p, int64_t ns);

/* Settles the job and frees the play. Or does not settle it, and then it is to be played again: where our
 * lateness may be why it failed; where the peer held an old connection from our port; to confirm a failure.
 */
void play_end(struct plays *all, struct play *p, int64_t now_ns);

struct plays;

/* --- own_side.c: our own links, addresses and next hops while runs are under way --- */

/* Begins to watch those of the world's sites. Where the kernel does not tell, nothing is watched. */
void own_side_open(struct plays *all);
void own_side_close(struct plays *all);

/* What is to be waited for, or -1. */
int own_side_fd(const struct plays *all);

/* Takes what has happened: the runs that it concerns end in an error, whatever they would have come to. */
void own_side_turn(struct plays *all, int64_t now_ns);

/* A link is down: no run is begun until then, or until it is up; 0: none is waited for. */
int64_t own_side_waits_ns(const struct plays *all, int64_t now_ns);

/* Who looks on. Each may be NULL. */
struct loop_watch {
	/* A job's verdict is settled. */
	void (*report)(void *context, struct job *job);
	/* A segment of its connection has passed, ours or the peer's. */
	void (*segment)(void *context, const struct job *job, const struct segment *s);
	/* How far all are; at most once in LOOP_DRAW_NS. */
	void (*draw)(void *context, const struct plays *plays, int64_t now_ns);
	void *context;
};

#define LOOP_DRAW_NS INT64_C(200000000)

/* Plays what is not finished of the jobs, at most `most` at a time (fewer where they come late), longest
 * first. SIGINT, SIGTERM, SIGHUP and SIGQUIT end it early: every run is tidied and gets an error.
 * *interrupted tells. False with d where the loop itself could not go on; the jobs that were not played are
 * settled as errors with that reason, and reported, in any case. */
bool loop_play(struct world *w, struct jobs *jobs, unsigned most, const struct loop_watch *watch,
               bool *interrupted, struct diag *d);

#endif
