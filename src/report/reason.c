/* The templates of reasons, and of what was expected and came. What a reason's numbers are stands in
 * core/reason.h; as they may come from anybody's journal, they only ever look up a template with care, and
 * fill it (phrase.c). */
#include "report/templates.h"

/* {0} is the first number; {0:.1ms} it in ms, with one decimal ("s" as well); {0:try/tries} how many of them,
 * "1 try"; {0:slot}, {0:state}, {0:hex}, {0:flags}, {0:states}, {0:millionths} what it stands for. Any other
 * {word} is a row of add_word() in phrase.c. A test expands all. */

#define ON_THE_PATH ": so this can't be held against the peer"
#define TAKEN_FOR "; the peer is taken for a stack of profile {got}: --profile {want} if it is one"
#define RUN_AGENT "{run agent}"

static const char *const sentences[CODE_COUNT] = {
    [CODE_WRONG_SEGMENT] = "{text} came{all that differs}",
    [CODE_HANDSHAKE] = "the handshake: {text} came{differs}",
    [CODE_UNEXPECTED_SEGMENT] = "{text} came after the last step and nothing accounts for it",
    [CODE_OTHER_CHOICE] = "{text} came, which is {got}",
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
    [CODE_NO_SYN] = "no SYN came from {peer} to our port {own port}: does it connect to us, and from that "
                    "address (behind a NAT it has another)?",
    [CODE_REFUSED] = "the peer answered our SYN with RST: is the port open, and does something listen there?",
    [CODE_OLD_CONNECTION] = "{text} came where the answer to our SYN was expected: "
                            "does the peer still hold an old connection from this port?",
    [CODE_NO_GREETING] = "{peer} did not speak first within {0:.1s} s: the {server}'s program should "
                         "(--provoke says what protocol it speaks)",

    [CODE_NEEDS_AGENT] = "needs fourwave peer on the target",
    [CODE_TURNED_AWAY] =
        "{text} came and nothing had asked for it: does the server allow so few connections of "
        "one host side by side? -j runs fewer",
    [CODE_CLOSED_UNASKED] =
        "{text} came: the {server}'s program closed the connection, which it may, and nobody had asked it to",
    [CODE_SERVER_STAYS] =
        "the {server}'s TCP took all that was sent, and its program did not close within {0:.3s} s: "
        "--provoke says what makes it",
    [CODE_SERVER_RESET] =
        "{text} came: the {server}'s program reset the connection, which it may; it may be that "
        "bytes of --provoke were left unread",

    [CODE_NEEDS_PORT] = "needs a port to connect to: -t HOST:PORT, or fourwave peer on the target",
    [CODE_SYSCTL_DIFFERS] = "needs {want} on the target, which has {got} as --assume says",
    [CODE_SYSCTL_UNKNOWN] = "needs {want} on the target: where it is so, say --assume {want}, "
                            "or run fourwave peer there",
    [CODE_SYSCTL_UNREADABLE] = "needs {want} on the target, and it can't be read there: {text}",
    [CODE_OTHER_STACK] = "is about {want}'s {text}" TAKEN_FOR,
    [CODE_NOT_OFFERED] = "needs {text} in the peer's SYN, which does not offer it",
    [CODE_UNREACHABLE] = "{text}",
    [CODE_AGENT_SILENT] = "the peer's agent did not answer within {0:.0s} s",
    [CODE_AGENT_REFUSED] = "the peer could not do it{: text}",
    [CODE_AGENT_GONE] = "the control channel to fourwave peer has ended",
    [CODE_PROGRAM] = "{text}",

    [CODE_NOT_ADJACENT] = "{0:slot} does not follow {1:slot}: the two can't be resent as one",
    [CODE_CANNOT_BUILD] = "{text}",
    [CODE_FILTER] = "the filter was refused: {text}",
    [CODE_FILTER_BUG] = "a bug in fourwave: the filter takes this segment and the fields do not: {text}",

    [CODE_INTERRUPTED] = "interrupted before it began",
    [CODE_CLOCK] = "the clock was stepped, or the machine slept, so nothing that was measured holds",
    [CODE_CAPTURE_LOST] = "the capture lost {0} packets: nothing can be judged from the rest",
    [CODE_POLLUTED] = "polluted: our own kernel sent {text}; do not use --no-shield, or give a spare address "
                      "(-S ADDR --spare)",
    [CODE_SHIELD_TTL] = "our own kernel answers this peer, which sends with a TTL of 255: here a shield "
                        "against such a peer needs a kernel with TCP MD5 signatures (CONFIG_TCP_MD5SIG), or "
                        "that lets anybody attach a socket filter; give a spare address (-S ADDR --spare)",
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
    [CODE_PATH_NAT] = "a NAT or a proxy stands between",
    [CODE_PATH_LOSS] = "the path to the peer loses segments (so far {0:run/runs} showed it), which explains "
                       "this as well" ON_THE_PATH,
    [CODE_PATH_SLOW] =
        "it came {0:.0ms} ms after our last segment, and had been said before, so it answers an "
        "earlier one: the path takes {1:.0ms} ms there and back, more than the scenario leaves "
        "room for" ON_THE_PATH,
    [CODE_SYN_COOKIES] =
        "the peer answers each SYN with a cookie (its tcp_syncookies is 2): it begins with no "
        "round trip measured, and its time-outs are longer than the scenario waits" ON_THE_PATH,
    [CODE_LINK_DOWN] = "our interface {text} went down or lost its carrier in the middle of it, so the peer "
                       "can't be judged",
    [CODE_ADDRESS_GONE] =
        "our address {text} was taken away in the middle of it, so the peer can't be judged",
    [CODE_NEIGHBOUR] =
        "the next hop, {text}, had another link address in the middle of it, so the peer can't "
        "be judged",
    [CODE_NOT_REPEATED] = "it failed, and did not fail so when it was played again",
};

/* Others in their place, where n[number] is below that. */
static const struct {
	int number, below;
	const char *sentence;
} instead[CODE_COUNT] = {
    [CODE_UNEXPECTED_SEGMENT] = {0, 1, "{text} came and no step accounts for it"},
    [CODE_NO_RESEND] = {0, 1, "{series} was not resent within {1:.3s} s"},
    [CODE_OTHER_STACK] = {0, 1, "is about {want} alone" TAKEN_FOR},
    [CODE_SERVER_RESET] = {0, 1, "{text} came: the {server}'s program reset the connection, which it may"},
    [CODE_SYSCTL_DIFFERS] = {0, 1, "needs {want} on the target, where it is {got}: set it there with sysctl"},
    [CODE_AGENT_SILENT] = {0, 1, "fourwave peer on the target does not answer"},
    [CODE_FILTER_BUG] = {0, 1,
                         "a bug in fourwave: the filter refuses this segment and the fields do not: {text}"},
    [CODE_INTERRUPTED] = {0, 1, "interrupted"},
    [CODE_CAPTURE_LOST] = {0, 0, "the kernel does not say whether the capture lost packets"},
    [CODE_LATE] = {1, 1,
                   "we answered {0:.0ms} ms late, so the peer can't be judged (this machine, or "
                   "fourwave peer on the other, is too busy; -j runs fewer side by side)"},
    [CODE_NEIGHBOUR] = {0, 1,
                        "the next hop, {text}, stopped telling its link address in the middle of it, so the "
                        "peer can't be judged"},
    [CODE_PATH_COPIES] = {2, 1,
                          "the path to the peer copies packets or lets them overtake each other (so far "
                          "{0:copy/copies} of the peer's, and overtaking in {1:run/runs})" ON_THE_PATH},
};

/* Of CODE_NEEDS_AGENT. */
static const char *const needs[] = {
    [NEED_PROVOKE] = "needs a peer that can be told to {provocations}" RUN_AGENT "{or plain}",
    [NEED_QUIET] = "needs a peer that reads any data and says nothing" RUN_AGENT,
    [NEED_BY_HAND] = "needs a peer that can be told what to do with a connection that was not made by "
                     "\"open\"" RUN_AGENT,
    [NEED_DELAY] = "needs a peer that waits before it closes" RUN_AGENT,
    [NEED_CONNECT] = "needs a peer that connects to us" RUN_AGENT "{or connect}",
    [NEED_AFTER_FIN] =
        "needs a peer that can be told what to do after our FIN, which no bytes of --provoke can "
        "follow" RUN_AGENT "{or signal}",
    [NEED_CLOSER] = "needs a peer whose program closes; this one may only shut down, and read on" RUN_AGENT,
    [NEED_LISTENER] = "needs a peer that listens, for a SYN of ours is to be answered: --serve begins one",
    [NEED_ACCEPTER] = "needs a program that accepts a connection before data comes; this one waits for data "
                      "(TCP_DEFER_ACCEPT)",
    [NEED_CLOSED] = "needs a peer whose program closes; this one has shut down, and reads on",
    [NEED_OTHER_AGENT] = "the peer's agent can't make a program {provocations}",
};

/* Of CODE_AGENT_REFUSED, other than ASKED_PROVOKE. */
static const char *const refusals[] = {
    [ASKED_CLAIM] = "fourwave peer on the target refuses{: text}",
    [ASKED_CONNECT] = "the peer did not connect to us{: text}",
    [ASKED_STATE] = "the peer's state can't be read{: text}",
};

/* Of CODE_PATH_NAT. */
static const char *const nats[] = {
    ("the peer's agent never saw our connection, though our SYN was answered: a NAT, a proxy or a "
     "firewall stands between, or our ACK was lost" ON_THE_PATH),
    ("the peer sees our connection come from {text}: a NAT or a proxy stands between, so nothing that "
     "needs the agent can be judged"),
    ("the peer's host does not have the address {text}: a NAT or a proxy stands between, and may keep "
     "back what belongs to no connection that it knows" ON_THE_PATH),
};

/* Of CODE_NOT_REPEATED. */
static const char *const repeats[] = {
    ("it failed, and passed when it was played again, so a segment may have been lost or doubled on the "
     "path"),
    ("it failed, and when it was played again it failed otherwise, so a segment may have been lost or "
     "doubled on the path"),
    ("it failed, and then nobody answered there when it was to be played again: has the peer died of it, "
     "or is the path gone"),
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

/* An item of a list, by a number that may be anybody's. */
#define LOOK_UP(list, n) ((n) >= 0 && (n) < (int64_t)(sizeof(list) / sizeof *(list)) ? (list)[n] : NULL)

const char *reason_template(const struct reason *why)
{
	const int64_t *n = why->n;
	const char *found = NULL;

	switch ((int)why->code) {
	case CODE_NEEDS_AGENT: found = LOOK_UP(needs, n[0]); break;
	case CODE_AGENT_REFUSED: found = LOOK_UP(refusals, n[0]); break;
	case CODE_MISFIT: found = LOOK_UP(misfits, n[0]); break;
	case CODE_PATH_NAT: found = LOOK_UP(nats, n[0]); break;
	case CODE_NOT_REPEATED: found = LOOK_UP(repeats, n[0]); break;
	case CODE_AGENT_GONE: found = *why->text ? "{text}" : NULL; break;
	}
	if (!found && instead[why->code].sentence && n[instead[why->code].number] < instead[why->code].below)
		found = instead[why->code].sentence;
	return found ? found : sentences[why->code];
}

const char *datum_template(enum datum_kind kind) { return data[kind]; }
