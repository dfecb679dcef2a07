/* Reasons in words. A sentence is a template of ours: what a reason's numbers are stands in core/reason.h,
 * and as they may come from anybody's journal, they only ever fill a template or look one up with care. */
#include "report/words.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/duration.h"
#include "base/text.h"
#include "core/rules.h"

/* --- the templates --- */

/* {0} is the first number; {0:.1ms} it in ms, with one decimal ("s" as well); {0:try/tries} how many of them,
 * "1 try"; {0:slot}, {0:state}, {0:hex}, {0:flags}, {0:states}, {0:millionths} what it stands for. Any other
 * {word} is a row in add_word(). A test expands all. */

#define ON_THE_PATH ": so this can't be held against the peer"
#define RUN_AGENT ": run fourwave peer on the target"

static const char *const sentences[CODE_COUNT] = {
    [CODE_HANDSHAKE] = "the handshake: {text} came{differs}",
    [CODE_UNEXPECTED_SEGMENT] = "{text} came after the last step and nothing accounts for it",
    [CODE_NO_SEGMENT] = "no such segment came within {0:.3s} s",
    [CODE_TOO_EARLY] = "the segment came {after}{got}, expected {want}",
    [CODE_NOT_SILENT] = "{text} came {into} a silence of {1:.3s} s",
    [CODE_BEFORE_FENCE] = "{text} came before the answer to the fence{differs}: the peer was not silent",
    [CODE_INTERVAL] = "from {0:slot} to {1:slot} it took {got}, expected {want}",

    [CODE_RESEND_OCTETS] = "resend {0} of {series} has other octets than the first sending",
    [CODE_FIRST_GAP] = "the first resend came after {got}, expected {want}",
    [CODE_GAP] = "resend {0} came after a gap of {got}, expected {want}",
    [CODE_RESEND_COUNT] = "{series} resent {0:time/times}, expected {want}",
    [CODE_NO_RESEND] = "{series} was resent {0:time/times}, and not again within {1:.3s} s",
    [CODE_GAVE_UP_EARLY] = "the peer gave up too early: {got}, its budget is {want}",
    [CODE_GAVE_UP_LATE] = "the peer went on too long: {got}, its budget is {want}",
    [CODE_NOT_GIVEN_UP] = "after {0:resend/resends} it is not known that the peer gave up: "
                          "not within {1:.3s} s",

    [CODE_STATE] = "the peer is in {got}, expected {want}",
    [CODE_STATE_EARLY] = "the peer was in {0:state} after {got} already, expected {want}",
    [CODE_STATE_TIMER] = "the peer's timer is {got}, expected {want}",
    [CODE_NOT_CLOSED] = "the peer is not CLOSED: the probe met {text}",
    [CODE_NO_PROBE_ANSWER] = "the probe was not answered: a closed port answers with RST",

    [CODE_NO_ANSWER] = "no answer from {peer} port {port} to our {opening} in {0:try/tries}: "
                       "is the host up, and no firewall between?",
    [CODE_NO_SYN] = "no SYN came from {peer} to our port {own port}",
    [CODE_REFUSED] = "the peer answered our SYN with RST: is the port open, and does something listen there?",
    [CODE_OLD_CONNECTION] = "{text} came where the answer to our SYN was expected: "
                            "does the peer still hold an old connection from this port?",
    [CODE_NO_GREETING] = "{peer} did not speak first within {0:.1s} s: the target's program should greet",

    [CODE_NEEDS_PORT] = "needs a port to connect to: -t HOST:PORT, or fourwave peer on the target",
    [CODE_SYSCTL_DIFFERS] = "needs {want} on the target, which has {got} as --assume says",
    [CODE_SYSCTL_UNKNOWN] = "needs {want} on the target: where it is so, say --assume {want}, "
                            "or run fourwave peer there",
    [CODE_SYSCTL_UNREADABLE] = "needs {want} on the target, and it can't be read there: {text}",
    [CODE_UNREACHABLE] = "{text}",
    [CODE_AGENT_SILENT] = "the peer's agent did not answer within {0:.0s} s",

    [CODE_NOT_ADJACENT] = "{0:slot} does not follow {1:slot}: the two can't be resent as one",
    [CODE_CANNOT_BUILD] = "{text}",
    [CODE_FILTER] = "the filter was refused: {text}",
    [CODE_FILTER_BUG] = "a bug in fourwave: the filter takes this segment and the fields do not: {text}",

    [CODE_INTERRUPTED] = "interrupted before it began",
    [CODE_CLOCK] = "the clock was stepped, or the machine slept, so nothing that was measured holds",
    [CODE_CAPTURE_LOST] = "the capture lost {0} packets: nothing can be judged from the rest",
    [CODE_POLLUTED] = "polluted: our own kernel sent {text}; do not use --no-shield, or give a spare address "
                      "(-S ADDR --spare)",
    [CODE_NOT_SEEN] = "our segment {text} was sent and not seen leaving within 1 s: does a firewall of this "
                      "host drop it, or does it leave by another interface (-i)?",
    [CODE_ONE_NOT_SEEN] = "one of the two segments was never seen passing the wire",
    [CODE_DEFRAGMENTED] = "a segment that was sent in IP fragments left otherwise: connection tracking of "
                          "this host's firewall puts fragments together; send on the link layer (-i)",
    [CODE_TOO_MANY] = "{0} segments came while a step waited for the peer's host to answer",
    [CODE_HOST] = "{text}",

    [CODE_LATE] =
        "we answered {0:.0ms} ms late, so the peer can't be judged (a rate of "
        "{1:segment/segments} a second held us back; --rate allows more, -j runs fewer side by side)",
    [CODE_PATH_HOP_LIMIT] = "it came with hop limit {0}, the peer's handshake with {1}: "
                            "another host may have sent it" ON_THE_PATH,
    [CODE_PATH_DOUBLED] = "it came twice within {0:.1ms} ms, and nothing in it tells whether the peer or the "
                          "path did that" ON_THE_PATH,
    [CODE_PATH_OVERTAKEN] = "the segment that came {0:.1ms} ms after another was sent before it, "
                            "as its numbers show" ON_THE_PATH,
    [CODE_PATH_JITTER] = "the path to the peer takes now longer and now shorter (handshakes from {0:.1ms} to "
                         "{1:.1ms} ms)" ON_THE_PATH,
    [CODE_PATH_COPIES] = "the handshake of {2:run/runs} came twice at once, so the path to the peer may copy "
                         "packets" ON_THE_PATH,
    [CODE_PATH_UNSTEADY] = "across the path to the peer {0:run/runs} failed and passed when played again, so "
                           "far" ON_THE_PATH,
    [CODE_PATH_SOURCE_MAC] = "segments of the connection came from another link address "
                             "than its handshake" ON_THE_PATH,
    [CODE_NOT_REPEATED] = "it failed, and passed when it was played again, "
                          "so a segment may have been lost or doubled on the path",
};

/* Others in their place, where n[number] is below that. */
static const struct {
	int number, below;
	const char *sentence;
} instead[CODE_COUNT] = {
    [CODE_UNEXPECTED_SEGMENT] = {0, 1, "{text} came and no step accounts for it"},
    [CODE_NO_RESEND] = {0, 1, "{series} was not resent within {1:.3s} s"},
    [CODE_SYSCTL_DIFFERS] = {0, 1, "needs {want} on the target, where it is {got}: set it there with sysctl"},
    [CODE_AGENT_SILENT] = {0, 1, "fourwave peer on the target does not answer"},
    [CODE_FILTER_BUG] = {0, 1,
                         "a bug in fourwave: the filter refuses this segment and the fields do not: {text}"},
    [CODE_INTERRUPTED] = {0, 1, "interrupted"},
    [CODE_CAPTURE_LOST] = {0, 0, "the kernel does not say whether the capture lost packets"},
    [CODE_LATE] = {1, 1,
                   "we answered {0:.0ms} ms late, so the peer can't be judged (this machine, or "
                   "fourwave peer on the other, is too busy; -j runs fewer side by side)"},
    [CODE_PATH_COPIES] = {2, 1,
                          "the path to the peer copies packets or lets them overtake each other (so far "
                          "{0:copy/copies} of the peer's, and overtaking in {1:run/runs})" ON_THE_PATH},
};

/* Of CODE_NEEDS_AGENT; what the peer is to be told has a function. */
static const char *const needs[] = {
    [NEED_QUIET] = "needs a peer that reads any data and says nothing" RUN_AGENT,
    [NEED_BY_HAND] = "needs a peer that can be told what to do with a connection that was not made by "
                     "\"open\"" RUN_AGENT,
    [NEED_DELAY] = "needs a peer that waits before it closes" RUN_AGENT,
    [NEED_CONNECT] = "needs a peer that connects to us" RUN_AGENT
                     ", or name our port with -p and let the target connect to it",
};

/* Of CODE_AGENT_REFUSED. */
static const char *const refusals[] = {
    [ASKED_CLAIM] = "fourwave peer on the target refuses",
    [ASKED_PROVOKE] = "the peer's agent could not",
    [ASKED_CONNECT] = "the peer's agent could not connect to us",
    [ASKED_STATE] = "the peer's state can't be read",
};

/* Of CODE_MISFIT. */
static const char *const misfits[] = {
    [MISFIT_NOT_SENT] = "our segment in frame {2} ({text}) is not sent by it",
    [MISFIT_NOT_THERE] = "a segment that the run saw is not in it",
    [MISFIT_NOT_CAPTURED] = "its segment ({text}) is not in the capture",
    [MISFIT_ASKED] = "in the run the peer was asked here to {2:provoke}",
    [MISFIT_NOT_ASKED] = "in the run the peer was not asked to {2:provoke}",
    [MISFIT_STATE_NOT_ASKED] = "in the run the peer's state was not asked for",
    [MISFIT_ENDS] = "the capture ends before this step is decided",
};

static const char *const data[DATUM_KINDS] = {
    [DATUM_NONE] = "none",
    [DATUM_TEXT] = "{text}",
    [DATUM_NUMBER] = "{0}",
    [DATUM_RANGE] = "{0}..{1}",
    [DATUM_FLAGS] = "{0:flags}",
    [DATUM_STATES] = "{0:states}",
    [DATUM_BYTES] = "{0} bytes",
    [DATUM_BYTES_CAPTURED] = "only {0} of its {1} bytes are in the capture",
    [DATUM_OTHER_BYTE] = "another byte at offset {0}: {1:hex}, not {2:hex}",
    [DATUM_FIRST_OCTETS] = "the octets of the first sending",
    [DATUM_OTHER_OCTETS] = "others",
    [DATUM_NO_MATCH] = "no match",
    [DATUM_AT_LEAST] = "{0} or more",
    [DATUM_FROM_TO] = "{0} to {1}",
    [DATUM_TIME] = "{0:.3s} s",
    [DATUM_TIME_BEFORE] = "{0:.3s} s before",
    [DATUM_TIME_RANGE] = "{0:.3s} to {1:.3s} s",
    [DATUM_TIME_AT_LEAST] = "at least {0:.3s} s",
    [DATUM_NOT_BEFORE] = "not before {0:.3s} s",
    [DATUM_ONE_WITHIN] = "one within {0:.3s} s",
    [DATUM_BACKOFF] = "{0:.3s} to {1:.3s} s (back-off {2:millionths})",
    [DATUM_GIVEN_UP_WITHIN] = "given up within {0:.3s} s",
    [DATUM_NO_END] = "no end seen",
    [DATUM_SINCE_FIRST_RESEND] = "{0:.3s} s since the first resend",
    [DATUM_RESEND_AFTER] = "a resend after {0:.3s} s",
    [DATUM_NO_RESEND_BY] = "no resend where the next was due by {0:.3s} s",
    [DATUM_GONE_AFTER] = "gone after {0:.3s} s",
    [DATUM_NO_TIMER] = "no timer",
    [DATUM_NO_ANSWER] = "no answer",
    [DATUM_ANSWERS] = "a connection that answers",
};

/* --- how they are expanded --- */

/* What fills a template; of a datum n and text alone. */
struct saying {
	struct cut c;
	const int64_t *n;
	const char *text;
	const struct result *r;
	const struct reason *why;
	struct mismatch_words field; /* the first that differed */
};

static const char *slot_name(const struct saying *s, int64_t slot)
{
	return slot >= 0 && slot < (int64_t)s->r->scenario->name_count ? s->r->scenario->names[slot] : "?";
}

static void add_number(struct saying *s, int64_t n, const char *as)
{
	int one = (int)strcspn(as, "/");
	char flags[FLAGS_TEXT_BYTES];
	const char *between = "";

	if (!*as)
		cut_add(&s->c, "%lld", (long long)n);
	else if (*as == '.')
		cut_add(&s->c, "%.*f", as[1] - '0',
		        (double)n / (double)(as[2] == 'm' ? NS_PER_MS : NS_PER_S));
	else if (as[one] && n == 1)
		cut_add(&s->c, "1 %.*s", one, as);
	else if (as[one])
		cut_add(&s->c, "%lld %s", (long long)n, as + one + 1);
	else if (strcmp(as, "slot") == 0)
		cut_add(&s->c, "%s", slot_name(s, n));
	else if (strcmp(as, "provoke") == 0)
		cut_add(&s->c, "%s", n >= 0 && n < PROVOKE_COUNT ? provoke_name((enum provoke)n) : "?");
	else if (strcmp(as, "state") == 0)
		cut_add(&s->c, "%s", n >= 0 && n < STATE_COUNT ? state_name((enum tcp_state)n) : "?");
	else if (strcmp(as, "hex") == 0)
		cut_add(&s->c, "0x%02x", (unsigned)n & 0xff);
	else if (strcmp(as, "millionths") == 0)
		cut_add(&s->c, "%g", (double)n / 1e6);
	else if (strcmp(as, "flags") == 0)
		cut_add(&s->c, "%s", flags_text((uint16_t)n, flags));
	else if (strcmp(as, "states") == 0)
		for (int i = 0; i < STATE_COUNT; i++)
			if (n & 1 << i) {
				cut_add(&s->c, "%s%s", between, state_name((enum tcp_state)i));
				between = " or ";
			}
}

static void add_difference(struct cut *c, const struct mismatch_words *m, enum difference field)
{
	bool many = field == DIFFERS_FLAGS || field == DIFFERS_OPTIONS;

	cut_add(c, "; its %s %s %s, expected %s", m->field, many ? "are" : "is", m->got, m->expected);
}

static void add_word(struct saying *s, const char *word)
{
	const struct connection *c = s->r ? s->r->connection : NULL;
	char peer[ADDR_TEXT_BYTES];

	if (strcmp(word, "text") == 0)
		cut_add(&s->c, "%s", s->text);
	else if (strcmp(word, "want") == 0)
		cut_add(&s->c, "%s", s->field.expected);
	else if (strcmp(word, "got") == 0)
		cut_add(&s->c, "%s", s->field.got);
	else if (strcmp(word, "differs") == 0)
		add_difference(&s->c, &s->field, s->why->fields[0].field);
	else if (strcmp(word, "after") == 0)
		cut_add(&s->c, "%s", s->why->fields[0].got.kind == DATUM_TIME ? "after " : "");
	else if (strcmp(word, "into") == 0)
		cut_add(&s->c, "%.3f s %s", fabs(seconds(s->n[0])), s->n[0] < 0 ? "before" : "into");
	else if (strcmp(word, "series") == 0 && s->n[3] >= 0)
		cut_add(&s->c, "%.20s with %.20s", slot_name(s, s->n[2]), slot_name(s, s->n[3]));
	else if (strcmp(word, "series") == 0)
		cut_add(&s->c, "%.30s", slot_name(s, s->n[2]));
	else if (strcmp(word, "peer") == 0)
		cut_add(&s->c, "%s", c ? addr_text(&c->remote, peer) : "the peer");
	else if (strcmp(word, "port") == 0)
		cut_add(&s->c, "%u", c ? c->remote_port : 0);
	else if (strcmp(word, "own port") == 0)
		cut_add(&s->c, "%u", c ? c->local_port : 0);
	else if (strcmp(word, "opening") == 0)
		cut_add(&s->c, "%s", s->r->scenario->listen ? "SYN-ACK" : "SYN");
	else
		cut_add(&s->c, "{%s}", word);
}

/* Only ever of a template that stands above. */
static void expand(struct saying *s, const char *template)
{
	char key[24];

	while (*template) {
		int plain = (int)strcspn(template, "{"), len = (int)strcspn(template + plain, "}");

		cut_add(&s->c, "%.*s", plain, template);
		template += plain;
		if (!*template)
			return;
		snprintf(key, sizeof key, "%.*s", len - 1, template + 1);
		if (key[0] >= '0' && key[0] < '0' + REASON_NUMBERS)
			add_number(s, s->n[key[0] - '0'], key[1] ? key + 2 : "");
		else
			add_word(s, key);
		template += len + (template[len] == '}');
	}
}

static void datum_words(const struct datum *v, char buf[DATUM_WORDS_BYTES])
{
	struct saying s = {.c = cut_start(buf, DATUM_WORDS_BYTES), .n = v->n, .text = v->text};

	expand(&s, data[v->kind]);
}

struct mismatch_words mismatch_words(const struct mismatch *m)
{
	struct mismatch_words words = {.field = field_name(m->field)};

	datum_words(&m->expected, words.expected);
	datum_words(&m->got, words.got);
	return words;
}

/* --- what no template says --- */

static void say_wrong(struct saying *s)
{
	const struct reason *why = s->why;
	struct mismatch_words second;

	cut_add(&s->c, "%s came", why->text);
	if (why->fields[0].field == DIFFERS_FILTER)
		cut_add(&s->c, "; it does not match the filter %s", s->field.expected);
	else
		add_difference(&s->c, &s->field, why->fields[0].field);
	if (why->field_count > 1) {
		second = mismatch_words(&why->fields[1]);
		add_difference(&s->c, &second, why->fields[1].field);
	}
	if (why->field_count > 2)
		cut_add(&s->c, "; more differs");
	if (why->n[0] > 1)
		cut_add(&s->c, " (the nearest of the segments listed)");
}

static void say_provocations(struct saying *s)
{
	const char *between = "";

	cut_add(&s->c, "needs a peer that can be told to ");
	for (int i = 0; i < PROVOKE_COUNT; i++)
		if (s->n[1] & 1 << i) {
			cut_add(&s->c, "%s%s", between, provoke_name((enum provoke)i));
			between = ", ";
		}
	if (s->n[2])
		cut_add(&s->c, "%sclose on end-of-file", between);
	cut_add(&s->c, RUN_AGENT);
	if (!(s->n[1] & ~(1 << PROVOKE_CLOSE)))
		cut_add(&s->c, ", or say how its server is made to close, with --provoke");
}

static void say_misfit(struct saying *s)
{
	const struct scenario *scenario = s->r->scenario;
	int64_t step = s->n[1];

	if (step >= 0 && step < (int64_t)scenario->step_count)
		cut_add(&s->c,
		        "the capture does not fit the scenario at step %lld, line %d: ", (long long)step + 1,
		        scenario->steps[step].where.line);
	else
		cut_add(&s->c, "the capture does not fit the scenario after its last step: ");
	if (s->n[0] >= 0 && s->n[0] <= MISFIT_ENDS)
		expand(s, misfits[s->n[0]]);
}

static void say(struct saying *s, const struct reason *why)
{
	const int64_t *n = why->n;
	char rule[BREACH_TEXT_BYTES];

	s->n = n;
	s->text = why->text;
	s->why = why;
	s->field = mismatch_words(&why->fields[0]);
	if (why->code == CODE_RULE && n[0] >= 0 && n[0] < RULE_COUNT)
		cut_add(&s->c, "%s %s", why->text,
		        breach_text(&(struct breach){(enum rule)n[0], n[1], n[2]}, rule));
	else if (why->code == CODE_WRONG_SEGMENT)
		say_wrong(s);
	else if (why->code == CODE_NEEDS_AGENT && n[0] > NEED_PROVOKE && n[0] <= NEED_CONNECT)
		expand(s, needs[n[0]]);
	else if (why->code == CODE_NEEDS_AGENT && n[0] == NEED_PROVOKE)
		say_provocations(s);
	else if (why->code == CODE_NEEDS_AGENT)
		cut_add(&s->c, RUN_AGENT);
	else if (why->code == CODE_AGENT_REFUSED)
		cut_add(&s->c, "%s%s%s", refusals[n[0] >= 0 && n[0] <= ASKED_STATE ? n[0] : ASKED_PROVOKE],
		        *why->text ? ": " : "", why->text);
	else if (why->code == CODE_AGENT_GONE)
		cut_add(&s->c, "%s",
		        *why->text ? why->text : "the control channel to fourwave peer has ended");
	else if (why->code == CODE_MISFIT)
		say_misfit(s);
	else if (instead[why->code].sentence && n[instead[why->code].number] < instead[why->code].below)
		expand(s, instead[why->code].sentence);
	else if (sentences[why->code])
		expand(s, sentences[why->code]);
}

const char *reason_text(const struct result *r, char *buf, size_t size)
{
	const struct verdict *v = r->verdict;
	struct saying s = {.c = cut_start(buf, size), .r = r};

	if (v->kind == VERDICT_NONE)
		cut_add(&s.c, "it was not judged: the run ended before");
	else
		say(&s, &v->reason);
	/* Who excuses a failure says which. */
	if (v->overruled.code && v->reason.code >= CODE_LATE) {
		cut_add(&s.c, ": ");
		say(&s, &v->overruled);
	}
	if (v->kind == VERDICT_ERROR && v->syn_unseen)
		cut_add(&s.c,
		        " (our SYN was never seen leaving: nobody answers %s there, a firewall of this host "
		        "drops it, or it leaves by another interface, which -i would name)",
		        r->family == 6 ? "neighbour discovery" : "ARP");
	if (v->kind != VERDICT_PASS && v->damaged)
		cut_add(&s.c, " (%zu of the peer's segments had a wrong checksum)", v->damaged);
	return buf;
}

const char *also_text(const struct verdict *v, char *buf, size_t size)
{
	struct cut c = cut_start(buf, size);

	for (size_t i = 1; i < v->reason.field_count; i++) {
		struct mismatch_words m = mismatch_words(&v->reason.fields[i]);

		cut_add(&c, "%s%s %s, expected %s", i > 1 ? "; " : "", m.field, m.got, m.expected);
	}
	return buf;
}
