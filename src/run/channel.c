/* The agent's control channel before the scenarios begin: asking for sysctls,
 * each once. Knows nothing of scenarios. */
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <uthash.h>

#include "lab/sysctl.h"
#include "run/channel.h"

enum { ANSWER_MS = 5000 };

struct sysctl_known {
	char *name; /* the key */
	bool ok;
	char text[CONTROL_TEXT_BYTES];
	UT_hash_handle hh;
};

void channel_init(struct channel *c, struct control *control)
{
	memset(c, 0, sizeof *c);
	c->control = control;
}

void channel_close(struct channel *c)
{
	struct sysctl_known *k, *next;

	HASH_ITER(hh, c->known, k, next)
	{
		HASH_DEL(c->known, k);
		free(k->name);
		free(k);
	}
	control_free(c->control);
	c->control = NULL;
}

/* Waits for the reply to one request; nothing else is under way. */
static bool await(struct channel *c, unsigned id, struct control_reply *reply)
{
	for (;;) {
		int got = control_read(c->control, reply, &c->why);
		if (got < 0)
			return false;
		if (got == 1 && reply->id == id)
			return true;
		if (got == 1)
			continue;
		struct pollfd p = {.fd = control_fd(c->control), .events = POLLIN};
		if (control_wants_write(c->control)) {
			p.events |= POLLOUT;
			control_flush(c->control);
		}
		if (poll(&p, 1, ANSWER_MS) <= 0)
			return diag_set(&c->why, "fourwave peer on the target does not answer");
	}
}

static struct sysctl_known *ask(struct channel *c, const char *name)
{
	struct control_reply reply;
	struct sysctl_known *k;

	HASH_FIND_STR(c->known, name, k);
	if (k)
		return k;
	unsigned id = control_get_sysctl(c->control, name);
	if (id == 0)
		diag_set(&c->why, "the control channel to fourwave peer has ended");
	if (id == 0 || !await(c, id, &reply)) {
		c->gone = true;
		return NULL;
	}
	k = calloc(1, sizeof *k);
	if (!k)
		return NULL;
	k->name = strdup(name);
	k->ok = reply.ok;
	snprintf(k->text, sizeof k->text, "%s", reply.text);
	if (!k->name) {
		free(k);
		return NULL;
	}
	HASH_ADD_KEYPTR(hh, c->known, k->name, strlen(k->name), k);
	return k;
}

enum channel_answer channel_sysctl(struct channel *c, const char *name, const char *value, struct diag *d)
{
	char wanted[SYSCTL_VALUE_BYTES];

	if (c->gone) {
		*d = c->why;
		return CHANNEL_GONE;
	}
	const struct sysctl_known *k = ask(c, name);
	if (!k) {
		*d = c->why;
		return CHANNEL_GONE;
	}
	sysctl_canonical(value, wanted);
	if (k->ok && strcmp(k->text, wanted) == 0)
		return CHANNEL_YES;
	if (k->ok)
		diag_set(d, "needs %s=%s on the target, where it is %s: set it there with sysctl", name,
		         wanted, k->text);
	else
		diag_set(d, "needs %s=%s on the target, and it can't be read there: %s", name, wanted,
		         k->text);
	return CHANNEL_NO;
}
