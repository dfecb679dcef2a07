/* Tries the lab: in a child, because entering namespaces is for good. */
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "lab/lab.h"
#include "cmd/doctor.h"

/* What the child writes into the pipe. */
struct lab_answer {
	bool made, family[2];
	struct diag why;
};

static void try_lab(struct lab_answer *a)
{
	struct lab *lab = lab_open(&a->why);
	const struct lab_host *host = NULL;

	if (lab && lab_host(lab, NULL, 0, &host, &a->why) == LAB_OK) {
		a->made = true;
		a->family[0] = host->remote[0].family != 0;
		a->family[1] = host->remote[1].family != 0;
	}
	lab_close(lab);
}

static bool ask_child(struct lab_answer *a)
{
	int ends[2], status;

	memset(a, 0, sizeof *a);
	fflush(NULL);
	if (pipe(ends) < 0)
		return diag_set(&a->why, "no pipe to a child process could be made");
	pid_t child = fork();
	if (child == 0) {
		close(ends[0]);
		try_lab(a);
		_exit(write(ends[1], a, sizeof *a) == sizeof *a ? 0 : 1);
	}
	close(ends[1]);
	bool whole = child > 0 && read(ends[0], a, sizeof *a) == sizeof *a;
	close(ends[0]);
	if (child > 0)
		waitpid(child, &status, 0);
	return whole || diag_set(&a->why, "a child process to try it in could not be run");
}

bool doctor_lab(struct findings *f)
{
	struct lab_answer a;

	if (!ask_child(&a) || !a.made) {
		findings_add(f, FINDING_NO, "lab", "%s", a.why.text);
		return false;
	}
	findings_add(f, FINDING_OK, "lab", "namespaces of our own%s: fourwave run and table need no target",
	             geteuid() == 0 ? "" : ", without root");
	for (int i = 0; i < 2; i++)
		if (!a.family[i])
			findings_add(
			    f, FINDING_NO, i == 0 ? "lab, IPv4" : "lab, IPv6",
			    "this kernel gives none there: is it switched off on the kernel's command "
			    "line (ipv6.disable)?");
	return true;
}
