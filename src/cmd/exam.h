/* An agent that is looked at: a session of which every line is kept, and connections of our own kernel's to
 * its data port. fourwave doctor --agent alone has it; a run speaks through lab/control.h, which trusts the
 * agent. */
#ifndef FW_EXAM_H
#define FW_EXAM_H

#include "cmd/doctor.h"
#include "lab/control.h"

enum { EXAM_TEXT_BYTES = 512 };

/* A request, and what came. */
struct question {
	unsigned id;
	unsigned answers;
	char line[PROTOCOL_LINE_BYTES];
	char came[PROTOCOL_LINE_BYTES]; /* the first answer, as it came */
	struct control_reply reply;
};

/* Our end of a connection under test. The checks have theirs in the exam, whose runner closes and releases
 * it. */
struct ours {
	int fd;        /* below 0: closed */
	uint16_t port; /* 0: there was none */
};

struct exam {
	struct control_place at;   /* the agent's control port */
	struct control_place data; /* where its connections are taken; the port is that of the greeting */
	struct addr own;           /* our end's address towards that */
	int answer_ms;             /* until an answer must have come; it may wait 4 s for a connection */
	int effect_ms;             /* until what was done must be seen at our end */
	int pause_ms;              /* so long nothing may come */
	struct lines lines;
	char greeting[PROTOCOL_LINE_BYTES];
	uint32_t cannot; /* bits 1 << enum provoke */
	char stack[PROTOCOL_NAME_BYTES];
	bool stateless; /* no states are asked for: it tells none, or wrong ones */
	struct question *asked;
	size_t asked_count, asked_room;
	unsigned last_id;
	uint32_t refused;              /* bits 1 << enum verb: it said no where it should not */
	unsigned silences;             /* requests that were not answered */
	unsigned lines_come;           /* of this session */
	char strange[EXAM_TEXT_BYTES]; /* the first line that answers no request; "": none */

	/* Of the check that is under way. */
	struct ours one, two;
	enum finding finding;
	size_t about; /* the request that is quoted, or SIZE_MAX */
	char text[EXAM_TEXT_BYTES];
};

/* --- the session: exam.c --- */

/* Of an agent at a place, whose connections go to an address, which may be the same. exam_free(). */
struct exam exam_new(const struct control_place *at, const struct control_place *data);
void exam_free(struct exam *e);

/* The way there and back took so long: what is waited for gets longer. */
void exam_took(struct exam *e, int64_t ns);

/* Connects, and reads the greeting as it came. False with d. The rest of e is kept: a session after another.
 */
bool exam_begin(struct exam *e, struct diag *d);

/* Ends the session, if there is one. */
void exam_end(struct exam *e);

/* Takes the greeting apart. False with d: it is none, or says no. */
bool exam_greeted(struct exam *e, struct diag *d);

/* Asks, once something is waited for. Is the request's place, good until the end. */
size_t exam_ask(struct exam *e, enum verb verb, const struct ours *o, const uint64_t *numbers);
size_t exam_ask_sysctl(struct exam *e, const char *name);

/* Sends text as it is, behind what was asked. */
void exam_send(struct exam *e, const char *text);

/* Sends what was asked in two pieces, the second later. */
void exam_send_in_two(struct exam *e);

/* Takes what comes in ms. */
void exam_listen(struct exam *e, int ms);

/* Waits for the answer. False where none came: said as wrong, and counted. */
bool exam_answered(struct exam *e, size_t which);

/* The same, without a word where it does not come in ms. */
bool exam_answered_in(struct exam *e, size_t which, int ms);

/* Asks and waits for ok. Else said as wrong, and false. */
bool exam_do(struct exam *e, enum verb verb, const struct ours *o, const uint64_t *numbers);

/* Asks for the state, and again until it is one of wanted (bits 1 << enum tcp_state), effect_ms long.
 * Where the agent tells no states it is true at once. Else said as wrong, and false. */
bool exam_state(struct exam *e, const struct ours *o, unsigned wanted);

/* Waits until the agent ends the session; what it says meanwhile is in text. False: it does not, in ms. */
bool exam_ends(struct exam *e, char text[PROTOCOL_LINE_BYTES], int ms);

/* What the check found, if it is not fine. Always false. */
bool exam_wrong(struct exam *e, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
bool exam_missing(struct exam *e, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/* It is fine, with something to tell. Always true. */
bool exam_fine(struct exam *e, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/* --- connections: exam_connection.c --- */

/* A socket of our own, bound to our address and a port; it has no connection yet. fd below 0, said as wrong,
 * where there is none. */
struct ours ours_bind(struct exam *e);

/* Connects it to the data port. 0, or errno's value. */
int ours_connect(struct exam *e, const struct ours *o);

/* All three: bind, claim, connect. False: said as wrong. */
bool ours_open(struct exam *e, struct ours *o);

void ours_close(struct ours *o);

/* Waits until something comes, ms at most. */
enum comes {
	COMES_NOTHING,
	COMES_DATA, /* len octets, in bytes */
	COMES_END,  /* end-of-file */
	COMES_RESET
};
enum comes ours_next(const struct ours *o, int ms, char *bytes, size_t *len);

/* Is the next that comes this? Else said as wrong, with what: "it is closed". */
bool ours_sees(struct exam *e, const struct ours *o, enum comes wanted, int ms);

/* The end or a reset: which, or COMES_NOTHING, said as wrong. Data is passed over. */
enum comes ours_gone(struct exam *e, const struct ours *o);

/* Sends len octets. */
bool ours_send(struct exam *e, const struct ours *o, size_t len);

/* Waits until all that was sent is acknowledged, as long as it goes on. */
bool ours_taken(struct exam *e, const struct ours *o);

/* Ends our side. */
void ours_shutdown(const struct ours *o);

/* Sends until the other end takes no more for so long (true), or has taken EXAM_TAKEN_MOST octets (false). */
enum { EXAM_TAKEN_MOST = 64 << 20 };
bool ours_fill(const struct ours *o, int ms);

/* --- the checks --- */

struct check {
	const char *name; /* what is looked at */
	int needs;        /* enum provoke, or -1: what the greeting may say that it cannot */
	const char *page; /* what fourwave-agent(7) says, word for word */
	/* False: it is not fine, and was said. */
	bool (*play)(struct exam *e);
};

/* Each ends with a name of NULL. doctor_sessions.c, doctor_verbs.c. */
extern const struct check claim_checks[], verb_checks[], session_checks[];

#endif
