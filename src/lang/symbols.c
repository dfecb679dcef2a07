/* Names in a uthash table; the nodes are an arena's. */
#include "lang/symbols.h"

#include <stdlib.h>
#include <string.h>

#define uthash_fatal(text) abort()
#include <uthash.h>

struct node {
	const char *name;
	void *item;
	UT_hash_handle hh;
};

struct symbols {
	struct arena *arena;
	struct node *head;
};

struct symbols *symbols_new(struct arena *a)
{
	struct symbols *s = arena_alloc(a, sizeof *s);

	s->arena = a;
	return s;
}

void symbols_free(struct symbols *s) { HASH_CLEAR(hh, s->head); }

void *symbols_get(const struct symbols *s, const char *name)
{
	struct node *n;

	HASH_FIND_STR(s->head, name, n);
	return n ? n->item : NULL;
}

void symbols_put(struct symbols *s, const char *name, void *item)
{
	struct node *n = arena_alloc(s->arena, sizeof *n);

	n->name = name;
	n->item = item;
	HASH_ADD_KEYPTR(hh, s->head, n->name, strlen(n->name), n);
}

void symbols_offer(const struct symbols *s, struct suggest *suggest)
{
	for (const struct node *n = s->head; n; n = n->hh.next)
		suggest_offer(suggest, n->name);
}
