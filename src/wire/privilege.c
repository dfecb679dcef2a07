/* Capabilities, by libcap-ng. Knows no socket. */
#include <cap-ng.h>
#include <errno.h>
#include <string.h>
#include <sys/prctl.h>

#include "wire/privilege.h"

bool privilege_have_raw(void)
{
	return capng_get_caps_process() == 0 && capng_have_capability(CAPNG_EFFECTIVE, CAP_NET_RAW);
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
