/* Located messages: always false, bounded, and with nowhere to go allowed. */
#include "base/diag.h"

#include "suite.h"

#include <string.h>

START_TEST(test_set)
{
	struct diag d;

	memset(&d, 0xa5, sizeof d);
	ck_assert(!diag_set(&d, "no route to %s", "192.0.2.1"));
	ck_assert_str_eq(d.text, "no route to 192.0.2.1");
	ck_assert_ptr_null(d.where.file);
	ck_assert_int_eq(d.where.line, 0);
	ck_assert_int_eq(d.where.column, 0);
}
END_TEST

START_TEST(test_at)
{
	struct where where = {"a.wave", 3, 7};
	struct diag d;

	ck_assert(!diag_at(&d, where, "what is '%s'?", "sned"));
	ck_assert_str_eq(d.text, "what is 'sned'?");
	ck_assert_str_eq(d.where.file, "a.wave");
	ck_assert_int_eq(d.where.line, 3);
	ck_assert_int_eq(d.where.column, 7);
}
END_TEST

START_TEST(test_bounded)
{
	struct diag d;

	ck_assert(!diag_set(&d, "%*d", 3 * DIAG_TEXT_BYTES, 1));
	ck_assert_uint_eq(strlen(d.text), DIAG_TEXT_BYTES - 1);
}
END_TEST

START_TEST(test_nowhere)
{
	ck_assert(!diag_set(NULL, "%d", 1));
	ck_assert(!diag_at(NULL, (struct where){0}, "%d", 1));
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("diag");
	TCase *c = tcase_create("diag");

	tcase_add_test(c, test_set);
	tcase_add_test(c, test_at);
	tcase_add_test(c, test_bounded);
	tcase_add_test(c, test_nowhere);
	suite_add_tcase(suite, c);
	return suite_run(suite);
}
