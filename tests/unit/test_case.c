/* Cases of the close, each written down as its segments with the name that it
 * must get. Times are milliseconds, numbers relative to the ISNs; '>' is from
 * the client. After the ACK "w0" is a window that is shut, "k9" a SACK block up to 9, "t7" a
 * timestamp, "oHEX" options as they are, "dTEXT" the data's bytes. "=" is no segment but when
 * the capture ended, which is else at the last one. Played at three places of the sequence
 * space, one of them at its end. */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "read/close_case.h"
#include "suite.h"

enum { SEGMENTS_MAX = 64 };

struct named {
	const char *segments; /* "TIME>FLAGS SEQ[+LEN] [ACK] [w|k|t|o|d...]", "|" between */
	enum close_kind kind;
	const char *text;
	const char *unusual; /* part of the first, or NULL: none */
};

#define OPEN "0>S 0|1<S. 0 1|2>. 1 1|"
#define SACKS "0>S 0 0 o04020101|1<S. 0 1 o04020101|2>. 1 1|"

static const struct named cases[] = {
    /* --- nothing lost --- */
    {OPEN "100>F. 1 1|101<. 1 2|110<F. 1 2|111>. 2 2", CLOSE_NORMAL,
     "closed by four segments, the client first; closed after 11 ms", NULL},
    {OPEN "100<F. 1 1|101>. 1 2|110>F. 1 2|111<. 2 2", CLOSE_NORMAL,
     "closed by four segments, the server first; closed after 11 ms", NULL},
    {OPEN "100>F. 1 1|101<F. 1 2|102>. 2 2", CLOSE_THREE,
     "closed by three segments, the client first: the second FIN carried the ACK of the first; "
     "closed after 2 ms",
     NULL},
    {OPEN "100>F. 1 1|100<F. 1 1|101>. 2 2|101<. 2 2", CLOSE_SIMULTANEOUS,
     "both closed at once: the FINs crossed; closed after 1 ms", NULL},
    {OPEN
     "10>P. 1+100 1|11<. 1 101|12<P. 1+500 101|13<FP. 501+20 101|14>. 101 522|15>F. 101 522|16<. 522 102",
     CLOSE_NORMAL, "closed by four segments, the server first; closed after 3 ms", NULL},
    /* --- the first wave is lost --- */
    {OPEN "100>F. 1 1|300>F. 1 1|301<. 1 2|302<F. 1 2|303>. 2 2", CLOSE_NORMAL,
     "closed by four segments, the client first; the first FIN was lost once; closed after 203 ms", NULL},
    {OPEN "100<F. 1 1|306<F. 1 1|712<F. 1 1|713>. 1 2|720>F. 1 2|721<. 2 2", CLOSE_NORMAL,
     "closed by four segments, the server first; the first FIN was lost twice; closed after 621 ms", NULL},
    {OPEN "100>F. 1 1|300>F. 1 1|700>F. 1 1|1500>F. 1 1", CLOSE_UNANSWERED,
     "the client closed first; the first FIN was never acknowledged: sent 4 times in 1.4 s; the capture ends "
     "with that",
     NULL},
    {OPEN "100>F. 1 1|300>F. 1 1|5300=", CLOSE_UNANSWERED,
     "the client closed first; the first FIN was never acknowledged: sent twice in 200 ms; the capture goes "
     "on for 5 s",
     NULL},
    {OPEN "100>F. 1 1", CLOSE_UNANSWERED,
     "the client closed first; the first FIN was not acknowledged; the capture ends with that", NULL},
    {OPEN "100<F. 1 1|300<F. 1 1|700<F. 1 1|9000>. 1 2|9001<R 2", CLOSE_RESET,
     "the server closed first; the first FIN was never acknowledged: sent 3 times in 600 ms; the server had "
     "given up: a late segment met RST; reset after 8.9 s",
     NULL},
    /* the ACK of it, and the FIN behind that, which overtook the ACK */
    {OPEN "100>F. 1 1|305>F. 1 1|310<F. 1 2|310<. 1 2|311>. 2 2", CLOSE_THREE,
     "closed by three segments, the client first: the second FIN carried the ACK of the first; the first FIN "
     "was lost once; closed after 211 ms",
     NULL},
    /* --- its ACK is lost --- */
    {OPEN "100>F. 1 1|101<. 1 2|300>F. 1 1|301<. 1 2|302<F. 1 2|303>. 2 2", CLOSE_NORMAL,
     "closed by four segments, the client first; the ACK of the first FIN was lost once; closed after 203 ms",
     NULL},
    {OPEN "100>F. 1 1|200>F. 1 1|201<. 1 2|400>F. 1 1|401<. 1 2|402<F. 1 2|403>. 2 2", CLOSE_NORMAL,
     "closed by four segments, the client first; the first FIN was lost once; the ACK of the first FIN was "
     "lost once; closed after 303 ms",
     NULL},
    /* --- the third wave is lost --- */
    {OPEN "100>F. 1 1|101<. 1 2|110<F. 1 2|310<F. 1 2|710<F. 1 2|711>. 2 2", CLOSE_NORMAL,
     "closed by four segments, the client first; the second FIN was lost twice; closed after 611 ms", NULL},
    {OPEN "100>F. 1 1|101<. 1 2|110<F. 1 2|310<F. 1 2|710<F. 1 2", CLOSE_UNANSWERED,
     "the client closed first; the second FIN was never acknowledged: sent 3 times in 600 ms; the capture "
     "ends "
     "with that",
     NULL},
    {OPEN "100<F. 1 1|101>. 1 2|60000>F. 1 2|60001<R 2", CLOSE_RESET,
     "the server closed first; the server answered a late segment with RST: its end was gone already; "
     "reset after 59.9 s",
     NULL},
    {OPEN "100>F. 1 1|101<. 1 2|110<F. 1 2|310<F. 1 2|710<F. 1 2|5000>. 2 2|5001<R 2", CLOSE_RESET,
     "the client closed first; the second FIN was never acknowledged: sent 3 times in 600 ms; the server had "
     "given up: a late segment met RST; reset after 4.9 s",
     NULL},
    /* --- the last ACK is lost --- */
    {OPEN "100>F. 1 1|101<. 1 2|110<F. 1 2|111>. 2 2|310<F. 1 2|311>. 2 2", CLOSE_NORMAL,
     "closed by four segments, the client first; the last ACK was lost once; closed after 211 ms", NULL},
    {OPEN "100>F. 1 1|101<. 1 2|110<F. 1 2|311<F. 1 2|711<F. 1 2|712>. 2 2|1500<F. 1 2|1501>. 2 2",
     CLOSE_NORMAL,
     "closed by four segments, the client first; the second FIN was lost twice; the last ACK was lost once; "
     "closed after 1.4 s",
     NULL},
    {OPEN "100>F. 1 1|101<F. 1 2|102>. 2 2|302<F. 1 2|303>. 2 2|703<F. 1 2|704>. 2 2", CLOSE_THREE,
     "closed by three segments, the client first: the second FIN carried the ACK of the first; the last ACK "
     "was lost twice; closed after 604 ms",
     NULL},
    /* --- data before the FIN is lost, the FIN is not, and is sent again --- */
    {SACKS
     "90>P. 1+10 1|100>F. 11 1|101<. 1 1 k12|120>F. 11 1|121<. 1 1 k12|300>P. 1+10 1|301<F. 1 12|302>. 12 2",
     CLOSE_THREE,
     "closed by three segments, the client first: the second FIN carried the ACK of the first; closed after "
     "202 ms",
     NULL},
    /* only data is in the SACK block */
    {SACKS
     "90>P. 1+10 1|95>P. 11+10 1|100>F. 21 1|101<. 1 1 k21|120>F. 21 1|121<. 1 1 k22|300>P. 1+10 1|301<F. 1 "
     "22|302>. 22 2",
     CLOSE_THREE,
     "closed by three segments, the client first: the second FIN carried the ACK of the first; the first FIN "
     "was lost once; closed after 202 ms",
     NULL},
    /* --- the window is shut: no FIN may come --- */
    {OPEN "10>P. 1+500 1|11<. 1 501 w0|400>. 500 1|401<. 1 501 w0", CLOSE_OPEN,
     "not closed in the capture; the window of the server is shut: the client cannot send on", NULL},
    {OPEN "10>P. 1+500 1|11<. 1 501 w0|400>. 500 1|401<. 1 501", CLOSE_OPEN, "not closed in the capture",
     NULL},
    {OPEN "100>F. 1 1|101<P. 1+500 2|102>. 2 501 w0", CLOSE_HALF,
     "the client closed first; half-closed for 1 ms, in which 500 bytes came from the server; the server "
     "never "
     "closed: it stays in CLOSE-WAIT, 2 ms so far; the window of the client is shut: the server cannot send "
     "on",
     NULL},
    {OPEN "100>F. 1 1|101<. 1 2 w0|7100=", CLOSE_HALF,
     "the client closed first; the server never closed: it stays in CLOSE-WAIT, 7 s so far", NULL},
    /* --- a path slower than the time-out: nothing is lost --- */
    {OPEN "100>F. 1 1|300>F. 1 1|400<. 1 2|600<. 1 2|700<F. 1 2|701>. 2 2", CLOSE_NORMAL,
     "closed by four segments, the client first; closed after 601 ms", NULL},
    /* --- half-closed --- */
    {OPEN "100>F. 1 1|101<. 1 2|1101<P. 1+1000 2|1102>. 2 1001|1200<F. 1001 2|1201>. 2 1002", CLOSE_NORMAL,
     "closed by four segments, the client first; half-closed for 1 s, in which 1000 bytes came from the "
     "server; closed after 1.1 s",
     NULL},
    {OPEN "100>F. 1 1|101<. 1 2|5000<P. 1+5 2|5001>. 2 6", CLOSE_HALF,
     "the client closed first; half-closed for 4.9 s, in which 5 bytes came from the server; the server "
     "never closed: it stays in CLOSE-WAIT, 4.9 s so far",
     NULL},
    {OPEN "100<F. 1 1|101>. 1 2", CLOSE_HALF,
     "the server closed first; the client never closed: it stays in CLOSE-WAIT, 1 ms so far", NULL},
    /* --- RST --- */
    {OPEN "100>R. 1 1", CLOSE_RESET, "the client aborted it with RST, with no FIN before", NULL},
    {OPEN "100>P. 1+10 1|101<R. 1 11", CLOSE_RESET, "the server aborted it with RST, with no FIN before",
     NULL},
    {OPEN "100>P. 1+10 1|101<R 1", CLOSE_RESET,
     "the server answered with RST: it had no such connection any more", NULL},
    {OPEN "100<F. 1 1|101>. 1 2|200>P. 1+10 2|201<R 2", CLOSE_RESET,
     "the server closed first; the server answered data after its close with RST; reset after 101 ms", NULL},
    {OPEN "100<F. 1 1|101>. 1 2|200>R. 1 2", CLOSE_RESET,
     "the server closed first; the client aborted it with RST after the first FIN; reset after 100 ms", NULL},
    {OPEN "100>F. 1 1|101<. 1 2|200>R. 2 1", CLOSE_RESET,
     "the client closed first; the client then aborted it with RST; reset after 100 ms", NULL},
    {OPEN "100>F. 1 1|101<R 1", CLOSE_RESET,
     "the client closed first; the server answered with RST: it had no such connection any more; reset after "
     "1 ms",
     NULL},
    {OPEN "100>F. 1 1|101<. 1 2|110<F. 1 2|111>. 2 2|200>. 2 2|201<R 2", CLOSE_NORMAL,
     "closed by four segments, the client first; closed after 11 ms; a late segment met RST from the server: "
     "nothing was left",
     NULL},
    /* the answer to the resent FIN comes when the connection is over */
    {OPEN "100>F. 1 1|101<F. 1 2|301>F. 1 1|301<F. 1 2|302>. 2 2|303<R 1", CLOSE_THREE,
     "closed by three segments, the client first: the second FIN carried the ACK of the first; the ACK of "
     "the "
     "first FIN was lost once; the second FIN was lost once; closed after 202 ms; a late segment met RST "
     "from "
     "the server: nothing was left",
     NULL},
    {OPEN "100>F. 1 1|101<F. 1 2|301>F. 1 1|301<F. 1 2|302>. 2 2|403<R 1", CLOSE_THREE,
     "closed by three segments, the client first: the second FIN carried the ACK of the first; the ACK of "
     "the "
     "first FIN was lost once; the second FIN was lost once; closed after 202 ms; then the server sent RST",
     "the server sent RST with a number -1 off what the other end expects"},
    {OPEN "100>R 77", CLOSE_RESET, "the client aborted it with RST, with no FIN before",
     "the client sent RST with a number 76 off what the other end expects"},
    /* --- it never opened --- */
    {"0>S 0|1<R. 0 1", CLOSE_REFUSED, "the server refused the connection with RST", NULL},
    {"0>S 0|1000>S 0|3000>S 0", CLOSE_NEVER_OPENED, "never opened: the SYN, sent 3 times, was not answered",
     NULL},
    {"0>S 0|1<S. 0 1|1001<S. 0 1", CLOSE_NEVER_OPENED, "never opened: the SYN-ACK was not acknowledged",
     NULL},
    {OPEN "10>P. 1+10 1|11<. 1 11", CLOSE_OPEN, "not closed in the capture", NULL},
    /* --- its beginning is not there --- */
    {"100>F. 1 1|101<. 1 2|110<F. 1 2|111>. 2 2", CLOSE_NORMAL,
     "its beginning is not in the capture; closed by four segments, A first; closed after 11 ms", NULL},
    {"1<S. 0 1|2>. 1 1|100<F. 1 1|101>F. 1 2|102<. 2 2", CLOSE_THREE,
     "closed by three segments, the server first: the second FIN carried the ACK of the first; closed after "
     "2 ms",
     NULL},
    /* --- unusual --- */
    {OPEN "100>F 1|300>F. 1 1|301<F. 1 2|302>. 2 2", CLOSE_THREE,
     "closed by three segments, the client first: the second FIN carried the ACK of the first; closed after "
     "2 ms",
     "the client sent a FIN without ACK, which must be dropped"},
    {OPEN "100>F. 1 1|101<. 1 2|200>P. 2+5 1|201<. 1 2|300<F. 1 2|301>. 2 2", CLOSE_NORMAL,
     "closed by four segments, the client first; closed after 201 ms", "the client sent data after its FIN"},
    {OPEN "100>F. 1 1|300>F. 1 1|500>F. 1 1|700>F. 1 1|701<F. 1 2|702>. 2 2", CLOSE_THREE,
     "closed by three segments, the client first: the second FIN carried the ACK of the first; the first FIN "
     "was lost 3 times; closed after 602 ms",
     "the client resent its FIN without back-off"},
    {OPEN "100>F. 1 1|101<. 1 9|110<F. 1 2|111>. 2 2", CLOSE_NORMAL,
     "closed by four segments, the client first; closed after 11 ms",
     "the server acknowledged what was never sent"},
    {OPEN "100>S 50|101<. 1 1|200>F. 1 1|201<F. 1 2|202>. 2 2", CLOSE_THREE,
     "closed by three segments, the client first: the second FIN carried the ACK of the first; closed after "
     "2 ms",
     "the client sent a SYN in mid-connection"},
    {OPEN "100>R. 1 1|200>P. 1+4 1", CLOSE_RESET, "the client aborted it with RST, with no FIN before",
     "the client spoke on after its own RST"},
    {OPEN "100>F. 1 1|200>F. 5 1|201<F. 1 2|202>. 2 2", CLOSE_THREE,
     "closed by three segments, the client first: the second FIN carried the ACK of the first; closed after "
     "102 ms",
     "the client sent a second FIN with another number"},
    {"0>SF 0|1<R. 0 2", CLOSE_REFUSED, "the server refused the connection with RST",
     "the client sent SYN and FIN in one segment"},
    /* --- a RST that answers a RST; and those that answer something else, or nothing --- */
    {OPEN "1000>R. 1 1|1100<R 1", CLOSE_RESET, "the client aborted it with RST, with no FIN before",
     "the server answered a RST with RST, which must be dropped in silence (RFC 9293, 3.10.7.1)"},
    {OPEN "1000>P. 1+5 1|1000>R. 6 1|1100<R 1", CLOSE_RESET,
     "the client aborted it with RST, with no FIN before", NULL},
    {OPEN "1000>R. 1 1|1001<R. 1 1", CLOSE_RESET, "the client aborted it with RST, with no FIN before", NULL},
    /* --- sent again with other octets; a keep-alive's octet is nobody's --- */
    {OPEN "1000>P. 1+5 1 dhello|1200>P. 1+5 1 djello|1300<. 1 6", CLOSE_OPEN, "not closed in the capture",
     "the client sent octets again that are not those it sent first (RFC 9293, 3.4)"},
    {OPEN "1000>P. 1+5 1 dhello|1001>P. 6+5 1 dworld|1200>P. 3+6 1 dllowoX|1300<. 1 11", CLOSE_OPEN,
     "not closed in the capture", "the client sent octets again that are not those it sent first"},
    {OPEN "1000>P. 1+5 1 dhello|1001>P. 6+5 1 dworld|1200>P. 3+6 1 dllowor|1300<. 1 11", CLOSE_OPEN,
     "not closed in the capture", NULL},
    {OPEN "1000>P. 1+5 1 dhello|1001<. 1 6|5000>. 5+1 1 dX|5001<. 1 6", CLOSE_OPEN,
     "not closed in the capture", NULL},
    /* --- a FIN acknowledged late: alone, with nothing else to tell, and at once --- */
    {OPEN "1000>F. 1 1|3100<. 1 2|3200<F. 1 2|3300>. 2 2", CLOSE_NORMAL,
     "closed by four segments, the client first; closed after 2.3 s",
     "the server acknowledged the FIN only after 2.1 s: a delayed ACK takes at most 0.5 s (RFC 9293, "
     "3.8.6.3)"},
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
     "the client sent its FIN into a window that was shut (RFC 9293, 3.8.6)"},
    {OPEN "10>P. 1+5 1|1000<. 1 6 w0|1100>P. 6+50 1|1300<. 1 6 w0", CLOSE_OPEN,
     "not closed in the capture; the window of the server is shut: the client cannot send on",
     "the client sent data into a window that was shut (RFC 9293, 3.8.6)"},
    {OPEN "10>P. 1+5 1|1000<. 1 6 w0|1100>. 6+1 1|1300<. 1 6 w0", CLOSE_OPEN,
     "not closed in the capture; the window of the server is shut: the client cannot send on", NULL},
    {OPEN "10>P. 1+5 1|1000<. 1 6 w0|1001>P. 6+50 1|1300<. 1 6 w0", CLOSE_OPEN,
     "not closed in the capture; the window of the server is shut: the client cannot send on", NULL},
    /* --- timestamps --- */
    {"0>S 0 0 t100|1<S. 0 1 t5000|2>. 1 1 t101|1000>F. 1 1 t5|1001<F. 1 2 t6000|1002>. 2 2 t1102",
     CLOSE_THREE,
     "closed by three segments, the client first: the second FIN carried the ACK of the first; closed after "
     "2 ms",
     "the client's timestamp went back by 96 (RFC 7323, 5.2)"},
    {"0>S 0 0 t4294967290|1<S. 0 1 t5000|2>. 1 1 t5|1000>F. 1 1 t6|1001<F. 1 2 t6000|1002>. 2 2 t7",
     CLOSE_THREE,
     "closed by three segments, the client first: the second FIN carried the ACK of the first; closed after "
     "2 ms",
     NULL},
    /* put in another order on the way */
    {"0>S 0 0 t100|1<S. 0 1 t5000|2>. 1 1 t101|3>P. 6+5 1 t104|4>P. 1+5 1 t103|5<. 1 11 t5005|6<. 1 6 t5004",
     CLOSE_OPEN, "not closed in the capture", NULL},
    {"0>S 0 0 t100|1<S. 0 1 t5000|2>. 1 1 t101|3>P. 1+5 1|4<. 1 6 t5003", CLOSE_OPEN,
     "not closed in the capture",
     "the client left out the timestamp that both had agreed on (RFC 7323, 3.2)"},
    {OPEN "3>P. 1+5 1 t101|4<. 1 6", CLOSE_OPEN, "not closed in the capture",
     "the client sent a timestamp, which was not agreed on (RFC 7323, 3.2)"},
    /* --- other options --- */
    {OPEN "3>P. 1+5 1|4<. 1 1 k9", CLOSE_OPEN, "not closed in the capture",
     "the server sent SACK, which the client did not permit (RFC 2018, 4)"},
    {OPEN "3>P. 1+5 1 o0204ffff|4<. 1 6", CLOSE_OPEN, "not closed in the capture",
     "the client sent an MSS, which belongs into a SYN (RFC 9293, 3.2)"},
    {OPEN "3>P. 1+5 1 o03030700|4<. 1 6", CLOSE_OPEN, "not closed in the capture",
     "the client sent a window scale, which belongs into a SYN (RFC 7323, 2.2)"},
    {OPEN "3>P. 1+5 1 o0101080b|4<. 1 6", CLOSE_OPEN, "not closed in the capture",
     "the client sent options whose lengths lie (RFC 9293, MUST-7)"},
    {"0>S 0 0 o02030501|1<S. 0 1|2>. 1 1", CLOSE_OPEN, "not closed in the capture",
     "the client sent options whose lengths lie (RFC 9293, MUST-7)"},
    /* --- RST with what cannot be beside it --- */
    {OPEN "1000>FSRP. 1 1", CLOSE_RESET, "the client aborted it with RST, with no FIN before",
     "the client sent RST together with SYN and FIN, of which only the RST counts (RFC 9293, 3.10.7.4)"},
    {OPEN "1000>FR. 1 1", CLOSE_RESET, "the client aborted it with RST, with no FIN before",
     "the client sent RST together with FIN, of which only the RST counts (RFC 9293, 3.10.7.4)"},
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

static uint16_t parse_flags(const char *text, size_t len)
{
	static const char letters[] = "FSRP.";
	uint16_t flags = 0;

	for (size_t i = 0; i < len; i++) {
		const char *at = strchr(letters, text[i]);
		ck_assert_ptr_nonnull(at);
		flags |= (uint16_t)(1 << (at - letters));
	}
	return flags;
}

static void add_option(struct segment *s, const struct tcp_option *option)
{
	ck_assert(options_append(s->options, &s->options_len, option));
}

/* One of "w9", "k3" ..., with right the number that SACK blocks count from. Returns the
 * text after it. */
static const char *parse_more(const char *text, uint32_t right, struct segment *s)
{
	struct tcp_option sack = {.kind = OPT_SACK, .sack_blocks = 1}, stamps = {.kind = OPT_TIMESTAMPS};
	const char *value = text + 1;
	size_t len = strcspn(value, " |");

	switch (*text) {
	case 'w':
		s->wnd = (uint16_t)strtoul(value, NULL, 10);
		break;
	case 'k':
		sack.sack[0].right = right + (uint32_t)strtoul(value, NULL, 10);
		sack.sack[0].left = sack.sack[0].right - 1;
		add_option(s, &sack);
		break;
	case 't':
		stamps.ts_val = (uint32_t)strtoul(value, NULL, 10);
		add_option(s, &stamps);
		break;
	case 'o':
		for (size_t i = 0; i + 1 < len; i += 2, s->options_len++)
			ck_assert_int_eq(sscanf(value + i, "%2hhx", &s->options[s->options_len]), 1);
		break;
	case 'd':
		s->payload = (const uint8_t *)value;
		s->payload_captured = s->payload_len;
		ck_assert_uint_eq(len, s->payload_len);
		break;
	default:
		ck_abort_msg("%s", text);
	}
	return value + len;
}

/* "100>F. 1+5 2 w9 k3": returns the text after it. */
static const char *parse_segment(const char *text, uint32_t client, uint32_t server, struct segment *s)
{
	char *end;

	memset(s, 0, sizeof *s);
	s->time_ns = strtol(text, &end, 10) * 1000000 + 1700000000000000000;
	if (*end == '=')
		return end + 1;
	bool ours = *end++ == '>';
	size_t len = strcspn(end, " ");
	s->flags = parse_flags(end, len);
	s->src.family = s->dst.family = 4;
	s->src.bytes[3] = ours ? 1 : 2;
	s->dst.bytes[3] = ours ? 2 : 1;
	s->sport = ours ? 40000 : 80;
	s->dport = ours ? 80 : 40000;
	s->seq = (ours ? client : server) + (uint32_t)strtoul(end + len, &end, 10);
	if (*end == '+')
		s->payload_len = (uint32_t)strtoul(end + 1, &end, 10);
	if (*end == ' ')
		s->ack = (ours ? server : client) + (uint32_t)strtoul(end, &end, 10);
	s->wnd = 1000;
	const char *at = end;
	while (*at == ' ')
		at = parse_more(at + 1, ours ? server : client, s);
	return *at == '|' ? at + 1 : at;
}

static void name_at(const struct named *named, uint32_t client, uint32_t server)
{
	struct segment segments[SEGMENTS_MAX];
	const struct segment *list[SEGMENTS_MAX];
	struct case_mark marks[SEGMENTS_MAX];
	struct close_case c;
	char text[CASE_TEXT_BYTES];
	size_t count = 0;

	for (const char *at = named->segments; *at != '\0'; count++) {
		at = parse_segment(at, client, server, &segments[count]);
		list[count] = &segments[count];
	}
	int64_t end_ns = list[count - 1]->time_ns;
	if (strchr(named->segments, '=') != NULL)
		count--;
	close_case_name(list, count, end_ns, &c, marks);
	ck_assert_str_eq(close_case_text(&c, text), named->text);
	ck_assert_str_eq(close_kind_name(c.kind), close_kind_name(named->kind));
	if (named->unusual == NULL) {
		ck_assert_msg(c.unusual_count == 0, "%s: unusual: %s", named->segments, c.unusual[0].text);
	} else {
		ck_assert_msg(c.unusual_count > 0, "%s: nothing is unusual", named->segments);
		ck_assert_msg(strncmp(c.unusual[0].text, named->unusual, strlen(named->unusual)) == 0,
		              "%s: unusual: %s", named->segments, c.unusual[0].text);
	}
}

START_TEST(names)
{
	name_at(&cases[_i], 1000, 5000000);
	name_at(&cases[_i], UINT32_MAX, UINT32_MAX);
	name_at(&cases[_i], UINT32_MAX - 1, INT32_MAX);
}
END_TEST

/* Which copies are drawn as lost. */
START_TEST(marks_what_was_lost)
{
	static const char *const text =
	    OPEN "100>F. 1 1|300>F. 1 1|301<. 1 2|500>F. 1 1|501<F. 1 2|502>. 2 2";
	struct segment segments[SEGMENTS_MAX];
	const struct segment *list[SEGMENTS_MAX];
	struct case_mark marks[SEGMENTS_MAX];
	struct close_case c;
	size_t count = 0;

	for (const char *at = text; *at != '\0'; count++) {
		at = parse_segment(at, 0, 0, &segments[count]);
		list[count] = &segments[count];
	}
	close_case_name(list, count, list[count - 1]->time_ns, &c, marks);
	for (size_t i = 0; i < count; i++)
		ck_assert_msg(marks[i].lost == (i == 3 || i == 5), "segment %zu", i);
	ck_assert_str_eq(marks[6].note, "resend 2 of the FIN");
	ck_assert_int_eq(marks[0].from, 0);
	ck_assert_int_eq(marks[1].from, 1);
	ck_assert_uint_eq(c.close_at, 3);
}
END_TEST

/* Data that is sent again was lost, but for what was acknowledged by then. */
START_TEST(marks_lost_data)
{
	static const char *const text =
	    OPEN "90>P. 1+10 1|91>P. 11+10 1|92>P. 21+10 1|93<. 1 11|94<F. 1 11|300>P. 1+30 1|301<. 2 31";
	struct segment segments[SEGMENTS_MAX];
	const struct segment *list[SEGMENTS_MAX];
	struct case_mark marks[SEGMENTS_MAX];
	struct close_case c;
	size_t count = 0;

	for (const char *at = text; *at != '\0'; count++) {
		at = parse_segment(at, UINT32_MAX - 15, 0, &segments[count]);
		list[count] = &segments[count];
	}
	close_case_name(list, count, list[count - 1]->time_ns, &c, marks);
	for (size_t i = 0; i < count; i++)
		ck_assert_msg(marks[i].lost == (i == 4 || i == 5), "segment %zu", i);
	ck_assert_str_eq(marks[8].note, "data sent again");
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("case");
	TCase *tests = tcase_create("case");

	tcase_add_loop_test(tests, names, 0, sizeof cases / sizeof *cases);
	tcase_add_test(tests, marks_what_was_lost);
	tcase_add_test(tests, marks_lost_data);
	suite_add_tcase(suite, tests);
	return suite_run(suite);
}
