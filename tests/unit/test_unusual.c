/* What is unusual against RFC 9293 in a connection, and what only looks so. */
#include <check.h>

#include "case_lines.h"
#include "suite.h"

static const struct named cases[] = {
    {OPEN "100>F 1|300>F. 1 1|301<F. 1 2|302>. 2 2", CLOSE_THREE,
     "closed by three segments, the client first: the second FIN carried the ACK of the first; closed after "
     "2 ms",
     "the client's segment is a FIN without ACK, which must be dropped (RFC 9293, 3.10.7.4)"},
    {OPEN "100>F. 1 1|101<. 1 2|200>P. 2+5 1|201<. 1 2|300<F. 1 2|301>. 2 2", CLOSE_NORMAL,
     "closed by four segments, the client first; closed after 201 ms",
     "the client's segment has data behind its FIN, which says that there is no more"},
    {OPEN "100>F. 1 1|300>F. 1 1|500>F. 1 1|700>F. 1 1|701<F. 1 2|702>. 2 2", CLOSE_THREE,
     "closed by three segments, the client first: the second FIN carried the ACK of the first; the first FIN "
     "was lost 3 times; closed after 602 ms",
     "the client's segment resends the FIN without back-off: 200 ms after a gap of 200 ms (RFC 6298, 5.5)"},
    {OPEN "100>F. 1 1|101<. 1 9|110<F. 1 2|111>. 2 2", CLOSE_NORMAL,
     "closed by four segments, the client first; closed after 11 ms",
     "the server's segment acknowledges what was never sent, or was not captured"},
    {OPEN "100>S 50|101<. 1 1|200>F. 1 1|201<F. 1 2|202>. 2 2", CLOSE_THREE,
     "closed by three segments, the client first: the second FIN carried the ACK of the first; closed after "
     "2 ms",
     "the client's segment is a SYN in mid-connection"},
    {OPEN "100>R. 1 1|200>P. 1+4 1", CLOSE_RESET, "the client aborted it with RST, with no FIN before",
     "the client's segment comes after its own RST"},
    {OPEN "100>F. 1 1|200>F. 5 1|201<F. 1 2|202>. 2 2", CLOSE_THREE,
     "closed by three segments, the client first: the second FIN carried the ACK of the first; closed after "
     "102 ms",
     "the client's segment is a second FIN with another number"},
    {"0>SF 0|1<R. 0 2", CLOSE_REFUSED, "the server refused the connection with RST",
     "the client's segment has SYN and FIN at once"},
    /* --- a RST that answers a RST; and those that answer something else, or nothing --- */
    {OPEN "1000>R. 1 1|1100<R 1", CLOSE_RESET, "the client aborted it with RST, with no FIN before",
     "the server's segment answers a RST with RST, and that is to be dropped in silence (RFC 9293, "
     "3.10.7.1)"},
    {OPEN "1000>P. 1+5 1|1000>R. 6 1|1100<R 1", CLOSE_RESET,
     "the client aborted it with RST, with no FIN before", NULL},
    {OPEN "1000>R. 1 1|1001<R. 1 1", CLOSE_RESET, "the client aborted it with RST, with no FIN before", NULL},
    /* --- sent again with other octets; a keep-alive's octet is nobody's --- */
    {OPEN "1000>P. 1+5 1 dhello|1200>P. 1+5 1 djello|1300<. 1 6", CLOSE_OPEN, "not closed in the capture",
     "the client's segment has other octets than were sent first with these numbers (RFC 9293, 3.4)"},
    {OPEN "1000>P. 1+5 1 dhello|1001>P. 6+5 1 dworld|1200>P. 3+6 1 dllowoX|1300<. 1 11", CLOSE_OPEN,
     "not closed in the capture",
     "the client's segment has other octets than were sent first with these numbers"},
    {OPEN "1000>P. 1+5 1 dhello|1001>P. 6+5 1 dworld|1200>P. 3+6 1 dllowor|1300<. 1 11", CLOSE_OPEN,
     "not closed in the capture", NULL},
    {OPEN "1000>P. 1+5 1 dhello|1001<. 1 6|5000>. 5+1 1 dX|5001<. 1 6", CLOSE_OPEN,
     "not closed in the capture", NULL},
    /* --- a FIN acknowledged late: alone, with nothing else to tell, and at once --- */
    {OPEN "1000>F. 1 1|3100<. 1 2|3200<F. 1 2|3300>. 2 2", CLOSE_NORMAL,
     "closed by four segments, the client first; closed after 2.3 s",
     "the server's segment acknowledges the FIN after 2100 ms; a delayed ACK takes less than 500 ms (RFC "
     "9293, 3.8.6.3)"},
    {OPEN "1000>F. 1 1|1450<. 1 2|1500<F. 1 2|1501>. 2 2", CLOSE_NORMAL,
     "closed by four segments, the client first; closed after 501 ms", NULL},
    /* an ACK before it may have been lost: behind it are a FIN, data, or a window's opening */
    {OPEN "1000>F. 1 1|3100<F. 1 2|3300>. 2 2", CLOSE_THREE,
     "closed by three segments, the client first: the second FIN carried the ACK of the first; closed after "
     "2.3 s",
     NULL},
    {OPEN "10>P. 1+5 1|11<. 1 6 w9|1000>F. 6 1|3100<. 1 7 w14|3200<F. 1 7|3300>. 7 2", CLOSE_NORMAL,
     "closed by four segments, the client first; closed after 2.3 s", NULL},
    /* nor was it asked again, or data is missing before it */
    {OPEN "1000>F. 1 1|2900>F. 1 1|3100<. 1 2|3200<F. 1 2|3300>. 2 2", CLOSE_NORMAL,
     "closed by four segments, the client first; the first FIN was lost once; closed after 2.3 s", NULL},
    {OPEN "990>P. 1+5 1|1000>F. 6 1|3000>P. 1+5 1|3100<. 1 7|3200<F. 1 7|3300>. 7 2", CLOSE_NORMAL,
     "closed by four segments, the client first; closed after 2.3 s", NULL},
    /* the path itself takes a second */
    {"0>S 0|1000<S. 0 1|1001>. 1 1|2000>F. 1 1|4000<. 1 2|4200<F. 1 2|4201>. 2 2", CLOSE_NORMAL,
     "closed by four segments, the client first; closed after 2.2 s", NULL},
    /* --- into a shut window; a probe, and what crossed the news of it --- */
    {OPEN "1000<. 1 1 w0|1100>F. 1 1|1300>F. 1 1", CLOSE_UNANSWERED,
     "the client closed first; the first FIN was never acknowledged: sent twice in 200 ms; the capture ends "
     "with that",
     "the client's segment was sent into a window that was shut (RFC 9293, 3.8.6)"},
    {OPEN "10>P. 1+5 1|1000<. 1 6 w0|1100>P. 6+50 1|1300<. 1 6 w0", CLOSE_OPEN,
     "not closed in the capture; the window of the server is shut: the client cannot send on",
     "the client's segment was sent into a window that was shut (RFC 9293, 3.8.6)"},
    {OPEN "10>P. 1+5 1|1000<. 1 6 w0|1100>. 6+1 1|1300<. 1 6 w0", CLOSE_OPEN,
     "not closed in the capture; the window of the server is shut: the client cannot send on", NULL},
    {OPEN "10>P. 1+5 1|1000<. 1 6 w0|1001>P. 6+50 1|1300<. 1 6 w0", CLOSE_OPEN,
     "not closed in the capture; the window of the server is shut: the client cannot send on", NULL},
    /* --- timestamps --- */
    {"0>S 0 0 t100|1<S. 0 1 t5000|2>. 1 1 t101|1000>F. 1 1 t5|1001<F. 1 2 t6000|1002>. 2 2 t1102",
     CLOSE_THREE,
     "closed by three segments, the client first: the second FIN carried the ACK of the first; closed after "
     "2 ms",
     "the client's segment has TSval 5, and 101 came before it (RFC 7323, 5.2)"},
    {"0>S 0 0 t4294967290|1<S. 0 1 t5000|2>. 1 1 t5|1000>F. 1 1 t6|1001<F. 1 2 t6000|1002>. 2 2 t7",
     CLOSE_THREE,
     "closed by three segments, the client first: the second FIN carried the ACK of the first; closed after "
     "2 ms",
     NULL},
    /* put in another order on the path */
    {"0>S 0 0 t100|1<S. 0 1 t5000|2>. 1 1 t101|3>P. 6+5 1 t104|4>P. 1+5 1 t103|5<. 1 11 t5005|6<. 1 6 t5004",
     CLOSE_OPEN, "not closed in the capture", NULL},
    {"0>S 0 0 t100|1<S. 0 1 t5000|2>. 1 1 t101|3>P. 1+5 1|4<. 1 6 t5003", CLOSE_OPEN,
     "not closed in the capture",
     "the client's segment has no timestamps, and they were negotiated (RFC 7323, 3.2)"},
    {OPEN "3>P. 1+5 1 t101|4<. 1 6", CLOSE_OPEN, "not closed in the capture",
     "the client's segment has timestamps, and they were not negotiated (RFC 7323, 3.2)"},
    /* --- other options --- */
    {OPEN "3>P. 1+5 1|4<. 1 1 k9", CLOSE_OPEN, "not closed in the capture",
     "the server's segment has SACK, and the other end's SYN did not permit it (RFC 2018, 4)"},
    {OPEN "3>P. 1+5 1 o0204ffff|4<. 1 6", CLOSE_OPEN, "not closed in the capture",
     "the client's segment has an MSS, which belongs into a SYN alone (RFC 9293, 3.2)"},
    {OPEN "3>P. 1+5 1 o03030700|4<. 1 6", CLOSE_OPEN, "not closed in the capture",
     "the client's segment has a window scale, which belongs into a SYN alone (RFC 7323, 2.1)"},
    {OPEN "3>P. 1+5 1 o0101080b|4<. 1 6", CLOSE_OPEN, "not closed in the capture",
     "the client's segment has an option whose length is wrong (RFC 9293, 3.1)"},
    {"0>S 0 0 o02030501|1<S. 0 1|2>. 1 1", CLOSE_OPEN, "not closed in the capture",
     "the client's segment has an option whose length is wrong (RFC 9293, 3.1)"},
    /* --- RST with what cannot be beside it --- */
    {OPEN "1000>FSRP. 1 1", CLOSE_RESET, "the client aborted it with RST, with no FIN before",
     "the client's segment is a RST with SYN or FIN beside it, of which only the RST counts (RFC 9293, "
     "3.10.7.4)"},
    {OPEN "1000>FR. 1 1", CLOSE_RESET, "the client aborted it with RST, with no FIN before",
     "the client's segment is a RST with SYN or FIN beside it, of which only the RST counts (RFC 9293, "
     "3.10.7.4)"},
    /* --- only one direction --- */
    {"0>S 0|2>. 1 1|100>F. 1 1|111>. 2 2", CLOSE_ONE_WAY,
     "only what the client sent is in the capture, not the answers; the client sent a FIN", NULL},
    {"1<S. 0 1|101<. 1 2|110<F. 1 2|310<F. 1 2", CLOSE_ONE_WAY,
     "only what the server sent is in the capture, not the answers; the server sent a FIN, twice in 200 ms",
     NULL},
    {"0>S 0|2>. 1 1|3>P. 1+10 1|500>P. 1+10 1|600>R. 11 1", CLOSE_ONE_WAY,
     "only what the client sent is in the capture, not the answers; the client sent RST", NULL},
    {"0>S 0|2>. 1 1|3>P. 1+10 1", CLOSE_ONE_WAY,
     "only what the client sent is in the capture, not the answers; it sent neither FIN nor RST", NULL},
    {"2>. 1 1|3>P. 1+10 1|4>. 11 20|100>F. 11 20", CLOSE_ONE_WAY,
     "its beginning is not in the capture; only what A sent is in the capture, not the answers; A sent a FIN",
     NULL},
    /* but here nobody may be there */
    {"100>F. 1 1|300>F. 1 1|700>F. 1 1|1500>F. 1 1", CLOSE_UNANSWERED,
     "its beginning is not in the capture; A closed first; the first FIN was never acknowledged: sent 4 "
     "times "
     "in 1.4 s; the capture ends with that",
     NULL},
    /* --- both FINs are told of, whatever became of them --- */
    {OPEN "1000>F. 1 1|1100<F. 1 2|1200>R 2", CLOSE_RESET,
     "the client closed first; the server closed too: the second FIN was not acknowledged; the client then "
     "aborted it with RST; reset after 200 ms",
     NULL},
    {OPEN "1000>F. 1 1|1100<. 1 1|1200<F. 1 1|1300>. 2 2", CLOSE_UNANSWERED,
     "the client closed first; the first FIN was not acknowledged; the server closed too: the second FIN was "
     "acknowledged; the capture ends with that",
     NULL},
};

START_TEST(names) { case_expect(&cases[_i]); }
END_TEST

int main(void)
{
	Suite *suite = suite_create("unusual");
	TCase *tests = tcase_create("unusual");

	tcase_add_loop_test(tests, names, 0, sizeof cases / sizeof *cases);
	suite_add_tcase(suite, tests);
	return suite_run(suite);
}
