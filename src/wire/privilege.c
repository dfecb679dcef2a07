/* Capabilities, by libcap-ng. Knows no socket. */
#include <cap-ng.h>
#include <errno.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "wire/privilege.h"

static bool have_capability(void)
{
	return capng_get_caps_process() == 0 && capng_have_capability(CAPNG_EFFECTIVE, CAP_NET_RAW);
}

bool privilege_have_raw(void)
{
	int fd = have_capability() ? socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC, 0) : -1;
	bool may = fd >= 0 || (have_capability() && errno != EPERM);

	if (fd >= 0)
		close(fd);
	return may;
}

const char *privilege_advice(void)
{
	if (have_capability())
		return "this user namespace has no right to its network: run it as root outside of it; "
		       "with no target the lab needs no root";
	return "run it as root, or once: setcap cap_net_raw=ep fourwave; with no target the lab needs no "
	       "root";
}

bool privilege_drop(struct diag *d)
{
	capng_select_t sets = CAPNG_SELECT_CAPS;

	if (capng_get_caps_process() != 0)
		return diag_set(d, "the process's capabilities cannot be read");
	/* The bounding set can only be emptied by who may set capabilities; with no_new_privs
	 * it does not matter for the others. */
	if (capng_have_capability(CAPNG_EFFECTIVE, CAP_SETPCAP))
		sets = CAPNG_SELECT_ALL;
	capng_clear(sets);
	if (capng_apply(sets) != 0)
		return diag_set(d, "the process's capabilities cannot be dropped: %s", strerror(errno));
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0)
		return diag_set(d, "no_new_privs cannot be set: %s", strerror(errno));
	return true;
}
