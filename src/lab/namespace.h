/* Moving this process into namespaces of its own. */
#ifndef FW_NAMESPACE_H
#define FW_NAMESPACE_H

#include <stdbool.h>

#include "base/diag.h"

/* Into a new network namespace: with CAP_SYS_ADMIN and CAP_NET_ADMIN as we
 * are, else within a new user namespace in which our user and group ids stay
 * what they are. False with a sentence that says what to do. */
bool namespace_enter(struct diag *d);

/* A further network namespace, for a child of a process that has entered. */
bool namespace_split(struct diag *d);

#endif
