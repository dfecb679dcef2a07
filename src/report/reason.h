/* Reasons in words: the only place where a fact of core/reason.h becomes a sentence. */
#ifndef FW_REPORT_REASON_H
#define FW_REPORT_REASON_H

#include "report/result.h"

/* One sentence; "" for a pass. Cut where size is too small; returns buf. */
enum { REASON_BYTES = 1024 };
const char *reason_text(const struct result *r, char *buf, size_t size);

/* A field that differed: "win", "0..100", "65535". */
enum { DATUM_WORDS_BYTES = 160 };
struct mismatch_words {
	const char *field;
	char expected[DATUM_WORDS_BYTES], got[DATUM_WORDS_BYTES];
};
struct mismatch_words mismatch_words(const struct mismatch *m);

/* The fields after the first: "seq 2, expected 1; win 0, expected 65535". "" where there are none. */
const char *also_text(const struct verdict *v, char *buf, size_t size);

#endif
