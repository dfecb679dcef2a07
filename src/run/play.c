/* One job's life: begin, tick, abort, end. Knows no capture and no epoll. */
#include "run/play.h"

#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <unistd.h>

#include <utlist.h>

#include "base/memory.h"
#include "base/clock.h"
#include "base/duration.h"
#include "core/decode.h"
#include "core/profile.h"
#include "wire/capture.h"
#include "wire/filter.h"
#include "wire/shield.h"

#define CLAIM_WAITS_NS (10 * NS_PER_S)

/* Of the rate, the part that beginnings may take: what is under way must not
 * wait for tokens, for that would change what it measures. */
enum { BEGIN_SHARE = 8, BEGIN_RATE = 500, BEGIN_AT_ONCE = 4 };

/* A segment that is sent passes the capture within microseconds. But a SYN may wait
 * in the kernel until the next hop has told its link address, or for ever. */
#define SEEN_WITHIN_NS (1 * NS_PER_S)
#define SYN_SEEN_WITHIN_NS (8 * NS_PER_S)

void plays_init(struct plays *all, struct world *w, int64_t now_ns)
{
	unsigned rate = world_rate(w), begins = rate / BEGIN_SHARE + 1;

	*all = (struct plays){.world = w, .gather = gather_new(), .filter = {filter_ask, w->filters}};
	bucket_init(&all->bucket, rate, now_ns);
	bucket_init(&all->begins, begins < BEGIN_RATE ? begins : BEGIN_RATE, now_ns);
	all->begins.most = all->begins.tokens = BEGIN_AT_ONCE;
}

/* --- the token bucket --- */

void bucket_init(struct bucket *b, unsigned rate, int64_t now_ns)
{
	b->rate = rate;
	b->most = rate / 10 > 10 ? rate / 10 : 10;
	b->tokens = b->most;
	b->filled_ns = now_ns;
}

bool bucket_take(struct bucket *b, int64_t now_ns)
{
	/* A clock that went back fills nothing. */
	if (now_ns > b->filled_ns)
		b->tokens += (double)(now_ns - b->filled_ns) * 1e-9 * b->rate;
	if (b->tokens > b->most)
		b->tokens = b->most;
	b->filled_ns = now_ns;
	if (b->tokens < 1)
		return false;
	b->tokens -= 1;
	return true;
}

int64_t bucket_next_ns(const struct bucket *b, int64_t now_ns)
{
	if (b->tokens >= 1)
		return now_ns;
	return b->filled_ns + (int64_t)((1 - b->tokens) / b->rate * 1e9) + 1;
}

/* --- begin --- */

static uint32_t random_number(void)
{
	uint32_t n = 0;

	if (getrandom(&n, sizeof n, 0) != sizeof n)
		n = (uint32_t)clock_mono_ns();
	return n;
}

static bool take_port(struct plays *all, const struct play *p, uint16_t *port, int *shield_fd, struct diag *d)
{
	const struct options *o = all->world->options;

	if (o->source_port != 0) {
		unsigned next = o->source_port + all->ports_used++;
		if (next > 65535)
			return diag_set(d, "there is no port left from %u on (-p)", o->source_port);
		*port = (uint16_t)next;
	}
	if (p->job->site->shielded) {
		*shield_fd = shield_open(&p->local.addr, port, d);
		return *shield_fd >= 0;
	}
	if (*port == 0)
		*port = port_choose();
	return *port != 0 ||
	       diag_set(d, "no source port is free outside the range that the kernel gives out: name "
	                   "one with -p");
}

static void make_config(struct plays *all, struct play *p, struct engine_config *c)
{
	const struct world *w = all->world;
	const struct site *site = p->job->site;

	/* What it failed with must be able to come again, as a fault where numbers wrap. */
	if (p->job->iss == 0)
		p->job->iss = random_number();
	*c = (struct engine_config){
	    .local = p->local.addr,
	    .local_port = p->local.port,
	    .other_port = p->other_port,
	    .remote = site->remote,
	    .remote_port = p->remote_port,
	    .iss = p->job->iss,
	    .slow = w->options->slow,
	    .timer_tick_ns = profile_value(w->profile, PROFILE_TIMER_TICK).low,
	    .first_resend_ns = profile_value(w->profile, PROFILE_FIRST_RESEND).low,
	    .filter = &all->filter,
	    .state_observable = site->channel,
	    .asked = site->program ? site_can(site) : 0,
	};
	/* Our own agent tells them, and says that it runs on Linux; another's may know none. */
	c->no_timers = site->channel && !world_has_kernel(w) && (!w->stack || strcmp(w->stack, "linux") != 0);
	if (!site_is_plain(site))
		return;
	c->peer_connects = p->job->listens;
	c->plain_server = !p->job->scenario->listen || w->plain.given || w->program.client;
	c->speaks_first = c->peer_connects ? w->plain.client_speaks : w->plain.speaks_first;
	c->closes_on_eof = w->plain.closes_on_eof;
	for (int i = 0; i < PROVOKE_COUNT; i++) {
		struct plain_bytes b = plain_bytes(&w->plain, (enum provoke)i, c->peer_connects);

		c->inband[i] = (struct inband){b.bytes, b.len};
		c->stops |= w->program.signals[i] == SIGSTOP ? UINT32_C(1) << i : 0;
	}
}

void play_start(struct play *p, int64_t now_ns)
{
	p->started = true;
	play_give(p, &(struct event){.kind = EVENT_START, .time_ns = now_ns}, NULL, 0);
}

void play_unshield(struct play *p)
{
	if (p->shield_fd >= 0)
		close(p->shield_fd);
	if (p->other_shield_fd >= 0)
		close(p->other_shield_fd);
	p->shield_fd = p->other_shield_fd = -1;
}

void play_free(struct play *p)
{
	play_forget(p);
	journal_free(p->journal);
	free(p);
}

/* What the capture file is to know of this run besides its segments. */
static void begin_journal(struct plays *all, struct play *p, const struct engine_config *config)
{
	const struct strings *defines = &all->world->options->defines;
	const struct profile *profile = all->world->profile;
	struct result r = job_result(p->job);
	struct journal *j = journal_new();
	char name[256];

	p->journal = j;
	result_name(&r, name, sizeof name);
	j->scenario = arena_printf(j->arena, "%s", name);
	j->title = arena_printf(j->arena, "%s", r.scenario->title);
	j->target = arena_printf(j->arena, "%s", r.target);
	j->family = r.family;
	if (profile) {
		j->profile = arena_printf(j->arena, "%s", profile->name);
		j->profile_text = profile_text(profile, j->arena);
	}
	for (size_t i = 0; i < defines->count; i++)
		journal_define(j, defines->items[i]);
	journal_configure(j, config);
}

/* The program ended, and its stack with it. */
static bool is_over(const struct site *s) { return s->keeper && *s->keeper->why.text; }

/* A program that ended took its host along, and our end of the link: better said than seen. */
static struct reason why_no_port(const struct site *s, const struct diag *d)
{
	enum { LAST_WORDS_MS = 200 };
	struct pollfd p = {.fd = -1, .events = POLLIN};
	struct control_reply reply;
	int got = 0;

	if (s->program && s->channel && s->channel->control)
		p.fd = control_fd(s->channel->control);
	/* What else comes is of runs that are over as well. */
	while (p.fd >= 0 && got >= 0 && poll(&p, 1, LAST_WORDS_MS) > 0)
		got = control_read(s->channel->control, &reply, &s->channel->why);
	return got < 0 ? channel_gone(s) : reason_text_of(CODE_HOST, d->text);
}

bool play_begin(struct plays *all, struct job *job, int64_t now_ns)
{
	struct play *p = memory_new(1, sizeof *p);
	struct channel *c = job->site->channel;
	struct engine_config config;
	struct diag d;

	/* What was found out since the jobs were made. */
	if (job->site->trouble != VERDICT_NONE || job->site->link_down || is_over(job->site)) {
		if (is_over(job->site))
			job_settle(job, VERDICT_ERROR, channel_gone(job->site));
		else if (job->site->trouble != VERDICT_NONE)
			job_settle(job, job->site->trouble, job->site->why);
		else
			job_settle(job, VERDICT_ERROR, reason_text_of(CODE_LINK_DOWN, job->site->interface));
		play_free(p);
		return false;
	}
	p->job = job;
	p->shield_fd = p->other_shield_fd = -1;
	p->local.addr = job->site->local;
	p->remote_port = job->listens ? 0 : job->site->port;
	/* The second port is nobody else's and is shielded as the first: what the peer answers there meets
	 * silence. */
	if (!take_port(all, p, &p->local.port, &p->shield_fd, &d) ||
	    (scenario_needs(job->scenario).other_port &&
	     !take_port(all, p, &p->other_port, &p->other_shield_fd, &d))) {
		play_unshield(p);
		job_settle(job, VERDICT_ERROR, why_no_port(job->site, &d));
		play_free(p);
		return false;
	}
	p->shield_ttl = p->shield_fd >= 0 && shield_kind(p->shield_fd) == SHIELD_TTL;
	make_config(all, p, &config);
	p->engine = job->engine = engine_new(job->scenario, &config);
	if (job->dump)
		begin_journal(all, p, &config);
	if (!capture_dropped(all->world->capture, &p->dropped))
		p->dropped = 0;
	HASH_ADD(hh, all->by_port, local, sizeof p->local, p);
	DL_APPEND(all->list, p);
	all->count++;
	if (!c) {
		play_start(p, now_ns);
		return true;
	}
	/* The agent must know the port before our SYN comes. */
	p->claim_id = c->gone ? 0 : control_ask(c->control, VERB_CLAIM, &p->local.addr, p->local.port);
	/* A server that was killed is begun anew for it, and comes up. */
	p->claim_until_ns = now_ns + CLAIM_WAITS_NS + all->world->program.patience_ns;
	if (p->claim_id == 0 && !c->gone)
		control_why(c->control, &c->why);
	if (p->claim_id == 0)
		play_abort(p, now_ns, channel_gone(job->site));
	return true;
}

/* --- time --- */

static int64_t seen_until_ns(const struct pending *w)
{
	bool syn = w->action.segment.flags == TCP_SYN;

	return w->sent_ns + (syn ? SYN_SEEN_WITHIN_NS : SEEN_WITHIN_NS);
}

void play_tick(struct plays *all, struct play *p, int64_t now_ns)
{
	const struct pending *unseen = p->left;
	char flags[FLAGS_TEXT_BYTES];

	if (unseen && now_ns >= seen_until_ns(unseen)) {
		/* The nearer reason comes first: the capture may have lost it. */
		play_check_capture(all, p, now_ns);
		flags_text(unseen->action.segment.flags, flags);
		p->syn_unseen = unseen->action.segment.flags == TCP_SYN;
		play_forget(p);
		/* What tidies gets its own second, and then is given up too. */
		if (!p->unseen)
			play_abort(p, now_ns, reason_text_of(CODE_NOT_SEEN, flags));
		p->unseen = true;
	}
	if (p->claim_id != 0 && now_ns >= p->claim_until_ns) {
		p->claim_id = 0;
		play_abort(p, now_ns, (struct reason){.code = CODE_AGENT_SILENT});
	}
	if (engine_deadline(p->engine) > now_ns)
		return;
	play_note_late(p, now_ns - engine_deadline(p->engine));
	play_give(p, &(struct event){.kind = EVENT_TICK, .time_ns = now_ns}, NULL, 0);
}

/* Until then something may come that explains why it failed. */
static int64_t explained_at_ns(const struct play *p)
{
	const struct verdict *v = engine_verdict(p->engine);

	return v->kind == VERDICT_FAIL ? v->ended_ns + OVERTAKE_NS : INT64_MAX;
}

int64_t play_deadline_ns(const struct plays *all, const struct play *p, int64_t now_ns)
{
	int64_t first = engine_deadline(p->engine);

	/* A SYN is given longer; what follows it may be due before. */
	for (const struct pending *w = p->left; w; w = w->next)
		first = seen_until_ns(w) < first ? seen_until_ns(w) : first;
	if (p->asked && bucket_next_ns(&all->bucket, now_ns) < first)
		first = bucket_next_ns(&all->bucket, now_ns);
	if (p->claim_id != 0 && p->claim_until_ns < first)
		first = p->claim_until_ns;
	if (p->seen_id != 0 && p->seen_until_ns < first)
		first = p->seen_until_ns;
	return explained_at_ns(p) < first ? explained_at_ns(p) : first;
}

static void end_as(struct play *p, int64_t now_ns, enum verdict_kind verdict, const struct reason *why)
{
	struct event abort = {.kind = EVENT_ABORT, .time_ns = now_ns, .verdict = verdict, .reason = why};

	play_give(p, &abort, NULL, 0);
}

void play_abort(struct play *p, int64_t now_ns, struct reason why) { end_as(p, now_ns, VERDICT_ERROR, &why); }

void play_skip(struct play *p, int64_t now_ns, struct reason why) { end_as(p, now_ns, VERDICT_SKIP, &why); }

/* --- end --- */

bool play_over(const struct play *p, int64_t now_ns)
{
	int64_t at_ns = explained_at_ns(p);

	return engine_done(p->engine) && !p->asked && !p->left && (at_ns == INT64_MAX || now_ns >= at_ns);
}
