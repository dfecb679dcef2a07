/* The journal: written, read again, and broken ones refused. */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "capture_image.h"
#include "suite.h"

START_TEST(journal_comes_back)
{
	struct journal *j = image_journal();
	struct diag d = {.text = ""};
	char *text, *same;
	struct journal *again;

	j->config.peer_connects = true;
	j->config.asked = 1u << PROVOKE_CONNECT | 1u << PROVOKE_HOLD;
	j->config.stops = 1u << PROVOKE_HOLD;
	text = journal_text(j);
	again = journal_parse(text, strlen(text), &d);
	ck_assert_msg(again, "%s", d.text);
	same = journal_text(again);
	ck_assert_str_eq(text, same);
	ck_assert_int_eq(again->events[0].time_ns, j->events[0].time_ns);
	ck_assert(again->config.slow == j->config.slow);
	ck_assert_int_eq(again->config.timer_tick_ns, j->config.timer_tick_ns);
	ck_assert_int_eq(again->config.first_resend_ns, j->config.first_resend_ns);
	ck_assert(again->config.no_timers && again->config.peer_connects);
	ck_assert_uint_eq(again->config.asked, j->config.asked);
	ck_assert_uint_eq(again->config.stops, j->config.stops);
	ck_assert_str_eq(again->profile, "lwip");
	ck_assert_str_eq(again->profile_text, "msl = 60s\n");
	ck_assert_uint_eq(again->config.inband[PROVOKE_CLOSE].len, 7);
	ck_assert_int_eq(again->events[6].state.timer_ns, 59999999999);
	ck_assert(!again->events[6].state.held && again->events[10].state.held);
	ck_assert_str_eq(again->events[4].text, "no \"room\"");
	free(text);
	free(same);
	journal_free(j);
	journal_free(again);
}
END_TEST

/* Of before there were profiles: judged as it was then. */
START_TEST(a_journal_without_a_profile)
{
	static const char *const gone[] = {"\"profile\":\"lwip\",\"values\":\"msl = 60s\\n\",",
	                                   "\"timer_tick\":500000000,\"first_resend\":10000000000,",
	                                   "\"no_timers\":true,"};
	struct journal *j = image_journal(), *again;
	char *text = journal_text(j);
	struct diag d = {.text = ""};

	for (size_t i = 0; i < sizeof gone / sizeof *gone; i++) {
		char *at = strstr(text, gone[i]);

		ck_assert_msg(at, "%s", text);
		memmove(at, at + strlen(gone[i]), strlen(at + strlen(gone[i])) + 1);
	}
	again = journal_parse(text, strlen(text), &d);
	ck_assert_msg(again, "%s", d.text);
	ck_assert_ptr_null(again->profile);
	ck_assert_int_eq(again->config.timer_tick_ns, 0);
	ck_assert_int_eq(again->config.first_resend_ns, 0);
	ck_assert(!again->config.no_timers);
	free(text);
	journal_free(j);
	journal_free(again);
}
END_TEST

static const struct {
	const char *from, *to, *says;
} broken_journals[] = {
    {"{", "", "no JSON"},
    {"\"fourwave_journal\":2", "\"fourwave_journal\":1", "of version 1"},
    {"\"family\":4", "\"family\":5", "neither 4 nor 6"},
    {"\"family\":4", "\"family\":6", "no IPv6 address"},
    {"192.0.2.1", "192.0.2.x", "\"local\""},
    {"40000", "400000", "\"local_port\""},
    {"4294967295", "4294967296", "\"iss\""},
    {"1.1", "0.1", "\"slow\""},
    {"wait=20s", "wait", "NAME=VALUE"},
    {"515549", "51554x", "hexadecimal"},
    {"\"close\":", "\"clsoe\":", "names no provocation"},
    {"\"began\":1700000000", "\"began\":-1", "\"began\""},
    {"[\"tick\"", "[\"tock\"", "event 8 makes no sense"},
    {"TIME-WAIT", "TIME-OUT", "event 7 makes no sense"},
    {"\"crash\"", "\"crush\"", "event 4 makes no sense"},
    {"\"skip\"", "\"pass\"", "event 9 makes no sense"},
    {"needs-agent", "needs-agents", "event 9 makes no sense"},
    {"needs-agent", "too-early", "not why a run ends so"},
    {"\"too-early\"", "\"early\"", "event 9 makes no sense"},
    {"[\"time\"", "[\"tome\"", "event 9 makes no sense"},
    {"\"bad checksum\"", "\"bad\"", "event 10 makes no sense"},
    {"\"syn_unseen\":true", "\"syn_unseen\":1", "neither true nor false"},
    {"[\"came\",", "[\"came\",\"", "JSON"},
};

START_TEST(journal_refuses)
{
	struct journal *j = image_journal();
	char *text = journal_text(j), changed[4096];
	char *at = strstr(text, broken_journals[_i].from);
	struct diag d = {.text = ""};

	ck_assert_msg(at, "%s is not in %s", broken_journals[_i].from, text);
	snprintf(changed, sizeof changed, "%.*s%s%s", (int)(at - text), text, broken_journals[_i].to,
	         at + strlen(broken_journals[_i].from));
	ck_assert_ptr_null(journal_parse(changed, strlen(changed), &d));
	ck_assert_msg(strstr(d.text, broken_journals[_i].says), "%s", d.text);
	free(text);
	journal_free(j);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("journal");
	TCase *tests = tcase_create("journal");

	tcase_add_test(tests, journal_comes_back);
	tcase_add_test(tests, a_journal_without_a_profile);
	tcase_add_loop_test(tests, journal_refuses, 0, sizeof broken_journals / sizeof *broken_journals);
	suite_add_tcase(suite, tests);
	return suite_run(suite);
}
