/* Stands in for core/segment.c where that is not linked. */
#include <arpa/inet.h>
#include <string.h>

#include "core/segment.h"

__attribute__((weak)) bool addr_equal(const struct addr *a, const struct addr *b)
{
	return a->family == b->family && memcmp(a->bytes, b->bytes, 16) == 0;
}

__attribute__((weak)) const char *addr_text(const struct addr *a, char buf[ADDR_TEXT_BYTES])
{
	return inet_ntop(a->family == 4 ? AF_INET : AF_INET6, a->bytes, buf, ADDR_TEXT_BYTES);
}
