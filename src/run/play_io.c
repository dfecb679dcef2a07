/* What goes between a job's engine and the world: segments, and questions to the agent. */
#include "run/play.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <utlist.h>

#include "base/clock.h"
#include "base/memory.h"
#include "core/malform.h"
#include "report/words.h"
#include "wire/send.h"
#include "wire/shield.h"

/* So many in a turn of the loop. Each is captured as it leaves, and so is its answer. */
enum { PUMP_AT_ONCE = 64 };

void play_give(struct play *p, const struct event *event, const struct segment *s, unsigned id)
{
	if (p->journal)
		journal_add(p->journal, event);
	engine_give(p->engine, event, s, id);
}

/* --- out --- */

static void remove_pending(struct pending **list, struct pending *w)
{
	DL_DELETE(*list, w);
	free(w->bytes);
	free(w);
}

void play_forget(struct play *p)
{
	while (p->asked)
		remove_pending(&p->asked, p->asked);
	while (p->left)
		remove_pending(&p->left, p->left);
}

static void take_actions(struct play *p)
{
	struct action a;

	while (engine_action(p->engine, &a)) {
		struct pending *w = memory_new(1, sizeof *w);
		w->action = a;
		w->asked_ns = clock_real_ns();
		DL_APPEND(p->asked, w);
		if (a.kind != ACTION_SEND || !a.segment.payload)
			continue;
		/* The engine's payload lives until its next call only. */
		w->bytes = memory_new(a.segment.payload_len, 1);
		memcpy(w->bytes, a.segment.payload, a.segment.payload_len);
		w->action.segment.payload = w->bytes;
	}
}

/* False: the rate does not allow it yet. */
static bool send_first(struct plays *all, struct play *p, int64_t now_ns)
{
	struct pending *w = p->asked;
	struct diag d;

	if (!bucket_take(&all->bucket, now_ns) && !all->hurry) {
		w->held = true;
		return false;
	}
	w->sent_ns = clock_real_ns();
	if (w->held && w->sent_ns - w->asked_ns > p->job->held_ns)
		p->job->held_ns = w->sent_ns - w->asked_ns;
	if (sender_send(all->world->sender, &w->action.segment, &d)) {
		DL_DELETE(p->asked, w);
		DL_APPEND(p->left, w);
		return true;
	}
	remove_pending(&p->asked, w);
	play_abort(p, now_ns, reason_text_of(CODE_HOST, d.text));
	return true;
}

static void lose_channel(struct play *p, int64_t now_ns)
{
	struct channel *c = p->job->site->channel;

	if (!c->gone)
		control_why(c->control, &c->why);
	play_abort(p, now_ns, channel_gone(p->job->site));
}

static void ask_first(struct play *p, int64_t now_ns)
{
	struct action a = p->asked->action;
	struct channel *c = p->job->site->channel;
	bool connect = a.kind == ACTION_PROVOKE && a.provocation.kind == PROVOKE_CONNECT;
	struct event provoked = {.kind = EVENT_PROVOKED,
	                         .time_ns = now_ns,
	                         .provoke = a.provocation.kind,
	                         .ok = connect,
	                         .text = connect ? NULL : "there is no fourwave peer on the target"};

	remove_pending(&p->asked, p->asked);
	if (!c) {
		/* Only "connect" comes here: the target's user sees to it. */
		play_give(p, &provoked, NULL, 0);
		return;
	}
	if (connect) {
		p->connect_step = engine_step(p->engine);
		p->connect_id =
		    c->gone ? 0 : control_provoke(c->control, &p->local.addr, p->local.port, &a.provocation);
		if (p->connect_id == 0)
			lose_channel(p, now_ns);
		return;
	}
	p->asked_ns = a.due_ns;
	p->ask_kind = a.kind;
	p->ask_provoke = a.provocation.kind;
	if (c->gone)
		p->ask_id = 0;
	else if (a.kind == ACTION_STATE)
		p->ask_id = control_ask(c->control, VERB_STATE, &p->local.addr, p->local.port);
	else
		p->ask_id = control_provoke(c->control, &p->local.addr, p->local.port, &a.provocation);
	if (p->ask_id == 0)
		lose_channel(p, now_ns);
}

void play_pump(struct plays *all, struct play *p, int64_t now_ns)
{
	for (int i = 0; i < PUMP_AT_ONCE || all->hurry; i++) {
		take_actions(p);
		if (!p->asked)
			return;
		if (p->asked->action.kind != ACTION_SEND)
			ask_first(p, now_ns);
		else if (!send_first(all, p, now_ns))
			return;
	}
}

/* --- in --- */

void play_note_late(struct play *p, int64_t ns)
{
	if (ns > p->job->late_ns)
		p->job->late_ns = ns;
}

static bool same_options(const struct segment *a, const struct segment *b)
{
	uint8_t left[TCP_OPTIONS_MAX_BYTES], right[TCP_OPTIONS_MAX_BYTES];
	uint8_t left_len = a->options_len, right_len = b->options_len;

	memcpy(left, a->options, sizeof left);
	memcpy(right, b->options, sizeof right);
	options_pad(left, &left_len);
	options_pad(right, &right_len);
	return left_len == right_len && memcmp(left, right, left_len) == 0;
}

/* Is the captured segment the one that we sent? */
static bool is_same(const struct segment *sent, const struct segment *seen)
{
	return sent->sport == seen->sport && sent->seq == seen->seq && sent->ack == seen->ack &&
	       sent->flags == seen->flags && sent->wnd == seen->wnd &&
	       (sent->src.family != 4 || sent->ip_id == seen->ip_id) &&
	       malform_same(sent, seen, same_options);
}

bool play_sends_fragments(const struct play *p, uint16_t ip_id)
{
	for (const struct pending *w = p->left; w; w = w->next)
		if (w->action.segment.malformed.fragment != 0 && w->action.segment.ip_id == ip_id)
			return true;
	return false;
}

/* How long the path to the peer takes: the handshake is answered by its kernel, at once. */
static void note_handshake(struct play *p, const struct segment *s, bool ours)
{
	struct site *site = p->job->site;
	int64_t took_ns = s->time_ns - p->syn_ns;

	if (!(s->flags & TCP_SYN))
		return;
	if (ours) {
		p->syns++;
		p->syn_ns = s->flags & TCP_ACK ? 0 : s->time_ns;
		return;
	}
	if (p->syn_ns == 0 || !(s->flags & TCP_ACK))
		return;
	p->syn_ns = 0;
	p->has_synack = true;
	p->synack_seq = s->seq;
	p->synack_ack = s->ack;
	if (site->quickest_ns == 0 || took_ns < site->quickest_ns)
		site->quickest_ns = took_ns;
	if (took_ns > site->slowest_ns)
		site->slowest_ns = took_ns;
}

void play_sent(struct play *p, const struct segment *s)
{
	char text[REASON_TEXT_BYTES], flags[FLAGS_TEXT_BYTES], to[ENDPOINT_TEXT_BYTES];
	unsigned id;
	bool mended;

	note_handshake(p, s, true);
	p->completed =
	    p->completed || (p->has_synack && (s->flags & (TCP_SYN | TCP_RST | TCP_ACK)) == TCP_ACK &&
	                     s->seq == p->synack_ack && s->ack == p->synack_seq + 1);
	for (struct pending *w = p->left; w; w = w->next) {
		if (!is_same(&w->action.segment, s))
			continue;
		play_note_late(p, s->time_ns - w->action.due_ns);
		id = w->action.id;
		mended = malform_mended(&w->action.segment, s);
		remove_pending(&p->left, w);
		if (mended)
			play_abort(p, s->time_ns, (struct reason){.code = CODE_DEFRAGMENTED});
		play_give(p, &(struct event){.kind = EVENT_SENT, .time_ns = s->time_ns}, s, id);
		return;
	}
	snprintf(text, sizeof text, "%s seq %u ack %u to %s", flags_text(s->flags, flags), s->seq, s->ack,
	         endpoint_text(&s->dst, s->dport, to));
	play_abort(p, s->time_ns, reason_text_of(CODE_POLLUTED, text));
}

void play_came(struct play *p, const struct segment *s)
{
	if (!p->started)
		return;
	play_note_late(p, clock_real_ns() - s->time_ns);
	note_handshake(p, s, false);
	/* Our own kernel has had it too, and answers: better said than seen, and the others need not try. */
	if (p->shield_ttl && s->ttl == SHIELD_TTL_HEARS) {
		p->job->site->trouble = VERDICT_ERROR;
		p->job->site->why = (struct reason){.code = CODE_SHIELD_TTL};
		play_abort(p, s->time_ns, p->job->site->why);
	}
	if (p->ask_id != 0 && p->kept_ns == 0)
		p->kept_ns = s->time_ns;
	play_give(p, &(struct event){.kind = EVENT_CAME, .time_ns = s->time_ns}, s, 0);
}

void play_ignores(struct play *p, enum ignored why, const struct segment *s)
{
	struct event ignored = {.kind = EVENT_IGNORED, .time_ns = s->time_ns, .ignored = why};

	if (!p->started)
		return;
	p->damaged += why == IGNORED_CHECKSUM;
	play_give(p, &ignored, s, 0);
}

static void refused(struct play *p, enum asked asked, const struct control_reply *reply, int64_t now_ns)
{
	struct reason why = reason_text_of(CODE_AGENT_REFUSED, reply->text);

	why.n[0] = asked;
	play_abort(p, now_ns, why);
}

/* The answer to what the engine asked of the agent. */
static void answered(struct plays *all, struct play *p, const struct control_reply *reply, int64_t now_ns)
{
	struct event e = {.time_ns = now_ns};

	/* A keeper's program never had the connection. */
	if (p->ask_kind == ACTION_PROVOKE && reply->unseen && p->job->site->program) {
		play_skip(p, now_ns, (struct reason){.code = CODE_NEEDS_AGENT, .n = {NEED_ACCEPTER}});
		return;
	}
	if (reply->unseen && p->completed) {
		play_was_seen(all, p, reply, now_ns);
		return;
	}
	if (p->ask_kind == ACTION_STATE && !reply->ok && !reply->unseen) {
		refused(p, ASKED_STATE, reply, now_ns);
		return;
	}
	if (p->ask_kind == ACTION_STATE) {
		e.kind = EVENT_STATE;
		e.state = reply->state;
		/* Without a handshake there was never anything to be seen. */
		if (reply->unseen)
			e.state = (struct observed_state){.known = true, .state = STATE_CLOSED};
	} else {
		e.kind = EVENT_PROVOKED;
		e.provoke = p->ask_provoke;
		e.ok = reply->ok;
		e.text = reply->ok ? NULL : reply->text;
	}
	play_give(p, &e, NULL, 0);
}

/* That it connects is seen on the wire, and the run has often gone on by then. That it doesn't is not. */
static void connected(struct play *p, const struct control_reply *reply, int64_t now_ns)
{
	struct event e = {.kind = EVENT_PROVOKED,
	                  .time_ns = now_ns,
	                  .provoke = PROVOKE_CONNECT,
	                  .ok = reply->ok,
	                  .text = reply->ok ? NULL : reply->text};
	size_t step = engine_step(p->engine);
	bool asks = !engine_done(p->engine) && step == p->connect_step;

	p->connect_id = 0;
	/* One that has ended since is no news to who saw it come. */
	if (asks && (reply->ok || !p->remote_port || p->job->scenario->steps[step].kind != STEP_OPEN))
		play_give(p, &e, NULL, 0);
}

bool play_reply(struct plays *all, struct play *p, const struct control_reply *reply, int64_t now_ns)
{
	if (p->seen_id != 0 && reply->id == p->seen_id) {
		p->seen_id = 0;
		play_was_seen(all, p, reply, now_ns);
		return true;
	}
	if (reply->id == p->claim_id) {
		p->claim_id = 0;
		if (!engine_done(p->engine) && reply->ok)
			play_start(p, now_ns);
		else if (!engine_done(p->engine))
			refused(p, ASKED_CLAIM, reply, now_ns);
		return true;
	}
	if (reply->id == p->connect_id) {
		connected(p, reply, now_ns);
		return true;
	}
	if (reply->id != p->ask_id)
		return false;
	p->ask_id = 0;
	/* The path there and back is no lateness. */
	play_note_late(p, now_ns - p->asked_ns - p->job->site->slowest_ns);
	if (p->kept_ns != 0)
		play_note_late(p, now_ns - p->kept_ns);
	p->kept_ns = 0;
	answered(all, p, reply, now_ns);
	return true;
}
