/* The agent's control channel before the scenarios begin: asking for sysctls,
 * each once. Knows nothing of scenarios. */
#include "run/channel.h"

#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "lab/sysctl.h"

enum { ANSWER_MS = 5000 };

struct sysctl_known {
	char *name;
	bool ok;
	char text[CONTROL_TEXT_BYTES];
};

void channel_close(struct channel *c)
{
	for (size_t i = 0; i < c->known_count; i++)
		free(c->known[i].name);
	free(c->known);
	control_free(c->control);
	c->control = NULL;
}

/* Waits for the reply to one request; nothing else is under way. */
static bool await(struct channel *c, unsigned id, struct control_reply *reply)
{
	struct pollfd p = {.fd = control_fd(c->control)};
	int got;

	while ((got = control_read(c->control, reply, &c->why)) >= 0) {
		if (got == 1 && reply->id == id)
			return true;
		if (got == 1)
			continue;
		p.events = POLLIN;
		if (control_wants_write(c->control)) {
			p.events |= POLLOUT;
			control_flush(c->control);
		}
		if (poll(&p, 1, ANSWER_MS) <= 0)
			return diag_set(&c->why, "fourwave peer on the target does not answer");
	}
	return false;
}

/* NULL: the channel is gone. */
static const struct sysctl_known *ask(struct channel *c, const char *name)
{
	struct control_reply reply;
	struct sysctl_known *k;
	unsigned id;

	for (size_t i = 0; i < c->known_count; i++)
		if (strcmp(c->known[i].name, name) == 0)
			return &c->known[i];
	id = c->gone ? 0 : control_get_sysctl(c->control, name);
	if (id == 0 && !c->gone)
		diag_set(&c->why, "the control channel to fourwave peer has ended");
	if (id == 0 || !await(c, id, &reply)) {
		c->gone = true;
		return NULL;
	}
	k = LIST_ADD(c->known, c->known_count, c->known_room);
	k->name = memory_text(name);
	k->ok = reply.ok;
	snprintf(k->text, sizeof k->text, "%s", reply.text);
	return k;
}

struct reason sysctl_reason(enum code code, const char *name, const char *wanted, const char *got)
{
	char setting[DATUM_TEXT_BYTES];

	snprintf(setting, sizeof setting, "%s=%s", name, wanted);
	return reason_field(code, DIFFERS_SYSCTL, datum_notation(setting),
	                    got ? datum_notation(got) : datum_of(DATUM_NONE, 0, 0));
}

bool channel_sysctl(struct channel *c, const char *name, const char *value, struct reason *why)
{
	const struct sysctl_known *k = ask(c, name);
	char wanted[SYSCTL_VALUE_BYTES];

	if (!k) {
		*why = reason_text_of(CODE_AGENT_GONE, c->why.text);
		return false;
	}
	sysctl_canonical(value, wanted);
	if (k->ok && strcmp(k->text, wanted) == 0)
		return true;
	*why = sysctl_reason(k->ok ? CODE_SYSCTL_DIFFERS : CODE_SYSCTL_UNREADABLE, name, wanted,
	                     k->ok ? k->text : NULL);
	if (!k->ok)
		snprintf(why->text, sizeof why->text, "%s", k->text);
	return false;
}
