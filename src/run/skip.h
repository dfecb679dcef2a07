/* What a target can't be asked, found out before anything is sent. */
#ifndef FW_SKIP_H
#define FW_SKIP_H

#include "run/job.h"

/* Settles the job as a skip (or an error) where its site has trouble, or its
 * peer can't do what the scenario needs; the reason says what is needed and
 * how to get it. May ask the agent for sysctls, and blocks then. */
void skip_judge(struct job *job, const struct world *w);

#endif
