/* Sequence arithmetic at the places where it wraps. */
#include "core/segment.h"

#include "suite.h"

static const uint32_t bases[] = {0, 1, 0x7fffffff, 0x80000000, 0xfffffffe, 0xffffffff};

enum { BASES = sizeof bases / sizeof *bases };

START_TEST(test_diff)
{
	uint32_t a = bases[_i];

	ck_assert_int_eq(seq_diff(a, a), 0);
	ck_assert_int_eq(seq_diff(a + 1, a), 1);
	ck_assert_int_eq(seq_diff(a, a + 1), -1);
	ck_assert_int_eq(seq_diff(a + 0x7fffffff, a), 0x7fffffff);
	ck_assert_int_eq(seq_diff(a, a + 0x7fffffff), -0x7fffffff);
}
END_TEST

START_TEST(test_order)
{
	static const uint32_t steps[] = {1, 2, 1460, 0x7fffffff};
	uint32_t a = bases[_i];

	for (unsigned i = 0; i < sizeof steps / sizeof *steps; i++) {
		uint32_t b = a + steps[i];

		ck_assert(seq_lt(a, b) && seq_le(a, b));
		ck_assert(seq_gt(b, a) && seq_ge(b, a));
		ck_assert(!seq_lt(b, a) && !seq_le(b, a));
		ck_assert(!seq_gt(a, b) && !seq_ge(a, b));
	}
	ck_assert(seq_le(a, a) && seq_ge(a, a));
	ck_assert(!seq_lt(a, a) && !seq_gt(a, a));
}
END_TEST

START_TEST(test_between)
{
	uint32_t a = bases[_i];

	ck_assert(seq_between(a, a, a));
	ck_assert(!seq_between(a, a - 1, a));
	ck_assert(!seq_between(a, a + 1, a));
	ck_assert(seq_between(a - 2, a, a + 2));
	ck_assert(seq_between(a - 2, a - 2, a + 2));
	ck_assert(seq_between(a - 2, a + 2, a + 2));
	ck_assert(!seq_between(a - 2, a - 3, a + 2));
	ck_assert(!seq_between(a - 2, a + 3, a + 2));
	/* More than half the circle, and all of it. */
	ck_assert(seq_between(a, a + 0xc0000000, a + 0xd0000000));
	ck_assert(!seq_between(a, a + 0xe0000000, a + 0xd0000000));
	ck_assert(seq_between(a, a + 0x12345678, a - 1));
	ck_assert(seq_between(a, a - 1, a - 1));
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("seq");
	TCase *c = tcase_create("wrap");

	tcase_add_loop_test(c, test_diff, 0, BASES);
	tcase_add_loop_test(c, test_order, 0, BASES);
	tcase_add_loop_test(c, test_between, 0, BASES);
	suite_add_tcase(suite, c);
	return suite_run(suite);
}
