/* open: the three-way handshake (RFC 9293, 3.5), from our side or, where the
 * peer connects to us, from the other. */
#include "engine_impl.h"

#include <string.h>

enum { SYN_TRIES = 3, DEFAULT_WINDOW = 65535, DEFAULT_MSS = 1460, DATA_WAITS_S = 5, LISTEN_WAITS_S = 30 };

/* A client has said what it says by itself: it speaks as soon as it is connected, or waits for us. */
#define CLIENT_SPEAKS_NS (500 * NS_PER_MS)

static const struct expr default_mss = {.op = EXPR_CONST, .value = DEFAULT_MSS};
static const struct option_pattern default_option = {.kind = OPT_MSS,
                                                     .values = {{.kind = FIELD_VALUE, .low = &default_mss}}};

static bool listens(const struct engine *e) { return e->scenario->listen || e->config.peer_connects; }

/* A scenario that is written for peers that connect takes what the peer says itself. */
static bool hears_first(const struct engine *e)
{
	return e->config.plain_server && (e->config.speaks_first || (listens(e) && !e->scenario->listen));
}

/* --- our SYN --- */

/* A SYN's "ecr 0", in the answer to one: the number that it had (RFC 7323, 3.2). */
static void echo(const struct engine *e, struct segment *s)
{
	struct tcp_option ts;

	if (options_find(s->options, s->options_len, OPT_TIMESTAMPS, &ts) && !ts.ts_ecr)
		bytes_put(s->options + (ts.data - s->options) + 4, 4, e->connection.ts_recent);
}

/* Our SYN or SYN-ACK: what the step says of its window and options. */
static void send_syn(struct engine *e, uint16_t flags, enum note_kind note)
{
	struct pattern p = engine_current(e)->handshake.syn;
	struct segment s;
	struct tcp_option ts;

	p.flags = flags;
	p.flags_mask = TCP_FLAGS;
	if (!p.has_options) {
		p.has_options = true;
		p.options = &default_option;
		p.options_count = 1;
	}
	/* The language refused options that do not fit. */
	pattern_build(&p, &e->scope, e->now_ns, &s, NULL);
	s.seq = e->connection.iss;
	if (flags & TCP_ACK)
		echo(e, &s);
	if (options_find(s.options, s.options_len, OPT_TIMESTAMPS, &ts))
		e->connection.ts_offset = ts.ts_val - (uint32_t)(e->now_ns / NS_PER_MS);
	e->connection.rcv_wnd = s.wnd;
	e->synacks_sent += flags & TCP_ACK && e->own.open.tries;
	e->own.open.tries++;
	e->ref_send = engine_send(e, &s, -1, note);
	connection_sent(&e->connection, &s);
}

static void begin(struct engine *e)
{
	const struct handshake *h = &engine_current(e)->handshake;

	if (h->has_iss)
		engine_connect(e, expr_eval(h->iss, &e->scope));
	e->connection.rcv_wnd = DEFAULT_WINDOW;
	e->ref_ns = e->now_ns;
	if (!listens(e))
		send_syn(e, TCP_SYN, NOTE_OPENS);
	else if (!e->config.plain_server || e->config.asked >> PROVOKE_CONNECT & 1)
		engine_ask(e, ACTION_PROVOKE)->provocation.kind = PROVOKE_CONNECT;
}

static void arm(struct engine *e)
{
	unsigned tries = e->own.open.tries;
	int64_t within = engine_current(e)->timing.within_ns;

	if (e->own.open.answered && e->connection.synchronised)
		within = e->config.speaks_first ? DATA_WAITS_S * NS_PER_S : CLIENT_SPEAKS_NS;
	else if (within < 0 && listens(e) && !tries)
		within = LISTEN_WAITS_S * NS_PER_S;
	else if (within < 0) /* after 1 and 3 s (RFC 6298, 2.1): a lost SYN is not the peer's fault */
		within = NS_PER_S << (tries ? tries - 1 : 0);
	e->deadline_ns = e->ref_ns + engine_stretch(e, within);
}

static void opened(struct engine *e, int64_t time_ns)
{
	e->connection.synchronised = true;
	e->own.open.answered = true;
	if (hears_first(e)) {
		e->ref_ns = time_ns;
		arm(e);
		return;
	}
	engine_step_done(e, time_ns);
}

static bool check_number(struct engine *e, const struct kept *k, enum difference field, uint32_t expected,
                         uint32_t got, uint32_t base)
{
	if (expected != got)
		engine_fail(e, k,
		            reason_field(CODE_HANDSHAKE, field,
		                         datum_of(DATUM_NUMBER, (uint32_t)(expected - base), 0),
		                         datum_of(DATUM_NUMBER, (uint32_t)(got - base), 0)));
	return expected == got;
}

static void take_synack(struct engine *e, const struct kept *k)
{
	if (!check_number(e, k, DIFFERS_ACK, e->connection.iss + 1, k->segment.ack, e->connection.iss))
		return;
	engine_took(e, k, false, note_of(NOTE_ANSWERS_SYN, -1));
	e->synack = k->segment;
	e->synack.payload = NULL;
	e->synack.packet = NULL;
	e->path_ns = k->segment.time_ns - e->ref_ns;
	evidence_measure(e, MEASURE_HANDSHAKE, seconds(e->path_ns));
	engine_send_ack(e, NOTE_COMPLETES);
	opened(e, k->segment.time_ns);
}

/* The connection is there, and what its program says first is waited for. */
static enum taken first_words(struct engine *e, const struct kept *k)
{
	if (!plain_takes(e, k))
		return REFUSED;
	if (k->segment.payload_len)
		engine_step_done(e, k->segment.time_ns);
	return TAKEN;
}

static enum taken active_segment(struct engine *e, const struct kept *k)
{
	const struct segment *s = &k->segment;
	char text[SEGMENT_TEXT_BYTES];

	if (e->own.open.answered)
		return first_words(e, k);
	if (s->flags & TCP_RST) {
		evidence_note(e, k->trace, false, note_of(NOTE_REFUSES, -1));
		engine_error(e, (struct reason){.code = CODE_REFUSED});
		return TAKEN;
	}
	if ((s->flags & (TCP_SYN | TCP_ACK | TCP_FIN)) == (TCP_SYN | TCP_ACK)) {
		take_synack(e, k);
		return TAKEN;
	}
	/* An earlier connection of the same numbers that the peer has not
	 * forgotten answers with an ACK of its own (RFC 9293, 3.5.1). */
	evidence_text(e, s, text);
	engine_error(e, reason_text_of(CODE_OLD_CONNECTION, text));
	return TAKEN;
}

/* What an answer may have only where the SYN had it (RFC 7323, 2.2 and 3.2; RFC 2018, 2), and the scenario is
 * about: without it the connection would be another. */
static bool offers_enough(struct engine *e, const struct segment *syn)
{
	static const uint8_t offers[] = {OPT_TIMESTAMPS, OPT_WSCALE, OPT_SACK_PERMITTED};
	const struct pattern *ours = &engine_current(e)->handshake.syn;
	struct tcp_option opt;

	for (unsigned i = 0; i < ours->options_count; i++) {
		uint8_t kind = ours->options[i].kind;

		if (ours->options[i].raw || !memchr(offers, kind, sizeof offers) ||
		    options_find(syn->options, syn->options_len, kind, &opt))
			continue;
		e->verdict.reason = reason_text_of(CODE_NOT_OFFERED, option_rule(kind)->name);
		engine_settle(e, VERDICT_SKIP);
		return false;
	}
	return true;
}

static enum taken listen_segment(struct engine *e, const struct kept *k)
{
	const struct segment *s = &k->segment;

	if (e->own.open.answered)
		return first_words(e, k);
	if ((s->flags & (TCP_SYN | TCP_ACK | TCP_RST | TCP_FIN)) == TCP_SYN) {
		if (!e->connection.remote_port)
			e->connection.remote_port = s->sport;
		engine_took(e, k, false, note_of(e->own.open.tries ? NOTE_ASKS_AGAIN : NOTE_CONNECTS, -1));
		if (!offers_enough(e, s))
			return TAKEN;
		send_syn(e, TCP_SYN | TCP_ACK, NOTE_ANSWERS_SYN);
		e->ref_ns = s->time_ns;
		arm(e);
		return TAKEN;
	}
	if (!e->own.open.tries || (s->flags & (TCP_SYN | TCP_RST | TCP_FIN)) || !(s->flags & TCP_ACK))
		return REFUSED;
	if (!check_number(e, k, DIFFERS_ACK, e->connection.iss + 1, s->ack, e->connection.iss) ||
	    !check_number(e, k, DIFFERS_SEQ, e->connection.rcv_nxt, s->seq, e->connection.irs))
		return TAKEN;
	if (!s->payload_len) {
		engine_took(e, k, false, note_of(NOTE_COMPLETES, -1));
		opened(e, s->time_ns);
		return TAKEN;
	}
	/* The ACK was lost or came with data, which is the next step's where nobody waits for it here. */
	opened(e, s->time_ns);
	return e->waiting ? first_words(e, k) : KEPT;
}

static enum taken segment(struct engine *e, const struct kept *k)
{
	return listens(e) ? listen_segment(e, k) : active_segment(e, k);
}

static void expire(struct engine *e)
{
	unsigned tries = e->own.open.tries;

	if (e->own.open.answered && !e->config.speaks_first) {
		engine_step_done(e, e->deadline_ns);
	} else if (e->own.open.answered) {
		engine_error(e, (struct reason){.code = CODE_NO_GREETING,
		                                .n = {engine_stretch(e, DATA_WAITS_S * NS_PER_S)}});
	} else if (listens(e) && !tries) {
		engine_error(e, (struct reason){.code = CODE_NO_SYN});
	} else if (tries < SYN_TRIES && engine_current(e)->timing.within_ns < 0) {
		e->now_ns = e->now_ns > e->deadline_ns ? e->now_ns : e->deadline_ns;
		e->ref_ns = e->now_ns;
		send_syn(e, listens(e) ? TCP_SYN | TCP_ACK : TCP_SYN, NOTE_ASKS_AGAIN);
		arm(e);
	} else {
		engine_error(e, (struct reason){.code = CODE_NO_ANSWER, .n = {tries}});
	}
}

static void provoked(struct engine *e, bool ok, const char *why)
{
	if (!ok)
		engine_refused(e, ASKED_CONNECT, why);
}

const struct step_ops step_open_ops = {
    .begin = begin, .arm = arm, .segment = segment, .expire = expire, .provoked = provoked};
