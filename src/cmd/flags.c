/* The values of flags: read, checked and put into their members. Knows no flag. */
#include "cmd/command.h"

#include <string.h>

#include "base/memory.h"
#include "base/literal.h"

bool flag_on(const struct flag *f, void *member, const char *value, struct diag *d)
{
	(void)f, (void)value, (void)d;
	return *(bool *)member = true;
}

bool flag_more(const struct flag *f, void *member, const char *value, struct diag *d)
{
	(void)f, (void)value, (void)d;
	return ++*(unsigned *)member > 0;
}

bool flag_number(const struct flag *f, void *member, const char *value, struct diag *d)
{
	uint64_t n;

	if (!literal_number(f->name, value, 1, f->most, &n, d))
		return false;
	*(unsigned *)member = (unsigned)n;
	return true;
}

bool flag_port(const struct flag *f, void *member, const char *value, struct diag *d)
{
	unsigned n;

	if (!flag_number(f, &n, value, d))
		return false;
	*(uint16_t *)member = (uint16_t)n;
	return true;
}

bool flag_real(const struct flag *f, void *member, const char *value, struct diag *d)
{
	return literal_real(f->name, value, 1, f->most, member, d);
}

bool flag_any(const struct flag *f, void *member, const char *value, struct diag *d)
{
	(void)f, (void)d;
	*(const char **)member = value;
	return true;
}

bool flag_text(const struct flag *f, void *member, const char *value, struct diag *d)
{
	*(const char **)member = value;
	return *value != '\0' || diag_set(d, "%s needs a value that is not empty", f->name);
}

bool flag_file(const struct flag *f, void *member, const char *value, struct diag *d)
{
	if (strcmp(value, "-") == 0)
		return diag_set(d, "%s takes the name of a file; for standard output, /dev/stdout", f->name);
	return flag_text(f, member, value, d);
}

bool flag_list(const struct flag *f, void *member, const char *value, struct diag *d)
{
	struct strings *list = member;

	return flag_text(f, LIST_ADD(list->items, list->count, list->room), value, d);
}

bool flag_pair(const struct flag *f, void *member, const char *value, struct diag *d)
{
	const char *equals = strchr(value, '=');

	if (!equals || equals == value || equals[1] == '\0')
		return diag_set(d, "%s: \"%s\" is not NAME=VALUE", f->name, value);
	return flag_list(f, member, value, d);
}

bool flag_address(const struct flag *f, void *member, const char *value, struct diag *d)
{
	return address_parse(value, member) || diag_set(d, "%s: \"%s\" is not an address", f->name, value);
}

bool flag_color(const struct flag *f, void *member, const char *value, struct diag *d)
{
	if (!color_mode_parse(value, member))
		return diag_set(d, "%s: \"%s\" is none of auto, always, never", f->name, value);
	return true;
}
