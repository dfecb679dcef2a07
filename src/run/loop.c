/* The event loop: capture, agents, signals, one timer. What a run does is in
 * play.c, where packets belong in demux.c. */
#include "run/play.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/signalfd.h>
#include <sys/timerfd.h>
#include <unistd.h>

#include <utlist.h>

#include "base/clock.h"
#include "base/duration.h"
#include "base/memory.h"
#include "core/decode.h"
#include "run/pace.h"
#include "wire/answer.h"

enum { BEGIN_IN_TURN = 2 };

/* A step of the real-time clock larger than this spoils what is measured. */
#define STEP_NS (50 * NS_PER_MS)

struct loop {
	struct world *world;
	struct plays plays;
	struct job **waiting; /* not yet begun, in the order of beginning */
	size_t waiting_count, waiting_next;
	struct pace pace;
	const struct loop_watch *watch;
	int64_t drawn_ns; /* when draw was called last; monotonic */
	int epoll, signals, timer;
	int64_t offset_ns; /* real-time less monotonic */
	bool more;         /* the capture may hold more: do not wait */
	bool interrupted;
};

/* --- ends of runs --- */

static void report_job(struct loop *l, struct job *job)
{
	if (l->watch->report)
		l->watch->report(l->watch->context, job);
}

static bool end_runs(struct loop *l, int64_t now_ns)
{
	struct play *p, *next;
	bool any = false;

	DL_FOREACH_SAFE(l->plays.list, p, next)
	{
		struct job *job = p->job;
		if (!play_over(p, now_ns) || (!l->plays.hurry && play_awaits_agent(p, now_ns)))
			continue;
		play_end(&l->plays, p, now_ns);
		any = true;
		if (job->finished)
			report_job(l, job);
		else
			l->waiting[--l->waiting_next] = job; /* its place was freed when it began */
	}
	return any;
}

static void abort_all(struct loop *l, struct reason why)
{
	int64_t now_ns = clock_real_ns();
	struct play *p;

	DL_FOREACH(l->plays.list, p) { play_abort(p, now_ns, why); }
}

/* Those whose channel has ended. */
static void abort_cut_off(struct loop *l, const struct channel *channel)
{
	int64_t now_ns = clock_real_ns();
	bool waited = false;
	struct play *p;

	DL_FOREACH(l->plays.list, p)
	{
		struct site *s = p->job->site;

		/* All of them have the one keeper. */
		if (s->channel == channel && !waited)
			world_last_words(s);
		waited = waited || s->channel == channel;
		if (s->channel == channel || s->keeper == channel)
			play_abort(p, now_ns, channel_gone(p->job->site));
	}
}

/* What was not begun will not be. */
static void drop_waiting(struct loop *l, struct reason why)
{
	while (l->waiting_next < l->waiting_count) {
		struct job *job = l->waiting[l->waiting_next++];
		job_settle(job, VERDICT_ERROR, why);
		report_job(l, job);
	}
}

static bool can_begin(const struct loop *l)
{
	size_t most = l->plays.room && l->plays.room < l->pace.allowed ? l->plays.room : l->pace.allowed;

	return l->waiting_next < l->waiting_count && l->plays.count < most;
}

/* What has come late since the last turn makes that fewer begin. */
static void keep_pace(struct loop *l, int64_t now_ns)
{
	struct play *p;

	DL_FOREACH(l->plays.list, p)
	{
		if (p->job->late_ns > p->paced_ns)
			pace_late(&l->pace, p->paced_ns = p->job->late_ns);
	}
	pace_turn(&l->pace, l->plays.count, now_ns);
}

/* A few in a turn, and none where something came: those that are under way must not wait. */
static void begin_and_pump(struct loop *l)
{
	int64_t now_ns = clock_real_ns();
	struct play *p;

	keep_pace(l, now_ns);
	for (int i = 0; i < BEGIN_IN_TURN && !l->more && can_begin(l) &&
	                !own_side_waits_ns(&l->plays, now_ns) && bucket_take(&l->plays.begins, now_ns);
	     i++) {
		struct job *job = l->waiting[l->waiting_next++];
		if (!play_begin(&l->plays, job, now_ns))
			report_job(l, job);
	}
	now_ns = clock_real_ns();
	DL_FOREACH(l->plays.list, p) { play_pump(&l->plays, p, now_ns); }
}

/* --- events --- */

/* Reads a batch of the capture and, where nothing was left in it, tells the runs the time: the clock was
 * read before, so every segment that passed until then has been given. */
static bool capture_turn(struct loop *l, struct diag *d)
{
	struct batch *batch = &l->plays.batch;
	int64_t now_ns = clock_real_ns();
	struct play *p;
	int n;

	batch->count = batch->used = 0;
	n = capture_read(l->world->capture, demux_take, &l->plays, d);
	if (n < 0)
		return false;
	batch_sort(batch);
	for (size_t i = 0; i < batch->count; i++) {
		const struct batch_entry *e = &batch->entries[i];
		const struct segment *s = batch_segment(batch, i);
		if (e->ours)
			play_sent(e->play, s);
		else if (e->ignored != IGNORED_NOT)
			play_ignores(e->play, e->ignored, s);
		else
			play_came(e->play, s);
		if (l->watch->segment)
			l->watch->segment(l->watch->context, e->play->job, s);
	}
	l->more = n > 0;
	if (n == 0)
		DL_FOREACH(l->plays.list, p) { play_tick(&l->plays, p, now_ns); }
	return true;
}

/* For each channel that is open; false where one says so. */
static bool each_channel(struct loop *l, bool (*what)(struct loop *l, struct channel *c))
{
	bool ok = true;

	for (struct peer_sites *p = l->world->peers; p; p = p->next)
		for (int i = 0; i < PEER_CHANNELS; i++)
			if (p->channel[i].control && !p->channel[i].gone)
				ok &= what(l, &p->channel[i]);
	return ok;
}

static bool channel_turn(struct loop *l, struct channel *c)
{
	struct control_reply reply;
	struct play *p;
	int got;

	if (control_wants_write(c->control))
		control_flush(c->control);
	while ((got = control_read(c->control, &reply, &c->why)) == 1)
		DL_FOREACH(l->plays.list, p)
		{
			if (p->job->site->channel == c && play_reply(&l->plays, p, &reply, clock_real_ns()))
				break;
		}
	if (got == 0)
		return true;
	c->gone = true;
	epoll_ctl(l->epoll, EPOLL_CTL_DEL, control_fd(c->control), NULL);
	abort_cut_off(l, c);
	return false;
}

static void signals_turn(struct loop *l)
{
	struct signalfd_siginfo info;

	while (read(l->signals, &info, sizeof info) == sizeof info) {
		if (l->interrupted)
			continue; /* it is tidying already, and takes a second at most */
		l->interrupted = true;
		l->plays.hurry = true;
		abort_all(l, (struct reason){.code = CODE_INTERRUPTED});
		drop_waiting(l, (struct reason){.code = CODE_INTERRUPTED, .n = {true}});
	}
}

/* --- waiting --- */

static int64_t next_ns(const struct loop *l, int64_t now_ns)
{
	int64_t first = INT64_MAX;
	const struct play *p;

	if (can_begin(l))
		first = own_side_waits_ns(&l->plays, now_ns);
	else if (l->waiting_next < l->waiting_count)
		first = pace_next_ns(&l->pace);
	if (first == 0)
		first = bucket_next_ns(&l->plays.begins, now_ns);
	if (l->watch->draw && now_ns + LOOP_DRAW_NS < first)
		first = now_ns + LOOP_DRAW_NS;

	DL_FOREACH(l->plays.list, p)
	{
		int64_t at = play_deadline_ns(&l->plays, p, now_ns);
		first = at < first ? at : first;
	}
	return first;
}

static bool watch(struct loop *l, int fd)
{
	struct epoll_event e = {.events = EPOLLIN};

	return fd >= 0 && epoll_ctl(l->epoll, EPOLL_CTL_ADD, fd, &e) == 0;
}

static bool watch_channel(struct loop *l, struct channel *c) { return watch(l, control_fd(c->control)); }

static bool watch_writes(struct loop *l, struct channel *c)
{
	struct epoll_event e = {.events = EPOLLIN | (control_wants_write(c->control) ? EPOLLOUT : 0u)};

	return epoll_ctl(l->epoll, EPOLL_CTL_MOD, control_fd(c->control), &e) == 0;
}

static bool await_event(struct loop *l, struct diag *d)
{
	int64_t at_ns = next_ns(l, clock_real_ns());
	struct itimerspec t = {.it_value = {0, 0}};
	struct epoll_event events[16];
	uint64_t expirations;

	each_channel(l, watch_writes);
	if (at_ns != INT64_MAX)
		t.it_value = (struct timespec){at_ns / NS_PER_S, at_ns % NS_PER_S};
	/* The real-time clock, as the capture's; a step of it wakes us. */
	if (timerfd_settime(l->timer, TFD_TIMER_ABSTIME | TFD_TIMER_CANCEL_ON_SET, &t, NULL) < 0 &&
	    errno != ECANCELED)
		return diag_set(d, "timer: %s", strerror(errno));
	if (epoll_wait(l->epoll, events, 16, l->more ? 0 : -1) < 0 && errno != EINTR)
		return diag_set(d, "epoll: %s", strerror(errno));
	/* Nothing is read where it is not due, or the clock was stepped: turn() sees that. */
	(void)!read(l->timer, &expirations, sizeof expirations);
	return true;
}

/* --- the whole --- */

/* SIGHUP and SIGQUIT only where the caller did not have us ignore them (nohup, a script's background). */
static sigset_t ending_signals(void)
{
	static const int perhaps[] = {SIGHUP, SIGQUIT};
	sigset_t mask;
	struct sigaction old;

	sigemptyset(&mask);
	sigaddset(&mask, SIGINT);
	sigaddset(&mask, SIGTERM);
	for (size_t i = 0; i < sizeof perhaps / sizeof *perhaps; i++)
		if (sigaction(perhaps[i], NULL, &old) == 0 && old.sa_handler != SIG_IGN)
			sigaddset(&mask, perhaps[i]);
	return mask;
}

static bool open_loop(struct loop *l, struct diag *d)
{
	const struct spare *spare = l->world->spare;
	sigset_t mask = ending_signals();

	/* They stay blocked: after the loop only the reports are left. */
	sigprocmask(SIG_BLOCK, &mask, NULL);
	l->epoll = epoll_create1(EPOLL_CLOEXEC);
	l->signals = signalfd(-1, &mask, SFD_NONBLOCK | SFD_CLOEXEC);
	l->timer = timerfd_create(CLOCK_REALTIME, TFD_NONBLOCK | TFD_CLOEXEC);
	own_side_open(&l->plays);
	if (own_side_fd(&l->plays) >= 0)
		watch(l, own_side_fd(&l->plays));
	return (l->epoll >= 0 && watch(l, l->signals) && watch(l, l->timer) &&
	        watch(l, capture_fd(l->world->capture)) && each_channel(l, watch_channel) &&
	        (!spare || watch(l, spare_fd(spare)))) ||
	       diag_set(d, "the event loop could not be set up: %s", strerror(errno));
}

static void close_loop(struct loop *l)
{
	if (l->epoll >= 0)
		close(l->epoll);
	if (l->signals >= 0)
		close(l->signals);
	if (l->timer >= 0)
		close(l->timer);
	own_side_close(&l->plays);
	batch_free(&l->plays.batch);
	gather_free(l->plays.gather);
	free(l->waiting);
}

/* Real time less monotonic. Not of two moments: we may be stopped between two readings. */
static int64_t clock_offset_ns(void)
{
	int64_t before_ns, real_ns, after_ns;

	do {
		before_ns = clock_mono_ns();
		real_ns = clock_real_ns();
		after_ns = clock_mono_ns();
	} while (after_ns - before_ns > NS_PER_MS);
	return real_ns - after_ns;
}

/* One turn. Replies before segments: an agent's answer can be older than what
 * waits in the capture, never the other way round by more than a moment. */
static bool turn(struct loop *l, struct diag *d)
{
	const struct loop_watch *look = l->watch;
	int64_t mono_ns = clock_mono_ns(), offset_ns;
	struct diag why;

	signals_turn(l);
	own_side_turn(&l->plays, clock_real_ns());
	offset_ns = clock_offset_ns();
	if (llabs(offset_ns - l->offset_ns) >= STEP_NS) {
		l->offset_ns = offset_ns;
		abort_all(l, (struct reason){.code = CODE_CLOCK});
	}
	if (l->world->spare && !spare_serve(l->world->spare, &why))
		abort_all(l, reason_text_of(CODE_HOST, why.text));
	each_channel(l, channel_turn);
	if (!capture_turn(l, d))
		return false;
	do
		begin_and_pump(l);
	while (end_runs(l, clock_real_ns()));
	if (look->draw && mono_ns - l->drawn_ns >= LOOP_DRAW_NS) {
		l->drawn_ns = mono_ns;
		look->draw(look->context, &l->plays, clock_real_ns());
	}
	return true;
}

static int longest_first(const void *a, const void *b)
{
	const struct job *const *x = a, *const *y = b;

	if ((*x)->scenario->takes_ns != (*y)->scenario->takes_ns)
		return (*x)->scenario->takes_ns < (*y)->scenario->takes_ns ? 1 : -1;
	return *x < *y ? -1 : *x > *y;
}

/* The loop can't go on: no verdict can be trusted, nothing will be seen. */
static void give_up(struct loop *l, struct reason why)
{
	int64_t now_ns = clock_real_ns();
	struct play *p, *next;

	l->plays.hurry = true;
	abort_all(l, why);
	DL_FOREACH(l->plays.list, p) { play_pump(&l->plays, p, now_ns); }
	DL_FOREACH_SAFE(l->plays.list, p, next)
	{
		struct job *job = p->job;
		play_end(&l->plays, p, now_ns);
		if (!job->finished)
			job_settle(job, VERDICT_ERROR, why);
		report_job(l, job);
	}
	drop_waiting(l, why);
}

bool loop_play(struct world *w, struct jobs *jobs, unsigned most, const struct loop_watch *watch,
               bool *interrupted, struct diag *d)
{
	struct loop l = {
	    .world = w, .watch = watch, .drawn_ns = clock_mono_ns(), .epoll = -1, .signals = -1, .timer = -1};
	bool ok;

	plays_init(&l.plays, w, clock_real_ns());
	pace_init(&l.pace, most, clock_real_ns());
	l.offset_ns = clock_offset_ns();
	l.waiting = memory_new(jobs->count, sizeof *l.waiting);
	for (size_t i = 0; i < jobs->count; i++)
		if (!jobs->list[i].finished)
			l.waiting[l.waiting_count++] = &jobs->list[i];
	qsort(l.waiting, l.waiting_count, sizeof *l.waiting, longest_first);
	ok = l.waiting_count == 0 || open_loop(&l, d);
	while (ok && (l.plays.count > 0 || l.waiting_next < l.waiting_count)) {
		ok = turn(&l, d);
		if (ok && (l.plays.count > 0 || can_begin(&l)))
			ok = await_event(&l, d);
	}
	if (!ok)
		give_up(&l, reason_text_of(CODE_HOST, d->text));
	*interrupted = l.interrupted;
	close_loop(&l);
	return ok;
}
