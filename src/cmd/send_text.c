/* From the flags of fourwave send to a scenario's text. Sends nothing. */
#include <ctype.h>
#include <string.h>

#include "base/literal.h"
#include "cmd/send.h"

#define EXPRESSION "_.+-*()"

/* The flags whose value is put into the text: its word is the flag's own. */
static const struct value {
	const char *flag;
	size_t at;         /* of the value among the options */
	const char *marks; /* that may stand in it, besides letters and digits: no second step gets in */
} values[] = {
    {"--seq", offsetof(struct send_options, seq), EXPRESSION},
    {"--ack", offsetof(struct send_options, ack), EXPRESSION},
    {"--win", offsetof(struct send_options, win), EXPRESSION},
    {"--ttl", offsetof(struct send_options, ttl), ""},
    {"--urg", offsetof(struct send_options, urg), EXPRESSION},
    {"--options", offsetof(struct send_options, tcp_options), EXPRESSION " ,:{}\""},
    {"--offset", offsetof(struct send_options, offset), ""},
    {"--fragment", offsetof(struct send_options, fragment), ""},
};

enum { SEQ, ACK, WIN, OPTIONS = 5, VALUES = sizeof values / sizeof *values };

static const char *given(const struct send_options *o, size_t i)
{
	return *(const char *const *)(const void *)((const char *)o + values[i].at);
}

/* What one flag says begins, or ended, here. places may be NULL. */
static void begin_place(struct send_places *places, const UT_string *b, const char *flag, const char *value)
{
	if (places)
		places->list[places->count] =
		    (struct send_place){.flag = flag, .value = value, .from = utstring_len(b)};
}

static void end_place(struct send_places *places, const UT_string *b)
{
	if (places)
		places->list[places->count++].to = utstring_len(b);
}

/* A number counts from the connection's first, where there is one; else it is what goes into the header. */
static void add_value(const struct send_options *o, size_t i, UT_string *b, struct send_places *places)
{
	const char *value = given(o, i), *word = values[i].flag + strlen("--");
	bool plain = value && (strspn(value, "0123456789") == strlen(value) || strncmp(value, "0x", 2) == 0);
	bool again = !places && (i == SEQ || (i == ACK && o->flags & TCP_ACK));

	if (again || !value) {
		if (again)
			utstring_printf(b, " %s it.%s", word, word);
		else if (!o->open && i == ACK)
			utstring_printf(b, " ack abs(0)");
		else if (!o->open && i == WIN)
			utstring_printf(b, " win 65535");
		return;
	}
	begin_place(places, b, values[i].flag, value);
	if (i == OPTIONS)
		utstring_printf(b, " <%s>", value);
	else
		utstring_printf(b, i <= ACK && plain && !o->open ? " %s abs(%s)" : " %s %s", word, value);
	end_place(places, b);
}

/* Backslashes mean what they mean in the language, and go there with what they
 * escape; so does what is surely plain. */
static void add_text(UT_string *b, const char *text)
{
	for (const char *c = text; c && *c != '\0'; c++) {
		if (*c == '\\' && c[1] != '\0' && isprint((unsigned char)c[1])) {
			utstring_printf(b, "%c%c", c[0], c[1]);
			c++;
		} else if (isalnum((unsigned char)*c)) {
			utstring_printf(b, "%c", *c);
		} else {
			utstring_printf(b, "\\x%02x", (unsigned)(unsigned char)*c);
		}
	}
}

static void add_payload(const struct send_options *o, UT_string *b, struct send_places *places)
{
	if (o->length > 0)
		utstring_printf(b, " data %u", o->length);
	if (o->length > 0 || (!o->text && !o->hex))
		return;
	begin_place(places, b, o->text ? "--data-string" : "--data", NULL);
	utstring_printf(b, " \"");
	add_text(b, o->text);
	for (const char *c = o->hex; c && *c != '\0'; c += *c == ' ' ? 1 : 2)
		if (*c != ' ')
			utstring_printf(b, "\\x%.2s", c);
	utstring_printf(b, "\"");
	end_place(places, b);
}

/* places NULL: the same segment as the first again, whatever has come meanwhile. */
static void add_send(const struct send_options *o, UT_string *b, struct send_places *places)
{
	char flags[FLAGS_TEXT_BYTES];

	utstring_printf(b, "send %s", flags_text(o->flags, flags));
	for (size_t i = 0; i < VALUES; i++)
		add_value(o, i, b, places);
	add_payload(o, b, places);
	utstring_printf(b, "%s%s%s\n", o->otherport ? " otherport" : "", o->badsum ? " badsum" : "",
	                places ? " as it" : "");
}

static void add_wait(UT_string *b, int64_t ns)
{
	if (ns > 0)
		utstring_printf(b, "silence %lldus\n", (long long)(ns / 1000));
}

bool send_scenario(const struct send_options *o, UT_string *b, struct send_places *places, struct diag *d)
{
	size_t bytes;

	for (size_t i = 0; i < VALUES; i++)
		for (const char *c = given(o, i); c && *c != '\0'; c++)
			if (!isalnum((unsigned char)*c) && !strchr(values[i].marks, *c))
				return diag_set(d, "%s: '%c' in \"%s\" can't stand there", values[i].flag,
				                isprint((unsigned char)*c) ? *c : '?', given(o, i));
	if (o->hex && (!literal_hex(o->hex, strlen(o->hex), NULL, &bytes) || bytes == 0))
		return diag_set(
		    d, "--data: \"%s\" is not octets in hexadecimal (0d0a); a text is --data-string", o->hex);
	utstring_printf(b, "scenario \"fourwave send\"\nrole active\n%sallow *\n", o->open ? "open\n" : "");
	*places = (struct send_places){.line = o->open ? 5 : 4, .line_at = utstring_len(b)};
	add_send(o, b, places);
	if (o->count > 1) {
		utstring_printf(b, "repeat %u {\n", o->count - 1);
		add_wait(b, o->interval_ns);
		add_send(o, b, NULL);
		utstring_printf(b, "}\n");
	}
	add_wait(b, o->wait_ns);
	if (o->leave)
		utstring_printf(b, "leave\n");
	return true;
}
