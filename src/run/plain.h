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

/* Reads the values of --provoke, in order; a later one overrules an earlier:
 *   http      a request with "Connection: close" makes it close; it closes on
 *             end-of-file
 *   banner    it speaks first (SSH, SMTP, FTP ...), "QUIT" makes it close, as
 *             does end-of-file
 *   eof       it closes on end-of-file
 *   none      nothing is known of it: nothing is asked, nor guessed from its port
 *   KIND=BYTES  BYTES make it do KIND, one of names.h; with C escapes
 *   BYTES     the same as close=BYTES
 * host is put into the request for http. plain_free() in any case. */
bool plain_parse(const struct strings *values, const char *host, struct plain *plain, struct diag *d);

/* What a server on this port is taken for where --provoke was not given:
 * "http", "banner", or NULL: nobody can tell. */
const char *plain_guess(uint16_t port);

void plain_free(struct plain *plain);

/* C escapes undone: \n \r \t \0 \\ \" \xHH, octal. Returns malloc()ed bytes, their
 * number in *len; NULL with d. */
uint8_t *plain_unescape(const char *text, size_t *len, struct diag *d);

#endif
