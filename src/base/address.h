/* Addresses of hosts, as values, as text, and as the socket calls want them. IPv4 addresses
 * mapped into IPv6 (::ffff:192.0.2.1) come out as IPv4. */
#ifndef FW_ADDRESS_H
#define FW_ADDRESS_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/socket.h>

/* An IPv4 or IPv6 address; family is 4 or 6, or 0 for "none". IPv4 uses the
 * first four bytes, the rest are 0. Network byte order. */
struct addr {
	uint8_t family;
	uint8_t bytes[16];
};

enum { ADDR_TEXT_BYTES = 46 };

bool addr_equal(const struct addr *a, const struct addr *b);

/* Writes the address as text ("192.0.2.1", "2001:db8::1") and returns buf. */
const char *addr_text(const struct addr *a, char buf[ADDR_TEXT_BYTES]);

/* Fills in a socket address; returns its length. family must be 4 or 6. */
socklen_t address_to_socket(const struct addr *a, uint16_t port, struct sockaddr_storage *out);

/* The reverse; port may be NULL. Another family than IPv4 or IPv6 gives family 0. */
void address_from_socket(const struct sockaddr_storage *in, struct addr *out, uint16_t *port);

/* The interface that a link-local IPv6 address belongs to (sin6_scope_id); 0: none is
 * named. Setting it changes IPv6 only. */
unsigned address_scope(const struct sockaddr_storage *in);
void address_set_scope(struct sockaddr_storage *out, unsigned scope);
bool address_is_link_local(const struct addr *a); /* fe80::/10 */

/* "192.0.2.1", "2001:db8::1", "::ffff:192.0.2.1". No names. */
bool address_parse(const char *text, struct addr *out);

bool address_is_loopback(const struct addr *a);
bool address_is_any(const struct addr *a); /* 0.0.0.0 or :: */

#endif
