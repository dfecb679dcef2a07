/* The number of runs that go on side by side: additive increase, multiplicative decrease. Knows no run. */
#include "run/pace.h"

#include "base/duration.h"

/* Half of the shortest time-out of a peer (Linux: 200 ms): later than that, runs are soon spoilt. Where
 * hardly anything else goes on it is below 10 ms; where a processor computes ten other things too it is up to
 * 60 ms, with few runs as well. */
#define PACE_LATE_NS (100 * NS_PER_MS)

/* A run that begins shows its first lateness within that time. */
#define PACE_SPAN_NS (100 * NS_PER_MS)

/* With so few it is another cause that makes them late: half as many are hardly less so. */
enum { PACE_FIRST = 64, PACE_LEAST = 32, PACE_STEP = 4 };

void pace_init(struct pace *pace, unsigned most, int64_t now_ns)
{
	*pace = (struct pace){.most = most,
	                      .allowed = most < PACE_FIRST ? most : PACE_FIRST,
	                      .steep = true,
	                      .until_ns = now_ns + PACE_SPAN_NS};
}

void pace_late(struct pace *pace, int64_t late_ns)
{
	if (late_ns > pace->late_ns)
		pace->late_ns = late_ns;
}

static void begin_span(struct pace *pace, bool cut, int64_t now_ns)
{
	pace->late_ns = 0;
	pace->full = false;
	pace->cut = cut;
	pace->until_ns = now_ns + PACE_SPAN_NS;
}

static void cut(struct pace *pace)
{
	unsigned least = pace->most < PACE_LEAST ? pace->most : PACE_LEAST;

	pace->allowed = pace->allowed / 2 < least ? least : pace->allowed / 2;
	pace->steep = false;
}

void pace_turn(struct pace *pace, size_t running, int64_t now_ns)
{
	unsigned more = pace->steep ? pace->allowed : PACE_STEP;

	/* Where more run than may, their lateness is no news: none begin until enough of them have ended. And
	 * one hold-up makes many runs late, at once and a moment after. */
	if (pace->late_ns >= PACE_LATE_NS && running <= pace->allowed && !pace->cut) {
		cut(pace);
		begin_span(pace, true, now_ns);
	}
	pace->full |= running == pace->allowed;
	if (now_ns < pace->until_ns)
		return;
	/* Where fewer run than may, nothing is known of more. */
	if (pace->full && pace->late_ns < PACE_LATE_NS)
		pace->allowed = pace->most - pace->allowed < more ? pace->most : pace->allowed + more;
	begin_span(pace, false, now_ns);
}

int64_t pace_next_ns(const struct pace *pace)
{
	return pace->allowed < pace->most ? pace->until_ns : INT64_MAX;
}
