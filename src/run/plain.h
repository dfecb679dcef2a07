/* --provoke: how a plain server, one that nobody can tell what to do, is made
 * to act by bytes of its own protocol in the connection itself. */
#ifndef FW_PLAIN_H
#define FW_PLAIN_H

#include "core/engine.h"
#include "run/options.h"

struct plain {
	bool given;         /* there was a --provoke */
	bool speaks_first;  /* it greets */
	bool closes_on_eof; /* it closes when it reads end-of-file */
	struct {
		uint8_t *bytes; /* NULL: it cannot be made to do this */
		size_t len;
	} inband[PROVOKE_COUNT];
};

/* The most bytes of one provocation: they leave in one segment. */
enum { PLAIN_BYTES_MAX = 1200 };

/* The protocols that are known by name: what makes such a server close, with C escapes and %s for its host
 * (NULL: no bytes do), does it speak first, does it close when it reads end-of-file, its usual ports.
 * banner is SSH, SMTP, FTP and their like. --help and completion read the names here too. */
#define PLAIN_PROTOCOLS(X)                                                                                   \
	X(http, "GET / HTTP/1.1\\r\\nHost: %s\\r\\nUser-Agent: fourwave\\r\\nConnection: close\\r\\n\\r\\n", \
	  false, true, 80, 8000, 8008, 8080)                                                                 \
	X(banner, "QUIT\\r\\n", true, true, 21, 22, 25, 110, 143, 587)                                       \
	X(eof, NULL, false, true, 0)

/* Reads the values of --provoke, in order; a later one overrules an earlier:
 *   http, banner, eof  a protocol, as above
 *   none               nothing is known of it: nothing is asked, nor guessed from its port
 *   KIND=BYTES         BYTES make it do KIND, one of names.h; with C escapes
 *   BYTES              the same as close=BYTES
 * plain_free() in any case. */
bool plain_parse(const struct strings *values, const char *host, struct plain *plain, struct diag *d);

/* The protocol of a server on this port where --provoke was not given; NULL: nobody can tell. */
const char *plain_guess(uint16_t port);

void plain_free(struct plain *plain);

/* C escapes undone: \n \r \t \0 \\ \" \xHH, octal. Returns bytes to be free()d, their
 * number in *len; NULL with d. */
uint8_t *plain_unescape(const char *text, size_t *len, struct diag *d);

#endif
