/* The kernel's two rules for ports, read from /proc/sys. Knows no socket. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "wire/ports.h"

enum { FIRST_PORT = 10000, LAST_PORT = 65535 };

/* Reads a whole small file; the kernel writes at most some kilobytes here. */
static char *slurp(const char *path)
{
	char *text = NULL;
	size_t size = 0;
	FILE *f = fopen(path, "re");

	if (f && getdelim(&text, &size, '\0', f) < 0) {
		free(text);
		text = NULL;
	}
	if (f)
		fclose(f);
	return text;
}

/* A port number at *text, which moves behind it. */
static bool number(const char **text, unsigned *out)
{
	char *end;
	unsigned long n;

	if (**text < '0' || **text > '9')
		return false;
	n = strtoul(*text, &end, 10);
	*text = end;
	*out = (unsigned)n;
	return n <= LAST_PORT;
}

bool port_rules_parse_range(struct port_rules *rules, const char *text)
{
	unsigned low, high;

	if (!number(&text, &low))
		return false;
	text += strspn(text, " \t");
	if (!number(&text, &high) || low > high || strspn(text, "\n") != strlen(text))
		return false;
	rules->low = (uint16_t)low;
	rules->high = (uint16_t)high;
	return true;
}

bool port_rules_parse_reserved(struct port_rules *rules, const char *text)
{
	while (*text && *text != '\n') {
		unsigned low, high;

		if (!number(&text, &low))
			return false;
		high = low;
		if (*text == '-' && (text++, !number(&text, &high)))
			return false;
		for (unsigned port = low; port <= high; port++)
			rules->reserved[port / 8] |= (uint8_t)(1u << port % 8);
		if (*text == ',')
			text++;
		else if (*text && *text != '\n')
			return false;
	}
	return true;
}

void port_rules_read(struct port_rules *rules)
{
	char *range = slurp("/proc/sys/net/ipv4/ip_local_port_range");
	char *reserved = slurp("/proc/sys/net/ipv4/ip_local_reserved_ports");

	*rules = (struct port_rules){.low = 32768, .high = 60999};
	if (range)
		port_rules_parse_range(rules, range);
	if (reserved)
		port_rules_parse_reserved(rules, reserved);
	free(range);
	free(reserved);
}

bool port_rules_allow(const struct port_rules *rules, uint16_t port)
{
	if (port == 0 || (port >= rules->low && port <= rules->high))
		return false;
	return !(rules->reserved[port / 8] & 1u << port % 8);
}

uint16_t port_rules_next(const struct port_rules *rules, uint16_t port)
{
	unsigned next = port;

	for (int tries = FIRST_PORT; tries <= LAST_PORT; tries++) {
		next = next < FIRST_PORT || next >= LAST_PORT ? FIRST_PORT : next + 1;
		if (port_rules_allow(rules, (uint16_t)next))
			return (uint16_t)next;
	}
	return 0;
}
