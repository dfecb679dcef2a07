/* What all reports ask of a result: its name, its place in the count. */
#include "report/result.h"

#include <stdio.h>
#include <string.h>

void tally_add(struct tally *t, const struct result *r)
{
	switch (r->verdict->kind) {
	case VERDICT_PASS: t->passed++; break;
	case VERDICT_FAIL: t->failed++; break;
	case VERDICT_SKIP: t->skipped++; break;
	case VERDICT_NONE:
	case VERDICT_ERROR: t->errors++; break;
	}
}

const char *result_name(const struct result *r, char *buf, size_t size)
{
	static const char suffix[] = ".wave";
	const char *slash = strrchr(r->scenario->file, '/');
	const char *base = slash ? slash + 1 : r->scenario->file;
	size_t len = strlen(base);
	size_t suffix_len = sizeof suffix - 1;

	if (len > suffix_len && strcmp(base + len - suffix_len, suffix) == 0)
		len -= suffix_len;
	snprintf(buf, size, "%.*s", (int)len, base);
	return buf;
}

const char *family_name(int family) { return family == 6 ? "IPv6" : "IPv4"; }
