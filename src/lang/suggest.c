/* Edit distance (optimal string alignment). Knows no words of its own. */
#include "lang/messages.h"

#include <ctype.h>
#include <limits.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

static unsigned least(unsigned a, unsigned b) { return a < b ? a : b; }

static int lower(char c) { return tolower((unsigned char)c); }

unsigned suggest_distance(const char *a, const char *b)
{
	unsigned row[3][SUGGEST_WORD_MAX + 1];
	size_t la = strlen(a), lb = strlen(b);

	if (la > SUGGEST_WORD_MAX || lb > SUGGEST_WORD_MAX)
		return UINT_MAX;
	for (size_t j = 0; j <= lb; j++)
		row[0][j] = (unsigned)j;
	for (size_t i = 1; i <= la; i++) {
		unsigned *now = row[i % 3], *before = row[(i + 2) % 3], *two = row[(i + 1) % 3];

		now[0] = (unsigned)i;
		for (size_t j = 1; j <= lb; j++) {
			unsigned change = lower(a[i - 1]) != lower(b[j - 1]);

			now[j] = least(least(before[j] + 1, now[j - 1] + 1), before[j - 1] + change);
			if (i > 1 && j > 1 && lower(a[i - 1]) == lower(b[j - 2]) &&
			    lower(a[i - 2]) == lower(b[j - 1]))
				now[j] = least(now[j], two[j - 2] + 1);
		}
	}
	if (row[la % 3][lb] == 0 && strcmp(a, b) != 0)
		return 1;
	return row[la % 3][lb];
}

struct suggest suggest_start(const char *word)
{
	return (struct suggest){.word = word, .distance = UINT_MAX};
}

void suggest_offer(struct suggest *s, const char *candidate)
{
	size_t len = strlen(candidate);
	unsigned limit = len < 3 ? 0 : len < 5 ? 1 : len < 9 ? 2 : 3;
	unsigned distance = suggest_distance(s->word, candidate);

	/* Two letters never say enough, but for their case. */
	if (len == 2 && strlen(s->word) == 2 && distance == 1 && lower(s->word[0]) == lower(candidate[0]) &&
	    lower(s->word[1]) == lower(candidate[1]))
		limit = 1;
	if (distance <= limit && distance < s->distance) {
		s->distance = distance;
		s->nearest = candidate;
	}
}

const char *suggest_text(struct suggest *s)
{
	s->text[0] = '\0';
	if (s->nearest)
		snprintf(s->text, sizeof s->text, "; did you mean '%s'?", s->nearest);
	return s->text;
}
