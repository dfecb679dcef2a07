/* The tables of codes and fields, and what makes a reason. */
#include "reason.h"

#include <stdio.h>
#include <string.h>

static const char *const codes[CODE_COUNT] = {[CODE_NONE] = "",
#define X(name, id, verdicts) [CODE_##name] = id,
                                              REASON_CODES(X)
#undef X
};

static const char *const fields[] = {
#define X(name, text) text,
    DIFFERENCES(X)
#undef X
};

const char *code_name(enum code code) { return codes[code]; }
NAME_PARSE(code_parse, enum code, codes, CODE_NONE + 1)

bool code_fits(enum code code, enum verdict_kind kind)
{
	static const char *const fits[CODE_COUNT] = {[CODE_NONE] = "",
#define X(name, id, verdicts) [CODE_##name] = verdicts,
	                                             REASON_CODES(X)
#undef X
	};

	return strchr(fits[code], *verdict_name(kind));
}

const char *field_name(enum difference field) { return fields[field]; }
NAME_PARSE(field_parse, enum difference, fields, 0)

struct datum datum_of(enum datum_kind kind, int64_t a, int64_t b)
{
	return (struct datum){.kind = kind, .n = {a, b}};
}

struct datum datum_notation(const char *text)
{
	struct datum v = {.kind = DATUM_TEXT};

	snprintf(v.text, sizeof v.text, "%s", text);
	return v;
}

struct reason reason_text_of(enum code code, const char *text)
{
	struct reason r = {.code = code};

	snprintf(r.text, sizeof r.text, "%s", text);
	return r;
}

struct reason reason_field(enum code code, enum difference field, struct datum expected, struct datum got)
{
	return (struct reason){
	    .code = code,
	    .fields = {{.field = field, .expected = expected, .got = got}},
	    .field_count = 1,
	};
}
