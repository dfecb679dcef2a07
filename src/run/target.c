/* HOST[:PORT] and the resolver. Sends nothing to the target itself. */
#include "run/world.h"

#include <netdb.h>
#include <netinet/in.h>
#include <string.h>

#include "base/literal.h"

/* Text after the host: nothing, or a colon and the port. */
static bool split_service(const char *text, const char *rest, struct target *t, struct diag *d)
{
	uint64_t port;

	if (*rest == '\0')
		return true;
	if (*rest != ':')
		return diag_set(d, "\"%s\": after the address in brackets only :PORT may follow", text);
	if (rest[1] == '\0')
		return diag_set(d, "\"%s\": the port after the colon is missing", text);
	if (strlen(rest + 1) >= sizeof t->service)
		return diag_set(d, "the port in -t is too long");
	strcpy(t->service, rest + 1);
	/* A number is checked here: getaddrinfo() takes 65536 for 0. */
	return t->service[strspn(t->service, "0123456789")] != '\0' ||
	       literal_number("the port", t->service, 1, UINT16_MAX, &port, d);
}

bool target_split(const char *text, struct target *t, struct diag *d)
{
	const char *colon = strchr(text, ':'), *host = text, *rest;

	memset(t, 0, sizeof *t);
	if (*text == '[') {
		host = text + 1;
		rest = strchr(host, ']');
		if (!rest)
			return diag_set(d, "\"%s\": the closing bracket is missing", text);
	} else {
		rest = colon && !strchr(colon + 1, ':') ? colon : text + strlen(text);
	}
	if (strchr(text, '/'))
		return diag_set(d, "\"%s\": a host is judged, not a range of addresses or a URL", text);
	if (rest == host)
		return diag_set(d, "\"%s\": the host is missing", text);
	if ((size_t)(rest - host) >= sizeof t->host)
		return diag_set(d, "the host in -t is too long");
	memcpy(t->host, host, (size_t)(rest - host));
	return split_service(text, rest + (*rest == ']'), t, d);
}

static bool resolver_says(const struct target *t, int error, struct diag *d)
{
	switch (error) {
	case EAI_NONAME:
#ifdef EAI_NODATA
	case EAI_NODATA:
#endif
		return diag_set(d, "unknown host \"%s\"", t->host);
	case EAI_SERVICE:
		return diag_set(d, "unknown port \"%s\": a number, or a name of /etc/services", t->service);
	case EAI_AGAIN:
		return diag_set(d, "\"%s\" could not be looked up: the name server does not answer", t->host);
	}
	return diag_set(d, "\"%s\" could not be looked up: %s", t->host, gai_strerror(error));
}

bool target_resolve(struct target *t, struct diag *d)
{
	struct addrinfo hints = {
	    .ai_socktype = SOCK_STREAM, .ai_protocol = IPPROTO_TCP, .ai_flags = AI_NUMERICHOST};
	const char *service = t->service[0] != '\0' ? t->service : NULL;
	struct addrinfo *list = NULL;
	struct addr a;
	uint16_t port;
	int error = getaddrinfo(t->host, service, &hints, &list);

	t->literal = error == 0;
	if (error == EAI_NONAME) {
		hints.ai_flags = 0;
		error = getaddrinfo(t->host, service, &hints, &list);
	}
	if (error != 0)
		return resolver_says(t, error, d);
	for (const struct addrinfo *ai = list; ai; ai = ai->ai_next) {
		const void *place = ai->ai_addr;
		bool six = ai->ai_family == AF_INET6;

		address_from_socket(place, &a, &port);
		/* An IPv4 address mapped into IPv6 is none of IPv6. */
		if (t->addr[six].family != 0 || a.family != (six ? 6 : 4))
			continue;
		t->addr[six] = a;
		t->scope[six] = address_scope(place);
		t->port = port;
	}
	freeaddrinfo(list);
	return t->addr[0].family != 0 || t->addr[1].family != 0 ||
	       diag_set(d, "\"%s\" has neither an IPv4 nor an IPv6 address", t->host);
}
