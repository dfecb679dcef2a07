/* How a run ends: what its verdict is, and what is let go of. Sends nothing. */
#include <stdlib.h>
#include <string.h>

#include <utlist.h>

#include "base/duration.h"
#include "run/play.h"
#include "wire/capture.h"
#include "wire/shield.h"

/* What failed or warned for our lateness is played again so often, and for so long in all: a machine that is
 * late each time is too busy, and says so. */
enum { LATE_AGAIN_MAX = 3 };
#define LATE_AGAIN_NS (120 * NS_PER_S)

/* So many ports of ours are tried beside the first where the peer holds old connections from them. */
enum { OTHER_PORTS = 8 };

/* A plain server's program that resets so often does it each time. */
enum { RESETS_AGAIN = 2 };

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

/* Was it our lateness? Then it is played again (true), or in the end an error. A pass is a pass. */
static bool judge_lateness(struct plays *all, struct play *p, int64_t now_ns)
{
	const struct verdict *v = engine_verdict(p->engine);
	struct job *job = p->job;
	struct reason why = {.code = CODE_LATE, .n = {engine_late_ns(p->engine)}};
	int64_t took_ns = now_ns - v->started_ns;

	if (why.n[0] == 0)
		return false;
	/* The rate would hold the next one back as well. */
	if (job->held_ns > why.n[0] / 2)
		why.n[1] = world_rate(all->world);
	if (!why.n[1] && job->late_again < LATE_AGAIN_MAX && !all->hurry &&
	    took_ns * (job->late_again + 1) < LATE_AGAIN_NS) {
		job->late_again++;
		forget_run(job);
		return true;
	}
	if (v->kind != VERDICT_ERROR)
		play_abort(p, now_ns, why);
	return false;
}

/* The target takes fewer side by side than it was asked to: the others had room, this one is played later. A
 * reset may be the same: exim says why and closes, with what we asked unread. */
static bool waits_for_room(struct plays *all, struct job *job, const struct verdict *v)
{
	bool away = v->reason.code == CODE_TURNED_AWAY;
	bool reset = v->reason.code == CODE_SERVER_RESET && job->resets < RESETS_AGAIN;

	if (v->kind != VERDICT_ERROR || (!away && !reset) || all->hurry || all->count < 2)
		return false;
	job->resets += reset;
	if (all->room == 0 || all->room >= all->count)
		all->room = all->count - 1;
	return true;
}

static void judge_end(struct plays *all, struct play *p, int64_t now_ns)
{
	const struct verdict *v = engine_verdict(p->engine);
	struct job *job = p->job;

	play_check_capture(all, p, now_ns);
	if (judge_lateness(all, p, now_ns))
		return;
	if (takes_other_port(all, job, v) || waits_for_room(all, job, v) || play_confirms(all, p, now_ns)) {
		forget_run(job);
		return;
	}
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
