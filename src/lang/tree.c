/* The words of statements and attributes. Those of statements stand in the check's tables. */
#include <string.h>

#include "lang/check.h"

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

const char *tree_kind_word(enum tree_kind k)
{
	return tree_is_header(k) ? header_rules[k].word : step_rules[k].word;
}

const char *tree_form(const char *word)
{
	for (enum tree_kind k = 0; k < TREE_COUNT; k++)
		if (strcmp(tree_kind_word(k), word) == 0)
			return tree_is_header(k) ? header_rules[k].form : step_rules[k].form;
	return NULL;
}

const char *tree_attr_word(enum tree_attr_kind k) { return attrs[k]; }

bool tree_is_header(enum tree_kind k) { return k < TREE_OPEN; }
