/* The words of the language and their tokens. */
#include <string.h>

#include "core/options.h"
#include "lang/lexer.h"
#include "lang/parser.h"
#include "lang/parse.h"

struct keyword {
	const char *word;
	int token;
};

static const struct keyword first_words[] = {
    {"scenario", T_SCENARIO}, {"row", T_ROW},         {"role", T_ROLE},         {"rfc", T_RFC},
    {"claim", T_CLAIM},       {"control", T_CONTROL}, {"sysctl", T_SYSCTL},     {"param", T_PARAM},
    {"family", T_FAMILY},     {"takes", T_TAKES},     {"include", T_INCLUDE},   {"block", T_BLOCK},
    {"open", T_OPEN},         {"send", T_SEND},       {"expect", T_EXPECT},     {"silence", T_SILENCE},
    {"allow", T_ALLOW},       {"fence", T_FENCE},     {"interval", T_INTERVAL}, {"provoke", T_PROVOKE},
    {"state", T_STATE},       {"leave", T_LEAVE},     {"repeat", T_REPEAT},     {"play", T_PLAY},
};

static const struct keyword words[] = {
    {"seq", T_SEQ},
    {"ack", T_ACK},
    {"win", T_WIN},
    {"len", T_LEN},
    {"ttl", T_TTL},
    {"urg", T_URG},
    {"iss", T_ISS},
    {"data", T_DATA},
    {"lost", T_LOST},
    {"as", T_AS},
    {"badsum", T_BADSUM},
    {"offset", T_OFFSET},
    {"fragment", T_FRAGMENT},
    {"otherport", T_OTHERPORT},
    {"filter", T_FILTER},
    {"within", T_WITHIN},
    {"after", T_AFTER},
    {"between", T_BETWEEN},
    {"and", T_AND},
    {"of", T_OF},
    {"one", T_ONE},
    {"retransmit", T_RETRANSMIT},
    {"count", T_COUNT},
    {"backoff", T_BACKOFF},
    {"first", T_FIRST},
    {"exempt", T_EXEMPT},
    {"gives", T_GIVES},
    {"up", T_UP},
    {"budget", T_BUDGET},
    {"timer", T_TIMER},
    {"or", T_OR},
    {"except", T_EXCEPT},
    {"nothing", T_NOTHING},
    {"none", T_NONE},
    {"opt", T_OPT},
    {"hex", T_HEX},
    {"abs", T_ABS},
};

static int find(const struct keyword *table, size_t count, const char *word)
{
	for (size_t i = 0; i < count; i++)
		if (strcmp(table[i].word, word) == 0)
			return table[i].token;
	return 0;
}

/* The words of TCP options stand in their table. */
static int find_option(const char *word)
{
	if (option_named(word))
		return T_OPTION;
	for (size_t i = 0; option_row(i); i++)
		for (size_t k = 0; k < OPTION_FIELDS_MAX; k++)
			if (option_row(i)->fields[k].word && strcmp(option_row(i)->fields[k].word, word) == 0)
				return T_OPTION_WORD;
	return 0;
}

int lexer_keyword(const char *word, bool at_start)
{
	int token = at_start ? find(first_words, sizeof first_words / sizeof *first_words, word) : 0;

	if (token == 0)
		token = find(words, sizeof words / sizeof *words, word);
	return token != 0 ? token : find_option(word);
}

bool lexer_is_reserved(const char *word) { return lexer_keyword(word, false) != 0; }
