/* How a run ends: is its verdict to be trusted, is it played again, and what is let go of. Sends nothing. */
#include <stdlib.h>
#include <string.h>

#include <utlist.h>

#include "base/duration.h"
#include "run/play.h"
#include "wire/capture.h"
#include "wire/shield.h"

/* Half of the shortest time-out of a peer (Linux: 200 ms): a run in which we were later
 * than that can't be held against it. */
#define LATE_NS INT64_C(100000000)

/* So many ports of ours are tried beside the first where the peer holds old connections from them. */
enum { OTHER_PORTS = 8 };

/* What the tolerances have room for: 2% of the shortest time-out's doubling, and a timer's lateness. */
#define JITTER_NS INT64_C(25000000)

/* A verdict counts only where the capture is whole. */
void play_check_capture(struct plays *all, struct play *p, int64_t now_ns)
{
	uint64_t dropped;
	bool known = capture_dropped(all->world->capture, &dropped);

	if (!known || dropped > p->dropped)
		play_abort(p, now_ns,
		           (struct reason){.code = CODE_CAPTURE_LOST,
		                           .n = {known ? (int64_t)(dropped - p->dropped) : -1}});
}

/* Could the path between, or somebody on it, have done what the peer failed for? Where it makes
 * copies of the peer's segments or lets them overtake each other it does so with ours
 * too, and what the peer makes of that is not to be known. */
static bool path_excuses(const struct plays *all, const struct play *p, struct reason *why)
{
	const struct site *site = p->job->site;
	int64_t wrong_ns = engine_verdict(p->engine)->reason.fields[0].jitter_ns;
	int64_t jitter_ns = site->slowest_ns - site->quickest_ns;
	bool confirm = all->world->options->confirm;
	bool strange_mac = p->job->ignored_why[IGNORED_SOURCE_MAC] > 0;

	if (netpath_doubts(engine_verdict(p->engine), confirm, why))
		return true;
	/* A time is wrong, and the path takes now longer and now shorter to the same kernel's answer at
	 * once: what one segment waits more than another is in each time that is measured. What is wrong
	 * by more than the handshakes have shown, twice over, is the peer's doing all the same. */
	if (wrong_ns > 0 && jitter_ns >= JITTER_NS && wrong_ns <= 2 * jitter_ns)
		*why = (struct reason){.code = CODE_PATH_JITTER, .n = {site->quickest_ns, site->slowest_ns}};
	/* The lab's path is one link: the kernel may let segments overtake each other there, each time as
	 * the one that was looked at above. It holds nothing against the others. */
	else if (all->world->lab)
		return false;
	else if (all->copies > 0 || all->overtakings > 0)
		*why = (struct reason){.code = CODE_PATH_COPIES,
		                       .n = {(int64_t)all->copies, (int64_t)all->overtakings}};
	else if (confirm && all->doubled > 0)
		*why = (struct reason){.code = CODE_PATH_COPIES, .n = {0, 0, (int64_t)all->doubled}};
	else if (all->cleared > 0)
		*why = (struct reason){.code = CODE_PATH_UNSTEADY, .n = {(int64_t)all->cleared}};
	else if (strange_mac)
		*why = (struct reason){.code = CODE_PATH_SOURCE_MAC};
	return why->code != CODE_NONE;
}

static void check_again(struct plays *all, struct play *p, int64_t now_ns)
{
	struct job *job = p->job;
	const struct reason why = {.code = CODE_NOT_REPEATED};

	if (!job->again || engine_verdict(p->engine)->kind != VERDICT_PASS)
		return;
	all->cleared++;
	if (job->first_reason.code)
		play_give(p,
		          &(struct event){.kind = EVENT_ABORT,
		                          .time_ns = now_ns,
		                          .verdict = VERDICT_ERROR,
		                          .reason = &why,
		                          .overruled = &job->first_reason},
		          NULL, 0);
}

/* Closes the capture file, with the journal at its end. */
static void close_dump(struct play *p, int64_t now_ns)
{
	struct diag d;
	char *text;

	if (p->journal) {
		p->journal->ignored = p->job->ignored;
		memcpy(p->journal->ignored_why, p->job->ignored_why, sizeof p->job->ignored_why);
		p->journal->late_ns = p->job->late_ns;
		p->journal->damaged = p->damaged;
		p->journal->syn_unseen = p->syn_unseen;
		text = journal_text(p->journal);
		dump_note(p->job->dump, text, strlen(text));
		free(text);
	}
	if (!dump_close(p->job->dump, &d))
		play_abort(p, now_ns, reason_text_of(CODE_HOST, d.text));
	p->job->dump = NULL;
}

static void take_verdict(struct play *p, int64_t now_ns)
{
	struct job *job = p->job;

	if (job->dump)
		close_dump(p, now_ns);
	job->verdict = *engine_verdict(p->engine);
	job->verdict.syn_unseen = p->syn_unseen;
	job->verdict.damaged = p->damaged;
	if (p->started)
		job->seconds = seconds(job->verdict.ended_ns - job->verdict.started_ns);
	job->finished = true;
}

/* The run is forgotten: the job is to be played again, from the beginning. Its capture file goes on, and the
 * journal at its end will be of the run that counts. */
static void forget_run(struct job *job)
{
	engine_free(job->engine);
	job->engine = NULL;
	job->late_ns = job->held_ns = 0;
	job->ignored = 0;
	memset(job->ignored_why, 0, sizeof job->ignored_why);
}

/* The peer holds a connection from our port yet, of a program that was killed here: nothing is known of the
 * peer so far, and another port will do. */
static bool takes_other_port(const struct plays *all, struct job *job, const struct verdict *v)
{
	if (v->kind != VERDICT_ERROR || v->reason.code != CODE_OLD_CONNECTION || all->hurry ||
	    all->world->options->source_port != 0 || job->ports_tried >= OTHER_PORTS)
		return false;
	job->ports_tried++;
	ports_elsewhere();
	return true;
}

static void judge_end(struct plays *all, struct play *p, int64_t now_ns)
{
	bool confirm = all->world->options->confirm, failed, excused;
	const struct verdict *v = engine_verdict(p->engine);
	struct job *job = p->job;
	struct reason why = {.code = CODE_LATE, .n = {job->late_ns}};

	/* Were we too slow ourselves, or the agent that told us to go on, so that the peer did what it does
	 * to a host that is slow? A pass is a pass. */
	if (job->held_ns > job->late_ns / 2)
		why.n[1] = world_rate(all->world);
	if (v->kind == VERDICT_FAIL && job->late_ns >= LATE_NS)
		play_abort(p, now_ns, why);
	play_check_capture(all, p, now_ns);
	all->overtakings += netpath_overtook(engine_verdict(p->engine), confirm);
	failed = v->kind == VERDICT_FAIL;
	excused = failed && path_excuses(all, p, &why);
	if (failed && confirm && !job->again && !all->hurry) {
		/* The run is forgotten, but for its reason where nothing excuses it. */
		job->again = true;
		if (!excused)
			job->first_reason = v->reason;
		forget_run(job);
		return;
	}
	if (takes_other_port(all, job, v)) {
		forget_run(job);
		return;
	}
	if (excused)
		play_abort(p, now_ns, why);
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
