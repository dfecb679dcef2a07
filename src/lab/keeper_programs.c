/* How the programs of a keeper begin, come up and end. Knows no request. */
#include "lab/keeper_impl.h"

#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/duration.h"
#include "base/memory.h"

struct kept_program *keeper_new_program(struct keeper *k)
{
	struct kept_program *p = memory_new(1, sizeof *p);

	p->program.command = k->what->command;
	p->program.keeps = k->options->inherited;
	p->program.output = -1;
	p->program.alone = !k->what->client;
	p->next = k->programs;
	k->programs = p;
	return p;
}

bool keeper_reap(struct keeper *k)
{
	struct signalfd_siginfo info;
	int status;
	pid_t pid;

	while (read(k->signals, &info, sizeof info) == sizeof info)
		;
	while ((pid = waitpid(-1, &status, WNOHANG)) > 0)
		for (struct kept_program *p = k->programs; p; p = p->next)
			if (p->program.pid == pid)
				program_ended(&p->program, status);
	return pid == 0;
}

bool keeper_ended_badly(const struct program *p)
{
	return !p->pid && !(WIFEXITED(p->status) && WEXITSTATUS(p->status) == 0);
}

void keeper_await_gone(struct keeper *k, int most_ms)
{
	int64_t until_ns = clock_mono_ns() + most_ms * NS_PER_MS;

	while (keeper_reap(k) && clock_mono_ns() < until_ns)
		poll(&(struct pollfd){.fd = k->signals, .events = POLLIN}, 1, LOOK_MS);
}

static bool look_for_listeners(struct keeper *k, bool *settled, struct diag *d)
{
	struct listener list[LISTENERS_MAX];
	size_t count;

	*settled = false;
	memset(list, 0, sizeof list);
	if (!states_listeners(list, &count, d))
		return false;
	if (count != k->seen_count || memcmp(list, k->seen, sizeof list) != 0) {
		k->seen_since_ns = clock_mono_ns();
		k->seen_count = count;
		memcpy(k->seen, list, sizeof list);
	}
	*settled = clock_mono_ns() - k->seen_since_ns >= SETTLED_MS * NS_PER_MS;
	return listening_judge(list, count, k->options->own, k->what->port, &k->where, d);
}

static bool is_as_before(const struct keeper *k)
{
	const struct listening *found = &k->what->found, *now = &k->where;

	return found->port && found->port == now->port && found->family[0] == now->family[0] &&
	       found->family[1] == now->family[1];
}

/* Until the server listens. A shell that ended may have left one in the background. */
static bool await_listening(struct keeper *k, struct diag *d)
{
	struct program *p = &k->programs->program;
	int64_t until_ns = clock_mono_ns() + k->what->patience_ns;
	char story[DIAG_TEXT_BYTES];
	struct diag why;

	for (bool settled, some = true; clock_mono_ns() < until_ns && !k->lines.gone;) {
		bool ready = look_for_listeners(k, &settled, &why);

		if (ready && (settled || is_as_before(k)))
			return true;
		some = keeper_reap(k);
		if ((!some || keeper_ended_badly(p)) && !ready)
			return diag_set(d, "the program of --serve %s",
			                program_story(p, story, sizeof story));
		program_hear(p);
		poll(&(struct pollfd){.fd = k->options->channel, .events = POLLRDHUP}, 1, LOOK_MS);
	}
	program_story(p, story, sizeof story);
	return diag_set(d, "the program of --serve does not come up within %g s: %s%s%s",
	                seconds(k->what->patience_ns), why.text, *story ? "; it " : "", story);
}

bool keeper_start_server(struct keeper *k, struct diag *d)
{
	struct kept_program *p = k->programs ? k->programs : keeper_new_program(k);

	k->seen_since_ns = clock_mono_ns();
	if (!program_start(&p->program, d))
		return false;
	/* This kernel sees nothing of such a stack: the tester waits for it. */
	if (!k->what->tap)
		return await_listening(k, d);
	close(k->options->inherited);
	return true;
}
