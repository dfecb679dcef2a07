/* See agent_fixture.h. */
#include "agent_fixture.h"

#include <check.h>
#include <signal.h>
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

const struct addr loopback[2] = {
    {.family = 4, .bytes = {127, 0, 0, 1}},
    {.family = 6, .bytes = {[15] = 1}},
};

struct agent_options options;
pid_t agent;
uint16_t control_port;
struct control *control;

struct ports {
	uint16_t control, data;
};

static void ready(void *context, uint16_t control_at, uint16_t data_at)
{
	struct ports ports = {control_at, data_at};

	(void)!write(*(int *)context, &ports, sizeof ports);
}

void agent_start(void)
{
	struct ports ports;
	int pipe_fds[2];

	ck_assert_int_eq(pipe(pipe_fds), 0);
	agent = fork();
	ck_assert_int_ge(agent, 0);
	if (agent == 0) {
		struct diag why;

		options.ready = ready;
		options.context = &pipe_fds[1];
		if (!agent_serve(&options, &why))
			fprintf(stderr, "%s\n", why.text);
		_exit(0);
	}
	close(pipe_fds[1]);
	ck_assert_int_eq(read(pipe_fds[0], &ports, sizeof ports), sizeof ports);
	close(pipe_fds[0]);
	control_port = ports.control;
}

struct control *agent_control(int family_index)
{
	struct diag why = {.text = ""};
	bool refused;
	struct control *c =
	    control_connect(&(struct control_place){.address = loopback[family_index], .port = control_port},
	                    2000, &refused, &why);

	ck_assert_msg(c, "%s", why.text);
	return c;
}

void agent_test_defaults(void)
{
	agent_defaults(&options);
	options.control_port = options.data_port = 0;
}

void agent_setup(void)
{
	agent_test_defaults();
	agent_start();
	control = agent_control(0);
}

void agent_teardown(void)
{
	int status;

	control_free(control);
	kill(agent, SIGTERM);
	ck_assert_int_eq(waitpid(agent, &status, 0), agent);
	ck_assert(WIFEXITED(status) && WEXITSTATUS(status) == 0);
}

struct ours agent_open_one(int family_index)
{
	return connect_ours(control, &loopback[family_index], &loopback[family_index]);
}
