/* Is a verdict to be believed: has the agent seen this connection at all? Sends nothing to the peer's port.
 */
#include <stdio.h>

#include "base/duration.h"
#include "report/words.h"
#include "run/play.h"

/* An agent that does not say it by then is not waited for: the run has its verdict. */
#define SEEN_WAITS_NS (2 * NS_PER_S)

/* --- the agent's end of the path --- */

bool play_awaits_agent(struct play *p, int64_t now_ns)
{
	struct channel *c = p->job->site->channel;
	bool well = engine_verdict(p->engine)->kind == VERDICT_PASS && p->job->site->agent_sees;

	if (p->seen_id != 0)
		return now_ns < p->seen_until_ns;
	if (p->seen_asked || well || !p->completed || !c || c->gone || p->job->site->host)
		return false;
	p->seen_asked = true;
	p->seen_id = control_ask(c->control, VERB_STATE, &p->local.addr, p->local.port);
	p->seen_until_ns = now_ns + SEEN_WAITS_NS;
	return p->seen_id != 0;
}

void play_was_seen(struct plays *all, struct play *p, const struct control_reply *reply, int64_t now_ns)
{
	struct site *site = p->job->site;
	char from[ENDPOINT_TEXT_BYTES] = "";
	struct reason why;

	site->agent_sees = site->agent_sees || reply->ok;
	if (!reply->unseen)
		return;
	if (reply->other.family)
		endpoint_text(&reply->other, reply->other_port, from);
	why = reason_text_of(CODE_PATH_NAT, from);
	why.n[0] = reply->other.family != 0;
	if (!reply->other.family) {
		play_abort(p, now_ns, why);
		return;
	}
	/* So it is with each connection that way. */
	site->trouble = VERDICT_ERROR;
	site->why = why;
	for (struct play *q = all->list; q; q = q->next)
		if (q->job->site == site)
			play_abort(q, now_ns, why);
}
