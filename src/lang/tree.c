/* The words and forms of statements, one table each. */
#include "lang/tree.h"

#include <string.h>

static const struct statement_form {
	const char *word, *form;
} forms[] = {
    [TREE_SCENARIO] = {"scenario", "scenario \"TITLE\""},
    [TREE_ROW] = {"row", "row N"},
    [TREE_ROLE] = {"role", "role active|passive|simultaneous|listen"},
    [TREE_RFC] = {"rfc", "rfc N [\"SECTION\"] {, N [\"SECTION\"]}"},
    [TREE_CLAIM] = {"claim", "claim \"TEXT\""},
    [TREE_CONTROL] = {"control", "control \"TEXT\""},
    [TREE_SYSCTL] = {"sysctl", "sysctl NAME = VALUE"},
    [TREE_PARAM] = {"param", "param NAME = VALUE"},
    [TREE_FAMILY] = {"family", "family ipv4|ipv6"},
    [TREE_TAKES] = {"takes", "takes DURATION"},
    [TREE_INCLUDE] = {"include", "include \"FILE\""},
    [TREE_BLOCK] = {"block", "block NAME(PARAMETER, ...) { steps }"},
    [TREE_OPEN] = {"open", "open [iss N] [win N] [<options>] [within D]"},
    [TREE_SEND] = {"send",
                   "send FLAGS [seq N] [ack N] [win N] [<options>] [\"payload\"] [lost] [as NAME] ..."},
    [TREE_EXPECT] = {"expect", "expect FLAGS [seq N] [ack N] ... [lost] [as NAME] [within D]"},
    [TREE_ONE_OF] = {"expect one", "expect one of { SEGMENT; SEGMENT ... } [within D]"},
    [TREE_RETRANSMIT] = {"expect retransmit",
                         "expect retransmit NAME [and NAME] [lost] [count N] [backoff F +-P%] [first D..D] "
                         "[gives up] [budget D] [within D]"},
    [TREE_SILENCE] = {"silence", "silence D [except SEGMENT {, SEGMENT}]"},
    [TREE_ALLOW] = {"allow", "allow SEGMENT {, SEGMENT}; allow nothing"},
    [TREE_FENCE] = {"fence", "fence [within D]"},
    [TREE_INTERVAL] = {"interval", "interval NAME NAME within D | after D | between D and D"},
    [TREE_PROVOKE] = {"provoke", "provoke close | close on eof [after D] | shutdown | hold | reset | crash | "
                                 "crash unread | write N | read | noread | keepalive D D N | connect"},
    [TREE_STATE] = {"state", "state NAME {or NAME} [timer D..D] [within D]"},
    [TREE_LEAVE] = {"leave", "leave"},
    [TREE_REPEAT] = {"repeat", "repeat N { steps }"},
    [TREE_PLAY] = {"play", "play NAME(ARGUMENT, ...)"},
};

static const char *const attrs[ATTR_COUNT_OF_KINDS] = {
    [ATTR_SEQ] = "seq",
    [ATTR_ACK] = "ack",
    [ATTR_WIN] = "win",
    [ATTR_LEN] = "len",
    [ATTR_TTL] = "ttl",
    [ATTR_URG] = "urg",
    [ATTR_ISS] = "iss",
    [ATTR_SPAN] = "A:B(L)",
    [ATTR_OPTIONS] = "<options>",
    [ATTR_PAYLOAD] = "payload",
    [ATTR_DATA] = "data",
    [ATTR_LOST] = "lost",
    [ATTR_AS] = "as",
    [ATTR_BADSUM] = "badsum",
    [ATTR_FILTER] = "filter",
    [ATTR_WITHIN] = "within",
    [ATTR_AFTER] = "after",
    [ATTR_BETWEEN] = "between",
    [ATTR_OF] = "of",
    [ATTR_COUNT] = "count",
    [ATTR_BACKOFF] = "backoff",
    [ATTR_FIRST] = "first",
    [ATTR_GIVES_UP] = "gives up",
    [ATTR_BUDGET] = "budget",
    [ATTR_TIMER] = "timer",
    [ATTR_OFFSET] = "offset",
    [ATTR_FRAGMENT] = "fragment",
    [ATTR_OTHERPORT] = "otherport",
};

const char *tree_kind_word(enum tree_kind k) { return forms[k].word; }

const char *tree_form(const char *word)
{
	for (size_t i = 0; i < sizeof forms / sizeof *forms; i++)
		if (strcmp(forms[i].word, word) == 0)
			return forms[i].form;
	return NULL;
}

const char *tree_attr_word(enum tree_attr_kind k) { return attrs[k]; }

bool tree_is_header(enum tree_kind k) { return k <= TREE_BLOCK; }
