/* The worker: one process for one connection under test. It is "the peer's program" that scenarios speak
 * of: it reads and discards, and at end-of-file it holds, until it is told otherwise.
 *
 * It alone has the connection's descriptor, so what the kernel does when the program closes or dies is
 * what it does for any program. */
#ifndef FW_WORKER_H
#define FW_WORKER_H

#include <sys/types.h>

#include "lab/protocol.h"

/* Over the link, a SOCK_SEQPACKET pair: commands in, and for each, in order, an answer, given when the
 * system call has returned.
 *
 * The killing is left to the agent: VERB_CRASH is only answered, and VERB_CRASH_UNREAD stops reading and
 * is answered once data waits unread (2 s at most). */
struct worker_command {
	enum verb verb; /* VERB_CLOSE and those after it */
	uint64_t numbers[PROTOCOL_NUMBERS_MAX];
};

enum { WORKER_TEXT_BYTES = 160 };

struct worker_answer {
	bool ok;
	char text[WORKER_TEXT_BYTES]; /* not ok: a sentence */
};

/* Is the whole of a worker process, just forked by parent: closes every other descriptor above 2, dies
 * with its parent, and never returns. connection is non-blocking, perhaps still connecting. */
_Noreturn void worker_run(int connection, int link, pid_t parent);

#endif
