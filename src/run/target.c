/* HOST[:PORT] and the resolver. Sends nothing to the target itself. */
#include <arpa/inet.h>
#include <netdb.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>

#include "base/literal.h"
#include "run/target.h"

static bool copy_part(const char *what, const char *from, size_t len, char *to, size_t size, struct diag *d)
{
	if (len >= size)
		return diag_set(d, "the %s in -t is too long", what);
	memcpy(to, from, len);
	to[len] = '\0';
	return true;
}

/* Text after the host: nothing, or a colon and the port. */
static bool split_service(const char *text, const char *rest, struct target_name *name, struct diag *d)
{
	if (*rest == '\0')
		return true;
	if (*rest != ':')
		return diag_set(d, "\"%s\": after the address in brackets only :PORT may follow", text);
	if (rest[1] == '\0')
		return diag_set(d, "\"%s\": the port after the colon is missing", text);
	return copy_part("port", rest + 1, strlen(rest + 1), name->service, sizeof name->service, d);
}

/* A number is checked here: getaddrinfo() takes 65536 for 0. */
static bool check_service(const struct target_name *name, struct diag *d)
{
	uint16_t port;
	size_t digits = strspn(name->service, "0123456789");

	if (digits == 0 || name->service[digits] != '\0')
		return true;
	return target_port("the port", name->service, &port, d);
}

bool target_split(const char *text, struct target_name *name, struct diag *d)
{
	const char *colon = strchr(text, ':');
	const char *host = text;
	size_t len;
	const char *rest;

	memset(name, 0, sizeof *name);
	if (*text == '[') {
		host = text + 1;
		len = strcspn(host, "]");
		if (host[len] != ']')
			return diag_set(d, "\"%s\": the closing bracket is missing", text);
		rest = host + len + 1;
	} else if (colon && !strchr(colon + 1, ':')) {
		len = (size_t)(colon - text);
		rest = colon;
	} else {
		len = strlen(text);
		rest = text + len;
	}
	if (strchr(text, '/'))
		return diag_set(d, "\"%s\": a host is judged, not a range of addresses or a URL", text);
	if (len == 0)
		return diag_set(d, "\"%s\": the host is missing", text);
	return copy_part("host", host, len, name->host, sizeof name->host, d) &&
	       split_service(text, rest, name, d) && check_service(name, d);
}

static void put_address(const struct addrinfo *ai, struct target *target)
{
	if (ai->ai_family == AF_INET && target->addr[0].family == 0) {
		const struct sockaddr_in *in = (const struct sockaddr_in *)(const void *)ai->ai_addr;
		target->addr[0].family = 4;
		memcpy(target->addr[0].bytes, &in->sin_addr, 4);
		target->port = ntohs(in->sin_port);
	}
	if (ai->ai_family == AF_INET6 && target->addr[1].family == 0) {
		const struct sockaddr_in6 *in6 = (const struct sockaddr_in6 *)(const void *)ai->ai_addr;
		if (IN6_IS_ADDR_V4MAPPED(&in6->sin6_addr))
			return;
		target->addr[1].family = 6;
		target->scope[1] = in6->sin6_scope_id;
		memcpy(target->addr[1].bytes, &in6->sin6_addr, 16);
		target->port = ntohs(in6->sin6_port);
	}
}

static bool resolver_says(const struct target_name *name, int error, struct diag *d)
{
	switch (error) {
	case EAI_NONAME:
#ifdef EAI_NODATA
	case EAI_NODATA:
#endif
		return diag_set(d, "unknown host \"%s\"", name->host);
	case EAI_SERVICE:
		return diag_set(d, "unknown port \"%s\": a number, or a name of /etc/services",
		                name->service);
	case EAI_AGAIN:
		return diag_set(d, "\"%s\" could not be looked up: the name server does not answer",
		                name->host);
	}
	return diag_set(d, "\"%s\" could not be looked up: %s", name->host, gai_strerror(error));
}

bool target_resolve(const struct target_name *name, struct target *target, struct diag *d)
{
	struct addrinfo hints = {.ai_socktype = SOCK_STREAM, .ai_protocol = IPPROTO_TCP};
	struct addrinfo *list = NULL;

	memset(target, 0, sizeof *target);
	const char *service = name->service[0] != '\0' ? name->service : NULL;
	hints.ai_flags = AI_NUMERICHOST;
	int error = getaddrinfo(name->host, service, &hints, &list);
	target->literal = error == 0;
	if (error == EAI_NONAME) {
		hints.ai_flags = 0;
		error = getaddrinfo(name->host, service, &hints, &list);
	}
	if (error != 0)
		return resolver_says(name, error, d);
	for (const struct addrinfo *ai = list; ai; ai = ai->ai_next)
		put_address(ai, target);
	freeaddrinfo(list);
	if (target->addr[0].family == 0 && target->addr[1].family == 0)
		return diag_set(d, "\"%s\" has neither an IPv4 nor an IPv6 address", name->host);
	return true;
}

bool target_address(const char *what, const char *text, struct addr *out, struct diag *d)
{
	memset(out, 0, sizeof *out);
	if (inet_pton(AF_INET, text, out->bytes) == 1)
		out->family = 4;
	else if (inet_pton(AF_INET6, text, out->bytes) == 1)
		out->family = 6;
	else
		return diag_set(d, "%s: \"%s\" is not an address", what, text);
	return true;
}

bool target_port(const char *what, const char *text, uint16_t *out, struct diag *d)
{
	uint64_t n;

	if (!literal_number(what, text, 1, 65535, &n, d))
		return false;
	*out = (uint16_t)n;
	return true;
}
