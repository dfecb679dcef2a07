/* The word that was meant: the nearest of those that could stand there. */
#ifndef FW_SUGGEST_H
#define FW_SUGGEST_H

enum { SUGGEST_WORD_MAX = 40, SUGGEST_TEXT_BYTES = SUGGEST_WORD_MAX + 24 };

struct suggest {
	const char *word;    /* what was written */
	const char *nearest; /* NULL: none near enough */
	unsigned distance;
	char text[SUGGEST_TEXT_BYTES];
};

/* Start with the word, offer each candidate; the nearest stays. */
struct suggest suggest_start(const char *word);
void suggest_offer(struct suggest *s, const char *candidate);

/* Steps from a to b: a letter put in, left out, changed, or two neighbours swapped; case counts half
 * (rounded up to one for a whole word). Words longer than SUGGEST_WORD_MAX are as far as can be. */
unsigned suggest_distance(const char *a, const char *b);

/* "; did you mean 'x'?", or "" where there is none; it lives in s. */
const char *suggest_text(struct suggest *s);

#endif
