/* How a run ends: is its verdict to be trusted, is it played again, and what is let go of. Sends nothing. */
#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <utlist.h>

#include "base/duration.h"
#include "base/duration.h"
#include "run/play.h"
#include "wire/capture.h"

/* Half of the shortest time-out of a peer (Linux: 200 ms): a run in which we were later
 * than that can't be held against it. */
#define LATE_NS INT64_C(100000000)

/* What the tolerances have room for: 2% of the shortest time-out's doubling, and a timer's lateness. */
#define JITTER_NS INT64_C(25000000)

/* A verdict counts only where the capture is whole. */
void play_check_capture(struct plays *all, struct play *p, int64_t now_ns)
{
	uint64_t dropped;
	char reason[128];

	if (!capture_dropped(all->world->capture, &dropped))
		play_abort(p, now_ns, "the kernel does not say whether the capture lost packets");
	else if (dropped > p->dropped) {
		snprintf(reason, sizeof reason,
		         "the capture lost %llu packets: nothing can be judged from the rest",
		         (unsigned long long)(dropped - p->dropped));
		play_abort(p, now_ns, reason);
	}
}

/* What the engine does not know may be why it could not go on. */
static void note_unseen(const struct play *p, char note[JOURNAL_NOTE_BYTES])
{
	note[0] = '\0';
	if (p->syn_unseen)
		snprintf(note, JOURNAL_NOTE_BYTES,
		         " (our SYN was never seen leaving: nobody answers %s there, a firewall of this host "
		         "drops it, or it leaves by another interface, which -i would name)",
		         p->local.addr.family == 6 ? "neighbour discovery" : "ARP");
}

/* Were we too slow ourselves, or the agent that told us to go on, so that the peer did what it does to a host
 * that is slow? A pass is a pass. */
static void check_late(const struct plays *all, struct play *p, int64_t now_ns)
{
	const struct verdict *v = engine_verdict(p->engine);
	char reason[REASON_BYTES], why[160];
	unsigned rate = world_rate(all->world);

	if (v->kind != VERDICT_FAIL || p->job->late_ns < LATE_NS)
		return;
	if (p->job->held_ns > p->job->late_ns / 2)
		snprintf(why, sizeof why,
		         "a rate of %u segment%s a second held us back; --rate allows more, -j runs fewer "
		         "side by side",
		         rate, rate == 1 ? "" : "s");
	else
		snprintf(why, sizeof why,
		         "this machine, or fourwave peer on the other, is too busy; -j runs fewer side by "
		         "side");
	snprintf(reason, sizeof reason, "we answered %lld ms late, so the peer can't be judged (%s): %.240s",
	         (long long)(p->job->late_ns / 1000000), why, v->reason);
	play_abort(p, now_ns, reason);
}

/* A time is wrong, and the way takes now longer and now shorter to the same kernel's answer at
 * once: what one segment waits more than another is in each time that is measured. What is wrong
 * by more than the handshakes have shown, twice over, is the peer's doing all the same. */
static bool jitter_excuses(const struct play *p, struct diag *d)
{
	const struct site *site = p->job->site;
	const struct verdict *v = engine_verdict(p->engine);

	int64_t jitter_ns = site->slowest_ns - site->quickest_ns;

	if (!v->has_mismatch || v->mismatch.jitter_ns <= 0 || jitter_ns < JITTER_NS ||
	    v->mismatch.jitter_ns > 2 * jitter_ns)
		return false;
	return !diag_set(
	    d, "the way to the peer takes now longer and now shorter (handshakes from %.1f to %.1f ms)",
	    (double)site->quickest_ns * 1e-6, (double)site->slowest_ns * 1e-6);
}

/* Could the way between, or somebody on it, have done what the peer failed for? Where it makes
 * copies of the peer's segments or lets them overtake each other it does so with ours
 * too, and what the peer makes of that is not to be known. */
static bool way_excuses(const struct plays *all, const struct play *p, struct diag *d)
{
	bool confirm = all->world->options->confirm;

	if (way_doubts(engine_verdict(p->engine), confirm, d))
		return true;
	if (jitter_excuses(p, d))
		return true;
	/* The lab's way is one link: the kernel may let segments overtake each other there, each time as
	 * the one that was looked at above. It holds nothing against the others. */
	if (all->world->lab)
		return false;
	if (all->copies > 0 || all->overtakings > 0)
		diag_set(
		    d,
		    "the way to the peer copies packets or lets them overtake each other (so far %zu cop%s "
		    "of the peer's, and overtaking in %zu run%s)",
		    all->copies, all->copies == 1 ? "y" : "ies", all->overtakings,
		    all->overtakings == 1 ? "" : "s");
	else if (confirm && all->doubled > 0)
		diag_set(
		    d,
		    "the handshake of %zu run%s came twice at once, so the way to the peer may copy packets",
		    all->doubled, all->doubled == 1 ? "" : "s");
	else if (all->cleared > 0)
		diag_set(d,
		         "across the way to the peer %zu run%s failed and passed when played again, so far",
		         all->cleared, all->cleared == 1 ? "" : "s");
	else if (p->job->ignored_why[IGNORED_STATION] > 0)
		diag_set(d, "segments of the connection came from another link address than its handshake");
	else
		return false;
	return true;
}

static void blame_way(struct play *p, const struct diag *d, int64_t now_ns)
{
	char reason[REASON_BYTES];

	snprintf(reason, sizeof reason, "%.220s: so this can't be held against the peer: %.240s", d->text,
	         engine_verdict(p->engine)->reason);
	play_abort(p, now_ns, reason);
}

static bool plays_again(const struct plays *all, const struct play *p)
{
	const struct verdict *v = engine_verdict(p->engine);

	return v->kind == VERDICT_FAIL && all->world->options->confirm && !p->job->again && !all->hurry;
}

static void check_again(struct plays *all, struct play *p, int64_t now_ns)
{
	char reason[REASON_BYTES];

	if (!p->job->again || engine_verdict(p->engine)->kind != VERDICT_PASS)
		return;
	all->cleared++;
	if (p->job->first_reason[0] == '\0')
		return;
	snprintf(reason, sizeof reason,
	         "it failed, and passed when it was played again, so a segment may have been lost or doubled "
	         "on the way: %.300s",
	         p->job->first_reason);
	play_abort(p, now_ns, reason);
}

/* Closes the capture file, with the journal at its end. */
static void close_dump(struct play *p, int64_t now_ns)
{
	struct diag d;

	if (p->journal) {
		p->journal->ignored = p->job->ignored;
		memcpy(p->journal->ignored_why, p->job->ignored_why, sizeof p->job->ignored_why);
		p->journal->late_ns = p->job->late_ns;
		p->journal->damaged = p->damaged;
		note_unseen(p, p->journal->note);
		char *text = journal_text(p->journal);
		if (text)
			dump_note(p->job->dump, text, strlen(text));
		free(text);
	}
	if (!dump_close(p->job->dump, &d))
		play_abort(p, now_ns, d.text);
	p->job->dump = NULL;
}

static void take_verdict(struct play *p, int64_t now_ns)
{
	struct job *job = p->job;
	char note[JOURNAL_NOTE_BYTES];

	if (job->dump)
		close_dump(p, now_ns);
	job->verdict = *engine_verdict(p->engine);
	note_unseen(p, note);
	journal_add_notes(&job->verdict, note, p->damaged);
	if (p->started)
		job->seconds = seconds(job->verdict.ended_ns - job->verdict.started_ns);
	job->finished = true;
}

/* Forgets the run, but for its reason where nothing excuses it. */
static void put_back(struct play *p, bool excused)
{
	struct job *job = p->job;

	job->again = true;
	if (!excused)
		memcpy(job->first_reason, engine_verdict(p->engine)->reason, sizeof job->first_reason);
	engine_free(job->engine);
	job->engine = NULL;
}

static void judge_end(struct plays *all, struct play *p, int64_t now_ns)
{
	struct diag d;

	check_late(all, p, now_ns);
	play_check_capture(all, p, now_ns);
	all->overtakings += way_overtook(engine_verdict(p->engine), all->world->options->confirm);
	bool excused = engine_verdict(p->engine)->kind == VERDICT_FAIL && way_excuses(all, p, &d);
	if (plays_again(all, p)) {
		put_back(p, excused);
		return;
	}
	if (excused)
		blame_way(p, &d, now_ns);
	check_again(all, p, now_ns);
	take_verdict(p, now_ns);
}

void play_end(struct plays *all, struct play *p, int64_t now_ns)
{
	struct job *job = p->job;
	struct channel *c = job->site->channel;

	judge_end(all, p, now_ns);
	if (c && !c->gone && !scenario_leaves(job->scenario))
		control_ask(c->control, VERB_RELEASE, &p->local.addr, p->local.port);
	/* Where the connection is left alive, our kernel must go on not to answer: its
	 * shield goes with the process. */
	if (!scenario_leaves(job->scenario))
		play_unshield(p);
	HASH_DEL(all->by_port, p);
	DL_DELETE(all->list, p);
	all->count--;
	play_free(p);
}
