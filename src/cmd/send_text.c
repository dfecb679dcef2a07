/* From the flags of fourwave send to a scenario's text. Sends nothing. */
#include <ctype.h>
#include <string.h>

#include "base/literal.h"
#include "cmd/send.h"

static uint16_t flag_of_letter(char c)
{
	switch (c) {
	case 'F': return TCP_FIN;
	case 'S': return TCP_SYN;
	case 'R': return TCP_RST;
	case 'P': return TCP_PSH;
	case 'A':
	case '.': return TCP_ACK;
	case 'U': return TCP_URG;
	case 'E': return TCP_ECE;
	case 'W':
	case 'C': return TCP_CWR;
	}
	return 0;
}

/* "fin", and where it is none 0. */
static uint16_t flag_of_word(const char *word, size_t len)
{
	static const struct {
		const char *word;
		uint16_t flag;
	} words[] = {{"fin", TCP_FIN},  {"syn", TCP_SYN}, {"rst", TCP_RST}, {"psh", TCP_PSH},
	             {"push", TCP_PSH}, {"ack", TCP_ACK}, {"urg", TCP_URG}, {"ece", TCP_ECE},
	             {"cwr", TCP_CWR},  {"ae", TCP_AE}};

	for (size_t i = 0; i < sizeof words / sizeof *words; i++)
		if (strlen(words[i].word) == len && strncasecmp(words[i].word, word, len) == 0)
			return words[i].flag;
	return 0;
}

static bool parse_words(const char *text, uint16_t *flags)
{
	*flags = 0;
	for (const char *at = text;; at++) {
		size_t len = strcspn(at, ",");
		uint16_t flag = flag_of_word(at, len);
		if (flag == 0)
			return false;
		*flags |= flag;
		at += len;
		if (*at == '\0')
			return true;
	}
}

bool send_flags_parse(const char *text, uint16_t *flags, struct diag *d)
{
	if (strcmp(text, "none") == 0) {
		*flags = 0;
		return true;
	}
	if (parse_words(text, flags))
		return true;
	*flags = 0;
	for (const char *c = text; *c != '\0'; c++) {
		if (flag_of_letter(*c) == 0)
			return diag_set(
			    d,
			    "--flags: '%c' in \"%s\" is none of S F R P A . U E W C, nor is it syn,ack,...",
			    isprint((unsigned char)*c) ? *c : '?', text);
		*flags |= flag_of_letter(*c);
	}
	return *text != '\0' || diag_set(d, "--flags needs a value: S, F., fin,ack or none");
}

/* --- the text --- */

/* Nothing but what a value is made of: no second step gets in. */
static bool check_value(const char *what, const char *value, const char *more, struct diag *d)
{
	for (const char *c = value; *c != '\0'; c++)
		if (!isalnum((unsigned char)*c) && !strchr(more, *c))
			return diag_set(d, "%s: '%c' in \"%s\" can't stand there", what,
			                isprint((unsigned char)*c) ? *c : '?', value);
	return *value != '\0' || diag_set(d, "%s needs a value that is not empty", what);
}

static bool check_values(const struct send_options *o, struct diag *d)
{
	const struct {
		const char *what, *value, *more;
	} values[] = {
	    {"--seq", o->seq, "_.+-*()"}, {"--ack", o->ack, "_.+-*()"},
	    {"--win", o->win, "_.+-*()"}, {"--ttl", o->ttl, ""},
	    {"--urg", o->urg, "_.+-*()"}, {"--options", o->tcp_options, " ,:{}\"._+-*()"},
	    {"--offset", o->offset, ""},  {"--fragment", o->fragment, ""},
	};
	size_t bytes;

	for (size_t i = 0; i < sizeof values / sizeof *values; i++)
		if (values[i].value && !check_value(values[i].what, values[i].value, values[i].more, d))
			return false;
	if (!o->hex || (literal_hex(o->hex, strlen(o->hex), NULL, &bytes) && bytes > 0))
		return true;
	return diag_set(d, "--data: \"%s\" is not octets in hexadecimal (0d0a); a text is --data-string",
	                o->hex);
}

/* Adds what one flag says, and remembers where. places may be NULL. */
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
static void add_number(const struct send_options *o, UT_string *b, struct send_places *places,
                       const char *flag, const char *value)
{
	bool plain = strspn(value, "0123456789") == strlen(value) || strncmp(value, "0x", 2) == 0;

	begin_place(places, b, flag, value);
	utstring_printf(b, plain && !o->open ? " %s abs(%s)" : " %s %s", flag + strlen("--"), value);
	end_place(places, b);
}

/* One that is not of the sequence space, or the options: written as it is. */
static void add_plain(UT_string *b, struct send_places *places, const char *flag, const char *value,
                      const char *form)
{
	if (!value)
		return;
	begin_place(places, b, flag, value);
	if (*form == '<')
		utstring_printf(b, " <%s>", value);
	else
		utstring_printf(b, " %s %s", form, value);
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
	bool again = !places;

	utstring_printf(b, "send %s", flags_text(o->flags, flags));
	if (again)
		utstring_printf(b, " seq it.seq");
	else if (o->seq)
		add_number(o, b, places, "--seq", o->seq);
	if (again && (o->flags & TCP_ACK))
		utstring_printf(b, " ack it.ack");
	else if (o->ack)
		add_number(o, b, places, "--ack", o->ack);
	else if (!o->open)
		utstring_printf(b, " ack abs(0)");
	add_plain(b, places, "--win", !o->win && !o->open ? "65535" : o->win, "win");
	add_plain(b, places, "--ttl", o->ttl, "ttl");
	add_plain(b, places, "--urg", o->urg, "urg");
	add_plain(b, places, "--options", o->tcp_options, "<");
	add_payload(o, b, places);
	add_plain(b, places, "--offset", o->offset, "offset");
	add_plain(b, places, "--fragment", o->fragment, "fragment");
	utstring_printf(b, "%s", o->otherport ? " otherport" : "");
	utstring_printf(b, "%s%s\n", o->badsum ? " badsum" : "", again ? "" : " as it");
}

static void add_wait(UT_string *b, int64_t ns)
{
	if (ns > 0)
		utstring_printf(b, "silence %lldus\n", (long long)(ns / 1000));
}

bool send_scenario(const struct send_options *o, UT_string *b, struct send_places *places, struct diag *d)
{
	static const char head[] = "scenario \"fourwave send\"\nrole active\nopen\nallow *\n";

	*places = (struct send_places){.line = 5, .line_at = strlen(head)};
	if (!check_values(o, d))
		return false;
	/* open stays in the text where it is not wanted: the language asks for it.
	 * send_play.c takes that step away. */
	utstring_printf(b, "%s", head);
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
