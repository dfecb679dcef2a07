/* Things by name. */
#ifndef FW_SYMBOLS_H
#define FW_SYMBOLS_H

#include "base/arena.h"
#include "lang/suggest.h"

struct symbols;

/* An empty table; never NULL. Names and items are borrowed. */
struct symbols *symbols_new(struct arena *a);
/* Frees what of it is not the arena's. */
void symbols_free(struct symbols *s);

/* NULL where there is none. */
void *symbols_get(const struct symbols *s, const char *name);
/* The name must be new. */
void symbols_put(struct symbols *s, const char *name, void *item);

/* Offers every name. */
void symbols_offer(const struct symbols *s, struct suggest *suggest);

#endif
