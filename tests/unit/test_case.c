/* Cases of the close and the names that they must get. */
#include <check.h>

#include "case_lines.h"
#include "suite.h"

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
     "the server's segment is a RST -1 off the number that the other end expects"},
    {OPEN "100>R 77", CLOSE_RESET, "the client aborted it with RST, with no FIN before",
     "the client's segment is a RST 76 off the number that the other end expects"},
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
};

START_TEST(names) { case_expect(&cases[_i]); }
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
		at = case_segment(at, 0, 0, &segments[count]);
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
		at = case_segment(at, UINT32_MAX - 15, 0, &segments[count]);
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
