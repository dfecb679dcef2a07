/* Opens a lab with two hosts and a connection to each, says so, and waits to be killed (or, with "close",
 * closes it). Further arguments only mark its processes. For test_lab_left.sh. */
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/address.h"
#include "lab/control.h"
#include "lab/lab.h"

/* Until the process goes. */
static struct control *channels[2];

static bool connect_to(const struct lab_host *host, int i, struct diag *d)
{
	struct control *c = channels[i] = control_adopt(host->control, d);
	struct sockaddr_storage where;
	struct addr address;
	uint16_t port;
	socklen_t len = address_to_socket(&host->local[0], 0, &where);
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	if (!c || bind(fd, (struct sockaddr *)&where, len) < 0 ||
	    getsockname(fd, (struct sockaddr *)&where, &len) < 0)
		return false;
	address_from_socket(&where, &address, &port);
	control_ask(c, VERB_CLAIM, &address, port);
	poll(NULL, 0, 50);
	len = address_to_socket(&host->remote[0], host->data_port, &where);
	return connect(fd, (struct sockaddr *)&where, len) == 0;
}

int main(int argc, char **argv)
{
	const struct sysctl_setting quick = {.name = "tcp_fin_timeout", .value = "3"};
	const struct lab_host *host;
	struct diag why = {.text = "connect"};
	struct lab *lab = lab_open(NULL, &why);

	if (!lab) {
		printf("skip %s\n", why.text);
		return 77;
	}
	if (lab_host(lab, NULL, 0, 0, &host, &why) != LAB_OK || !connect_to(host, 0, &why) ||
	    lab_host(lab, &quick, 1, 0, &host, &why) != LAB_OK || !connect_to(host, 1, &why)) {
		printf("failed %s\n", why.text);
		return 1;
	}
	poll(NULL, 0, 50);
	puts("ready");
	fflush(stdout);
	if (argc > 1 && strcmp(argv[1], "close") == 0)
		lab_close(lab);
	else
		poll(NULL, 0, 60000);
	return 0;
}
