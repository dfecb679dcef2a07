/* Why a run could not be judged: what our own side did, and what the path may have done. Knows no result:
 * the numbers are those of core/reason.h. */
#include "report/reason.h"

#include "base/duration.h"
#include "base/text.h"

static const char *plural(int64_t n) { return n == 1 ? "" : "s"; }

static double ms(int64_t ns) { return (double)ns / (double)NS_PER_MS; }

/* --- our own side --- */

static void say_own_side(struct cut *c, const struct reason *why)
{
	const char *text = why->text;
	long long n = why->n[0];

	switch ((int)why->code) {
	case CODE_INTERRUPTED: cut_add(c, "interrupted%s", n ? " before it began" : ""); break;
	case CODE_CLOCK:
		cut_add(c, "the clock was stepped, or the machine slept, so nothing that was measured holds");
		break;
	case CODE_CAPTURE_LOST:
		if (n < 0)
			cut_add(c, "the kernel does not say whether the capture lost packets");
		else
			cut_add(c, "the capture lost %lld packets: nothing can be judged from the rest", n);
		break;
	case CODE_POLLUTED:
		cut_add(c,
		        "polluted: our own kernel sent %s; do not use --no-shield, or give a spare address "
		        "(-S ADDR --spare)",
		        text);
		break;
	case CODE_NOT_SEEN:
		cut_add(
		    c,
		    "our segment %s was sent and not seen leaving within 1 s: does a firewall of this host "
		    "drop it, or does it leave by another interface (-i)?",
		    text);
		break;
	case CODE_ONE_NOT_SEEN: cut_add(c, "one of the two segments was never seen passing the wire"); break;
	case CODE_DEFRAGMENTED:
		cut_add(c, "a segment that was sent in IP fragments left otherwise: connection tracking of "
		           "this host's firewall puts fragments together; send on the link layer (-i)");
		break;
	case CODE_TOO_MANY:
		cut_add(c, "%lld segments came while a step waited for the peer's host to answer", n);
		break;
	}
}

static void say_late(struct cut *c, const struct reason *why)
{
	int rate = (int)why->n[1];

	cut_add(c, "we answered %.0f ms late, so the peer can't be judged (", ms(why->n[0]));
	if (rate)
		cut_add(
		    c,
		    "a rate of %d segment%s a second held us back; --rate allows more, -j runs fewer side by "
		    "side)",
		    rate, plural(rate));
	else
		cut_add(
		    c,
		    "this machine, or fourwave peer on the other, is too busy; -j runs fewer side by side)");
}

/* --- the path --- */

static void say_path(struct cut *c, const struct reason *why)
{
	const int64_t *n = why->n;

	switch ((int)why->code) {
	case CODE_LATE: say_late(c, why); return;
	case CODE_NOT_REPEATED:
		cut_add(c,
		        "it failed, and passed when it was played again, so a segment may have been lost or "
		        "doubled on the way");
		return;
	case CODE_PATH_HOP_LIMIT:
		cut_add(c,
		        "it came with hop limit %d, the peer's handshake with %d: another host may have "
		        "sent it",
		        (int)n[0], (int)n[1]);
		break;
	case CODE_PATH_DOUBLED:
		cut_add(
		    c,
		    "it came twice within %.1f ms, and nothing in it tells whether the peer or the way did "
		    "that",
		    ms(n[0]));
		break;
	case CODE_PATH_OVERTAKEN:
		cut_add(c,
		        "the segment that came %.1f ms after another was sent before it, as its numbers show",
		        ms(n[0]));
		break;
	case CODE_PATH_JITTER:
		cut_add(
		    c,
		    "the way to the peer takes now longer and now shorter (handshakes from %.1f to %.1f ms)",
		    ms(n[0]), ms(n[1]));
		break;
	case CODE_PATH_COPIES:
		if (n[2])
			cut_add(
			    c,
			    "the handshake of %d run%s came twice at once, so the way to the peer may copy "
			    "packets",
			    (int)n[2], plural(n[2]));
		else
			cut_add(
			    c,
			    "the way to the peer copies packets or lets them overtake each other (so far %d "
			    "cop%s of the peer's, and overtaking in %d run%s)",
			    (int)n[0], n[0] == 1 ? "y" : "ies", (int)n[1], plural(n[1]));
		break;
	case CODE_PATH_UNSTEADY:
		cut_add(c, "across the way to the peer %d run%s failed and passed when played again, so far",
		        (int)n[0], plural(n[0]));
		break;
	case CODE_PATH_SOURCE_MAC:
		cut_add(c, "segments of the connection came from another link address than its handshake");
		break;
	default: return;
	}
	cut_add(c, ": so this can't be held against the peer");
}

void error_add(struct cut *c, const struct reason *why)
{
	say_own_side(c, why);
	say_path(c, why);
}
