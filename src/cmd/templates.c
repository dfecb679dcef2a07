/* The texts of fourwave new. Each one passes fourwave check and plays in the
 * lab, as tests/project/new.sh shows. Writes nothing. */
#include <stddef.h>

#include "cmd/templates.h"

/* What a scenario with each role begins with. */
#define PEER_CLOSES                                                                                          \
	"open                                    # the three-way handshake\n"                                \
	"provoke close                           # the peer's program closes\n"

#define WE_CLOSE                                                                                             \
	"open                                    # the three-way handshake\n"                                \
	"provoke hold                            # the peer's program is not to close by itself\n"

static const struct template templates[] = {
    {0, ROLE_PASSIVE, "The peer closes, then we do", "",
     PEER_CLOSES "expect F. seq rcv.nxt ack snd.nxt within 5s as fin\n"
                 "send . ack fin.end                      # the second wave\n"
                 "send F. ack fin.end as ours             # the third\n"
                 "expect . seq fin.end ack ours.end within 500ms\n"},
    {0, ROLE_ACTIVE, "We close, then the peer does", "",
     WE_CLOSE "send F. as ours                         # the first wave\n"
              "expect . seq rcv.nxt ack ours.end within 500ms\n"
              "provoke close\n"
              "expect F. seq rcv.nxt ack ours.end within 5s as fin\n"
              "send . ack fin.end\n"},
    {0, ROLE_SIMULTANEOUS, "Both close at once: the FINs cross", "",
     PEER_CLOSES "expect F. seq rcv.nxt ack snd.nxt lost within 5s as fin    # it crosses ours\n"
                 "send F. ack fin.seq as ours             # so ours does not acknowledge it\n"
                 "allow F. seq fin.seq ack *              # its FIN again, where our ACK is late\n"
                 "expect . seq fin.end ack ours.end within 500ms\n"
                 "send . seq ours.end ack fin.end\n"},
    {0, ROLE_LISTEN, "The peer connects to us, and closes", "",
     "open                                    # it connects to our port, and we answer\n"
     "provoke close\n"
     "expect F. seq rcv.nxt ack snd.nxt within 5s as fin\n"
     "send F. ack fin.end as ours\n"
     "expect . seq fin.end ack ours.end within 500ms\n"},
    {1, ROLE_PASSIVE, "The peer's FIN is lost: it sends it again", "",
     PEER_CLOSES "expect F. seq rcv.nxt ack snd.nxt lost within 5s as fin\n"
                 "expect retransmit fin lost count 2 backoff 2 +-25%    # each gap twice the one before\n"
                 "expect retransmit fin count 1           # this one arrives\n"
                 "send . ack fin.end\n"},
    {1, ROLE_ACTIVE, "Our FIN is lost: the peer knows nothing, and takes the resend", "",
     WE_CLOSE "send F. lost as first                   # counted as sent; nothing leaves\n"
              "silence 1s\n"
              "state ESTABLISHED                       # where the peer's host can be asked\n"
              "send F. seq first.seq as fin\n"
              "expect . seq rcv.nxt ack fin.end within 500ms\n"},
    {2, ROLE_PASSIVE, "The ACK of the peer's FIN is lost: it sends the FIN again", "",
     PEER_CLOSES "expect F. seq rcv.nxt ack snd.nxt within 5s as fin\n"
                 "send . ack fin.end lost\n"
                 "expect retransmit fin count 2 backoff 2 +-25%\n"
                 "send . ack fin.end                      # one ACK is enough\n"
                 "silence 2s                              # the next resend would have come by now\n"},
    {2, ROLE_ACTIVE, "The ACK of our FIN is lost: it is repeated when asked, and never before", "",
     WE_CLOSE "send F. as fin\n"
              "expect . seq rcv.nxt ack fin.end lost within 500ms as ack\n"
              "silence 1s\n"
              "send F. seq fin.seq                     # the FIN again\n"
              "expect . seq ack.seq ack ack.ack within 500ms\n"},
    {3, ROLE_PASSIVE, "Our FIN is lost: the peer waits in FIN-WAIT-2, and no longer than it should",
     "sysctl   tcp_fin_timeout = 3             # of the peer's host; the lab sets it\n",
     PEER_CLOSES "expect F. seq rcv.nxt ack snd.nxt within 5s as fin\n"
                 "send . ack fin.end\n"
                 "send F. ack fin.end lost as ours\n"
                 "silence 2s\n"
                 "state CLOSED within 4s\n"
                 "send F. seq ours.seq ack fin.end        # too late\n"
                 "expect R seq fin.end within 1s\n"},
    {3, ROLE_ACTIVE, "The peer's FIN is lost: it sends it again from LAST-ACK", "",
     WE_CLOSE "send F. as ours\n"
              "expect . seq rcv.nxt ack ours.end within 500ms\n"
              "provoke close\n"
              "expect F. seq rcv.nxt ack ours.end lost within 5s as fin\n"
              "expect retransmit fin lost count 2 backoff 2 +-25%\n"
              "send . ack fin.end\n"
              "state CLOSED within 1s\n"},
    {4, ROLE_PASSIVE, "The peer's last ACK is lost: our FIN again is acknowledged again", "",
     PEER_CLOSES "expect F. seq rcv.nxt ack snd.nxt within 5s as fin\n"
                 "send . ack fin.end\n"
                 "send F. ack fin.end as ours\n"
                 "expect . seq fin.end ack ours.end lost within 500ms as last\n"
                 "silence 1s                              # TIME-WAIT sends nothing by itself\n"
                 "send F. seq ours.seq ack fin.end\n"
                 "expect . seq last.seq ack last.ack within 500ms\n"},
    {4, ROLE_ACTIVE, "Our last ACK is lost: the peer sends its FIN again", "",
     WE_CLOSE "send F. as ours\n"
              "expect . seq rcv.nxt ack ours.end within 500ms\n"
              "provoke close\n"
              "expect F. seq rcv.nxt ack ours.end within 5s as fin\n"
              "send . ack fin.end lost\n"
              "expect retransmit fin count 2 backoff 2 +-25%\n"
              "send . ack fin.end\n"
              "state CLOSED within 1s\n"},
    {5, ROLE_PASSIVE, "The peer's program is killed: its kernel closes for it", "",
     "open                                    # the three-way handshake\n"
     "provoke crash                           # nothing waits unread, so a FIN comes and no RST\n"
     "expect F. seq rcv.nxt ack snd.nxt within 5s as fin\n"
     "send F. ack fin.end as ours\n"
     "expect . seq fin.end ack ours.end within 500ms\n"},
    {5, ROLE_ACTIVE, "The peer's program is killed after our FIN: its kernel closes for it", "",
     WE_CLOSE "send F. as ours\n"
              "expect . seq rcv.nxt ack ours.end within 500ms\n"
              "provoke crash\n"
              "expect F. seq rcv.nxt ack ours.end within 5s as fin\n"
              "send . ack fin.end\n"},
};

const struct template *template_find(int row, enum role role)
{
	for (size_t i = 0; i < sizeof templates / sizeof *templates; i++)
		if (templates[i].row == row && templates[i].role == role)
			return &templates[i];
	return NULL;
}
