/* The shared names: there and back, in any spelling, and nothing else. */
#include "core/names.h"

#include "suite.h"

#include <string.h>

START_TEST(test_states)
{
	static const char *const rfc9293[STATE_COUNT] = {
	    "CLOSED",     "LISTEN",     "SYN-SENT", "SYN-RECEIVED", "ESTABLISHED", "FIN-WAIT-1",
	    "FIN-WAIT-2", "CLOSE-WAIT", "CLOSING",  "LAST-ACK",     "TIME-WAIT",
	};

	for (int i = 0; i < STATE_COUNT; i++) {
		enum tcp_state s = STATE_COUNT;

		ck_assert_str_eq(state_name((enum tcp_state)i), rfc9293[i]);
		ck_assert(state_parse(rfc9293[i], &s));
		ck_assert_int_eq(s, i);
	}
}
END_TEST

START_TEST(test_spelling)
{
	static const char *const right[] = {"fin_wait_2", "FIN_WAIT_2", "Fin-Wait-2", "fin-wait_2"};
	static const char *const wrong[] = {
	    "", "FIN-WAIT-", "FIN-WAIT-22", "FINWAIT2", " FIN-WAIT-2", "FIN-WAIT-2 ", "\xff"};
	enum tcp_state s;

	for (size_t i = 0; i < sizeof right / sizeof *right; i++) {
		ck_assert(state_parse(right[i], &s));
		ck_assert_int_eq(s, STATE_FIN_WAIT_2);
	}
	for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
		s = STATE_CLOSING;
		ck_assert(!state_parse(wrong[i], &s));
		ck_assert_int_eq(s, STATE_CLOSING); /* untouched */
	}
}
END_TEST

START_TEST(test_roles)
{
	static const enum role roles[] = {ROLE_ACTIVE, ROLE_PASSIVE, ROLE_SIMULTANEOUS, ROLE_LISTEN};
	enum role r;

	for (size_t i = 0; i < sizeof roles / sizeof *roles; i++) {
		ck_assert(role_parse(role_name(roles[i]), &r));
		ck_assert_int_eq(r, roles[i]);
	}
	ck_assert_str_eq(role_name(ROLE_ACTIVE), "active");
	ck_assert_str_eq(role_name(ROLE_NONE), "none");
	ck_assert(!role_parse("none", &r)); /* nobody may write it */
	ck_assert(!role_parse("", &r));
}
END_TEST

START_TEST(test_provokes)
{
	for (int i = 0; i < PROVOKE_COUNT; i++) {
		enum provoke p = PROVOKE_COUNT;

		ck_assert_ptr_nonnull(provoke_name((enum provoke)i));
		ck_assert(provoke_parse(provoke_name((enum provoke)i), &p));
		ck_assert_int_eq(p, i);
	}
	ck_assert_str_eq(provoke_name(PROVOKE_CRASH_UNREAD), "crash-unread");
}
END_TEST

START_TEST(test_verdicts)
{
	ck_assert_str_eq(verdict_name(VERDICT_NONE), "none");
	ck_assert_str_eq(verdict_name(VERDICT_PASS), "pass");
	ck_assert_str_eq(verdict_name(VERDICT_FAIL), "fail");
	ck_assert_str_eq(verdict_name(VERDICT_SKIP), "skip");
	ck_assert_str_eq(verdict_name(VERDICT_ERROR), "error");
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("names");
	TCase *c = tcase_create("names");

	tcase_add_test(c, test_states);
	tcase_add_test(c, test_spelling);
	tcase_add_test(c, test_roles);
	tcase_add_test(c, test_provokes);
	tcase_add_test(c, test_verdicts);
	suite_add_tcase(suite, c);
	return suite_run(suite);
}
