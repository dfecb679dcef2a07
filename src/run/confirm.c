/* Is a failure to be believed? Has the path between done it, does it come again when the run is played again,
 * has the agent seen this connection at all? Sends nothing to the peer's port.
 *
 * Against a target what failed is played again: the path loses, copies and reorders segments, ours too, which
 * nobody sees. What fails each time with the same code at the same step is the peer's doing. How often is
 * enough depends on how much the path has been seen to disturb: by chance it would not come so often. */
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/duration.h"
#include "report/words.h"
#include "run/play.h"

/* An agent that does not say it by then is not waited for: the run has its verdict. */
#define SEEN_WAITS_NS (2 * NS_PER_S)

/* What the tolerances have room for: 2% of the shortest time-out's doubling, and a timer's lateness. */
#define JITTER_NS INT64_C(25000000)

/* So often more a failure is played where the user does not say; once, where it takes long. */
enum { CONFIRM_TIMES = 3, CONFIRM_TIMES_LONG = 1 };
#define LONG_NS (20 * NS_PER_S)

/* Plays of one job that the path would have to spoil in the same place, at most; and plays that came to
 * nothing else. */
enum { SAME_MOST = 10, OTHERS_MOST = 4 };

/* A chance this small is none, over all runs of a session. Of each segment that the path disturbs we see one
 * half, the peer's; and about so many segments decide what a step comes to. */
#define NO_CHANCE 1e-6
enum { UNSEEN_TOO = 2, SEGMENTS_OF_STEP = 4 };

/* --- what the path did --- */

/* What the session has seen the path do: why a failure across it may be the path's. */
static struct reason path_shows(const struct plays *all)
{
	if (all->copies > 0 || all->overtakings > 0)
		return (struct reason){.code = CODE_PATH_COPIES,
		                       .n = {(int64_t)all->copies, (int64_t)all->overtakings}};
	if (all->doubled > 0)
		return (struct reason){.code = CODE_PATH_COPIES, .n = {0, 0, (int64_t)all->doubled}};
	if (all->lossy > 0)
		return (struct reason){.code = CODE_PATH_LOSS, .n = {(int64_t)all->lossy}};
	if (all->cleared > 0)
		return (struct reason){.code = CODE_PATH_UNSTEADY, .n = {(int64_t)all->cleared}};
	return (struct reason){.code = CODE_NONE};
}

static bool disturbs(const struct plays *all) { return !all->world->lab && path_shows(all).code; }

/* Can a segment that was lost, either way, be why? A wrong number or flag is no work of that. */
static bool loss_explains(enum code code)
{
	static const enum code codes[] = {
	    CODE_NO_SEGMENT,      CODE_NO_RESEND,          CODE_GAP,          CODE_FIRST_GAP,
	    CODE_RESEND_COUNT,    CODE_GAVE_UP_EARLY,      CODE_GAVE_UP_LATE, CODE_NOT_GIVEN_UP,
	    CODE_NO_PROBE_ANSWER, CODE_INTERVAL,           CODE_STATE,        CODE_STATE_TIMER,
	    CODE_NOT_SILENT,      CODE_UNEXPECTED_SEGMENT,
	};

	for (size_t i = 0; i < sizeof codes / sizeof *codes; i++)
		if (codes[i] == code)
			return true;
	return false;
}

/* Could the path between, or somebody on it, have done what the peer failed for, as this run shows? */
static bool path_excuses(const struct plays *all, const struct play *p, struct reason *why)
{
	const struct site *site = p->job->site;
	int64_t wrong_ns = engine_verdict(p->engine)->reason.fields[0].jitter_ns;
	int64_t jitter_ns = site->slowest_ns - site->quickest_ns;
	bool lacks = loss_explains(engine_verdict(p->engine)->reason.code);
	char address[ADDR_TEXT_BYTES];

	if (netpath_doubts(engine_verdict(p->engine), disturbs(all), why) ||
	    netpath_crossed(engine_verdict(p->engine), site->quickest_ns, why))
		return true;
	/* A time is wrong, and the path takes now longer and now shorter to the same kernel's answer at
	 * once: what one segment waits more than another is in each time that is measured. What is wrong
	 * by more than the handshakes have shown, twice over, is the peer's doing all the same. */
	if (wrong_ns > 0 && jitter_ns >= JITTER_NS && wrong_ns <= 2 * jitter_ns)
		*why = (struct reason){.code = CODE_PATH_JITTER, .n = {site->quickest_ns, site->slowest_ns}};
	else if (site->cookies && lacks)
		*why = (struct reason){.code = CODE_SYN_COOKIES};
	/* Our own kernel has one link address. */
	else if (!world_has_kernel(all->world) && p->job->ignored_why[IGNORED_SOURCE_MAC] > 0)
		*why = (struct reason){.code = CODE_PATH_SOURCE_MAC};
	/* What belongs to no connection that it knows a NAT may keep back. */
	if (!why->code && site->translated && lacks) {
		*why = reason_text_of(CODE_PATH_NAT, addr_text(&site->remote, address));
		why->n[0] = 2;
	}
	return why->code != CODE_NONE;
}

/* The run's part in what the session knows of the path. */
static void note_path(struct plays *all, const struct play *p)
{
	const struct verdict *v = engine_verdict(p->engine);
	size_t lost = v->reason.code == CODE_NO_ANSWER ? 0 : netpath_lost(v);
	bool overtook = netpath_overtook(v, disturbs(all));

	all->overtakings += overtook;
	all->lossy += lost > 0;
	all->segments += v->trace_count;
	all->disturbed += lost + overtook + p->job->ignored_why[IGNORED_COPY];
}

/* --- does it come again? --- */

static struct failing failing_of(const struct verdict *v)
{
	const struct reason *why = &v->reason;

	return (struct failing){.code = why->code,
	                        .step = v->step < 0 ? INT_MAX : v->step,
	                        .field = why->field_count > 0 ? why->fields[0].field : DIFFERS_COUNT};
}

static bool is_same(const struct failing *a, const struct failing *b)
{
	return a->code == b->code && a->step == b->step && a->field == b->field;
}

/* How often a failure of this job is played again; 0: it is believed at once. */
static unsigned confirm_times(const struct plays *all, const struct job *job)
{
	const struct options *o = all->world->options;

	/* Nobody makes the target connect to another port. */
	if (job->listens && o->source_port != 0 && !job->site->channel)
		return 0;
	if (o->confirm > 0)
		return o->confirm;
	/* A program that carries frames is late where the machine is busy, as a path is. */
	if (world_has_kernel(all->world) || o->no_confirm)
		return 0;
	return job->scenario->takes_ns > LONG_NS ? CONFIRM_TIMES_LONG : CONFIRM_TIMES;
}

/* So many plays that fail alike, with this code, can't be the path's doing. */
static unsigned plays_enough(const struct plays *all, unsigned times, enum code code)
{
	double spoils = UNSEEN_TOO * (double)all->disturbed / (double)(all->segments + 1);
	unsigned n = 0;

	/* A wrong number or flag takes one segment, and no other, to be lost. */
	if (loss_explains(code))
		spoils *= SEGMENTS_OF_STEP;

	for (double chance = 1; all->disturbed > 0 && chance > NO_CHANCE && n <= SAME_MOST; n++)
		chance *= spoils < 0.9 ? spoils : 0.9;
	return n > times + 1 ? n : times + 1;
}

static void overrule(struct play *p, int64_t now_ns, struct reason why, const struct reason *overruled)
{
	struct event abort = {.kind = EVENT_ABORT,
	                      .time_ns = now_ns,
	                      .verdict = VERDICT_ERROR,
	                      .reason = &why,
	                      .overruled = overruled};

	play_give(p, &abort, NULL, 0);
}

/* It failed, and nothing in this run excuses that. */
static bool failed_again(struct plays *all, struct play *p, unsigned times, int64_t now_ns)
{
	const struct verdict *v = engine_verdict(p->engine);
	struct plays_before *b = &p->job->before;
	struct failing now = failing_of(v);
	unsigned enough = plays_enough(all, times, now.code);

	/* There is no time left to see it again. */
	if (all->hurry) {
		overrule(p, now_ns, (struct reason){.code = CODE_INTERRUPTED}, &v->reason);
		return false;
	}
	if (b->failing.code && is_same(&now, &b->failing)) {
		b->same++;
	} else if (!b->failing.code || now.step > b->failing.step) {
		/* Once it got further, what stopped it before was no fault of the peer's. */
		b->others += b->failing.code != CODE_NONE;
		all->cleared += b->failing.code != CODE_NONE;
		all->disturbed += b->failing.code != CODE_NONE;
		b->failing = now;
		b->reason = v->reason;
		b->warned = v->kind == VERDICT_WARN;
		b->same = 1;
	} else {
		b->others++;
	}
	if (b->others > OTHERS_MOST) {
		overrule(p, now_ns, (struct reason){.code = CODE_NOT_REPEATED, .n = {true}}, &b->reason);
		return false;
	}
	if (b->same <= times)
		return true;
	/* As often as there is time for: is that enough? */
	if (b->same < enough && (enough > SAME_MOST || times < CONFIRM_TIMES)) {
		overrule(p, now_ns, path_shows(all), NULL);
		return false;
	}
	return b->same < enough;
}

/* All is well, but a fence had no answer: the path may have lost that, too. */
static bool fence_again(struct plays *all, struct play *p, unsigned times)
{
	const struct verdict *v = engine_verdict(p->engine);
	struct plays_before *b = &p->job->before;

	if (v->breaches[RULE_OLD_OCTET].count > 0) {
		all->old_silent = all->old_silent || b->fences >= times;
		return !all->old_silent && b->fences++ < times;
	}
	if (b->fences > 0) {
		all->lossy++;
		all->disturbed++;
	}
	return false;
}

/* It failed, and now it can't be judged. That the peer can't even be connected to any more says the most. */
static void no_more(struct play *p, int64_t now_ns)
{
	enum code code = engine_verdict(p->engine)->reason.code;
	bool gone = code == CODE_NO_ANSWER || code == CODE_REFUSED || code == CODE_NO_SYN ||
	            code == CODE_OLD_CONNECTION || code == CODE_NO_GREETING;
	struct reason why =
	    gone ? (struct reason){.code = CODE_NOT_REPEATED, .n = {2}} : engine_verdict(p->engine)->reason;

	overrule(p, now_ns, why, &p->job->before.reason);
}

/* A warning is believed at once, unless it is known already what may be why nothing came, or not in time. */
static bool is_doubtful(const struct plays *all, const struct play *p, unsigned times)
{
	const struct verdict *v = engine_verdict(p->engine);

	return v->kind == VERDICT_FAIL ||
	       (v->kind == VERDICT_WARN && loss_explains(v->reason.code) &&
	        ((times > 0 && disturbs(all)) || p->job->site->cookies || p->job->site->translated));
}

bool play_confirms(struct plays *all, struct play *p, int64_t now_ns)
{
	const struct verdict *v = engine_verdict(p->engine);
	unsigned times = confirm_times(all, p->job);
	struct plays_before *b = &p->job->before;
	struct reason why = {.code = CODE_NONE};
	bool excused;

	note_path(all, p);
	if ((v->kind == VERDICT_PASS || v->kind == VERDICT_WARN) && !is_doubtful(all, p, times)) {
		if (b->failing.code) {
			all->cleared++;
			all->disturbed++;
			if (!b->warned)
				overrule(p, now_ns, (struct reason){.code = CODE_NOT_REPEATED}, &b->reason);
			return false;
		}
		return times > 0 && !all->hurry && fence_again(all, p, times);
	}
	if (v->kind == VERDICT_ERROR) {
		if (b->failing.code)
			no_more(p, now_ns);
		return false;
	}
	excused = path_excuses(all, p, &why);
	/* Judged at once: what the path did to others it may have done to this one. */
	if (!excused && times == 0 && disturbs(all)) {
		why = path_shows(all);
		excused = why.code != CODE_PATH_LOSS || loss_explains(v->reason.code);
	}
	if (!excused)
		return times > 0 && failed_again(all, p, times, now_ns);
	if (times > 0 && !all->hurry && b->others++ == 0)
		return true;
	play_abort(p, now_ns, why);
	return false;
}

/* --- the agent's end of the path --- */

bool play_awaits_agent(struct play *p, int64_t now_ns)
{
	struct channel *c = p->job->site->channel;
	const struct verdict *v = engine_verdict(p->engine);
	bool well = v->kind == VERDICT_PASS && p->job->site->agent_sees;
	/* It has not: our own kernel's RST was quicker than the agent. */
	bool reset = v->reason.code == CODE_POLLUTED || v->reason.code == CODE_SHIELD_TTL;

	if (p->seen_id != 0)
		return now_ns < p->seen_until_ns;
	if (p->seen_asked || well || reset || !p->completed || !c || c->gone || p->job->site->host)
		return false;
	p->seen_asked = true;
	p->seen_id = control_ask(c->control, VERB_STATE, &p->local.addr, p->local.port);
	p->seen_until_ns = now_ns + SEEN_WAITS_NS;
	return p->seen_id != 0;
}

void play_was_seen(struct plays *all, struct play *p, const struct control_reply *reply, int64_t now_ns)
{
	struct site *site = p->job->site;
	char from[ENDPOINT_TEXT_BYTES] = "";
	struct reason why;

	site->agent_sees = site->agent_sees || reply->ok;
	if (reply->ok && reply->state.state == STATE_SYN_RECEIVED &&
	    engine_verdict(p->engine)->kind == VERDICT_ERROR) {
		/* What completes the handshake did not come. */
		all->lossy++;
		all->disturbed++;
		play_abort(p, now_ns, path_shows(all));
	}
	if (!reply->unseen)
		return;
	if (reply->other.family)
		endpoint_text(&reply->other, reply->other_port, from);
	why = reason_text_of(CODE_PATH_NAT, from);
	why.n[0] = reply->other.family != 0;
	if (!reply->other.family) {
		/* Our last segment of the handshake may not have come. */
		play_abort(p, now_ns, disturbs(all) ? path_shows(all) : why);
		return;
	}
	/* So it is with each connection that way. */
	site->trouble = VERDICT_ERROR;
	site->why = why;
	for (struct play *q = all->list; q; q = q->next)
		if (q->job->site == site)
			play_abort(q, now_ns, why);
}
