/* --provoke: how a plain server or client, one that nobody can tell what to do, is made
 * to act by bytes of its own protocol in the connection itself. */
#ifndef FW_PLAIN_H
#define FW_PLAIN_H

#include "core/engine.h"
#include "run/options.h"

struct plain {
	bool given;                 /* there was a --provoke */
	bool speaks_first;          /* it greets */
	bool closes_on_eof;         /* it closes when it reads end-of-file */
	int signals[PROVOKE_COUNT]; /* what makes a program in the lab do it; 0: no signal was named */
	struct plain_bytes {
		uint8_t *bytes; /* NULL: it cannot be made to do this */
		size_t len;     /* 0: it does so by itself */
	} inband[PROVOKE_COUNT];
	/* Of a client, which is told by what its server says: */
	bool client_speaks;        /* it says something as soon as it is connected */
	struct plain_bytes answer; /* makes it close */
};

/* What makes it do that, a client or a server. */
struct plain_bytes plain_bytes(const struct plain *plain, enum provoke kind, bool client);

/* The most bytes of one provocation: they leave in one segment. */
enum { PLAIN_BYTES_MAX = 1200 };

/* The protocols that are known by name: what makes such a server close, with C escapes and %s for its host
 * (NULL: no bytes do), what its client (NULL: nothing is known that does), does the server speak first, does
 * it close when it reads end-of-file, its usual ports. Who closes with bytes of ours unread resets (RFC 9293,
 * 3.6.1): each of these is read to its end. --help and completion read the names here too.
 *
 * banner      SSH, SMTP, POP3, FTP, NNTP and their like
 * tls         a handshake message that no client sends (RFC 8446, 5.2: record, type 14, no content); to a
 *             client the alert handshake_failure (6.2)
 * postgresql  a CancelRequest for a process that is not there
 * mysql       COM_QUIT where the greeting is to be answered
 * mqtt        CONNECT with protocol level 99, which must be refused (MQTT 3.1.1, 3.1.2.2); to a client
 *             CONNACK that refuses (3.2.2.3)
 * ldap        an UnbindRequest (RFC 4511, 4.3) */
#define PLAIN_GENERAL(X)                                                                                     \
	X(http, "GET / HTTP/1.1\\r\\nHost: %s\\r\\nUser-Agent: fourwave\\r\\nConnection: close\\r\\n\\r\\n", \
	  "HTTP/1.1 200 OK\\r\\nContent-Length: 0\\r\\nConnection: close\\r\\n\\r\\n", false, true, 80,      \
	  8000, 8008, 8080)                                                                                  \
	X(banner, "QUIT\\r\\n", "421 closing\\r\\n", true, true, 21, 22, 25, 110, 119, 587)                  \
	X(imap, "a LOGOUT\\r\\n", "* BYE closing\\r\\n", true, true, 143)                                    \
	X(tls, "\\x16\\x03\\x01\\x00\\x04\\x0e\\x00\\x00\\x00", "\\x15\\x03\\x03\\x00\\x02\\x02\\x28",       \
	  false, true, 443, 465, 636, 853, 990, 993, 995, 8443)                                              \
	X(eof, NULL, NULL, false, true, 0)
#define PLAIN_SERVICES(X)                                                                                    \
	X(postgresql, "\\x00\\x00\\x00\\x10\\x04\\xd2\\x16\\x2e\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x00",    \
	  NULL, false, true, 5432)                                                                           \
	X(mysql, "\\x01\\x00\\x00\\x01\\x01", NULL, true, true, 3306)                                        \
	X(redis, "QUIT\\r\\n", "-ERR closing\\r\\n", false, true, 6379)                                      \
	X(memcached, "quit\\r\\n", NULL, false, true, 11211)                                                 \
	X(mqtt, "\\x10\\x0c\\x00\\x04MQTT\\x63\\x02\\x00\\x3c\\x00\\x00", "\\x20\\x02\\x00\\x03", false,     \
	  true, 1883)                                                                                        \
	X(ldap, "\\x30\\x05\\x02\\x01\\x01\\x42\\x00", NULL, false, true, 389)
#define PLAIN_PROTOCOLS(X) PLAIN_GENERAL(X) PLAIN_SERVICES(X)

/* Reads the values of --provoke, in order; a later one overrules an earlier:
 *   http ... eof       a protocol, as above
 *   none               nothing is known of it: nothing is asked, nor guessed from its port
 *   KIND=BYTES         BYTES make it do KIND, one of names.h; with C escapes; none: it does so by itself
 *   KIND=SIGTERM       a signal does, to a program in the lab
 *   BYTES              the same as close=BYTES
 * plain_free() in any case. */
bool plain_parse(const struct strings *values, const char *host, struct plain *plain, struct diag *d);

/* The protocol of a server on this port where --provoke was not given; "eof" where the port tells nothing:
 * most servers close when their client does. */
const char *plain_guess(uint16_t port);

void plain_free(struct plain *plain);

/* C escapes undone: \n \r \t \0 \\ \" \xHH, octal. Returns bytes to be free()d, their
 * number in *len; NULL with d. */
uint8_t *plain_unescape(const char *text, size_t *len, struct diag *d);

#endif
