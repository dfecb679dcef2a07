/* How many runs may go on side by side, on a clock of our own. */
#include <check.h>

#include "base/duration.h"
#include "run/pace.h"
#include "suite.h"

static const int64_t ms = NS_PER_MS;
static struct pace pace;
static int64_t now_ns;

/* So many milliseconds in which as many run as may, each millisecond a turn. */
static void full(int for_ms)
{
	for (int i = 0; i < for_ms; i++)
		pace_turn(&pace, pace.allowed, now_ns += ms);
}

static void start(unsigned most)
{
	now_ns = 7 * NS_PER_S;
	pace_init(&pace, most, now_ns);
}

/* Nothing is late: all that may run do after a moment, and never more. */
START_TEST(in_time)
{
	start(256);
	ck_assert_uint_eq(pace.allowed, 64);
	full(300);
	ck_assert_uint_eq(pace.allowed, 256);
	ck_assert_int_eq(pace_next_ns(&pace), INT64_MAX);
	full(1000);
	ck_assert_uint_eq(pace.allowed, 256);
	start(10);
	full(1000);
	ck_assert_uint_eq(pace.allowed, 10);
	start(100);
	full(1000);
	ck_assert_uint_eq(pace.allowed, 100);
}
END_TEST

/* What is not used does not grow. */
START_TEST(few)
{
	start(256);
	for (int i = 0; i < 1000; i++)
		pace_turn(&pace, 63, now_ns += ms);
	ck_assert_uint_eq(pace.allowed, 64);
}
END_TEST

START_TEST(late)
{
	start(256);
	full(300);
	/* A little late is in time. */
	pace_late(&pace, 99 * ms);
	full(100);
	ck_assert_uint_eq(pace.allowed, 256);
	/* One hold-up is seen in many runs, one after the other. */
	for (int i = 0; i < 50; i++) {
		pace_late(&pace, (100 + i) * ms);
		pace_turn(&pace, 256, now_ns += ms);
	}
	ck_assert_uint_eq(pace.allowed, 128);
	/* Those that are too many say nothing new, however long they take to end. */
	for (int i = 0; i < 5000; i++) {
		pace_late(&pace, 180 * ms);
		pace_turn(&pace, 129, now_ns += ms);
	}
	ck_assert_uint_eq(pace.allowed, 128);
	/* They have ended, and it is late still. */
	pace_late(&pace, 180 * ms);
	full(1);
	ck_assert_uint_eq(pace.allowed, 64);
	/* More again, slowly. */
	full(1000);
	ck_assert_uint_eq(pace.allowed, 64 + 4 * 10);
	full(20000);
	ck_assert_uint_eq(pace.allowed, 256);
}
END_TEST

/* Late for another cause: some go on. */
START_TEST(always_late)
{
	start(256);
	for (int i = 0; i < 10000; i++) {
		pace_late(&pace, 500 * ms);
		full(1);
	}
	ck_assert_uint_eq(pace.allowed, 32);
	start(3);
	for (int i = 0; i < 10000; i++) {
		pace_late(&pace, 500 * ms);
		full(1);
	}
	ck_assert_uint_eq(pace.allowed, 3);
	start(1);
	pace_late(&pace, 500 * ms);
	full(1000);
	ck_assert_uint_eq(pace.allowed, 1);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("pace");
	TCase *t = tcase_create("all");

	tcase_add_test(t, in_time);
	tcase_add_test(t, few);
	tcase_add_test(t, late);
	tcase_add_test(t, always_late);
	suite_add_tcase(s, t);
	return suite_run(s);
}
