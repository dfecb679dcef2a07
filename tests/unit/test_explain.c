/* explain: its words, and that each filter it prints is one. */
#include "suite.h"

#include <pcap/pcap.h>
#include <stdio.h>
#include <string.h>

#include "lang/load.h"

static UT_string explain(const char *header, const char *steps)
{
	struct messages *m = messages_new();
	UT_string text, out;
	struct scenario *s;

	utstring_init(&text);
	utstring_init(&out);
	utstring_printf(&text, "scenario \"x\"\nrow 2\nrole passive\n%sopen\n%s", header, steps);
	s = scenario_parse("x.wave", utstring_body(&text), utstring_len(&text), NULL, m);
	ck_assert_msg(s, "%s", messages_at(m, 0)->diag.text);
	scenario_explain(s, &out);
	scenario_free(s);
	messages_free(m);
	utstring_done(&text);
	return out;
}

/* Compiles each line that is a filter; returns how many there are. */
static unsigned compile_filters(const char *text)
{
	pcap_t *p = pcap_open_dead(DLT_RAW, 65535);
	struct bpf_program program;
	unsigned count = 0;

	for (const char *at = text; at; at = strchr(at, '\n') ? strchr(at, '\n') + 1 : NULL) {
		char *filter;

		if (strncmp(at, "    ipv4: ", 10) != 0 && strncmp(at, "    ipv6: ", 10) != 0)
			continue;
		filter = strndup(at + 10, strcspn(at + 10, "\n"));
		ck_assert_msg(pcap_compile(p, &program, filter, 1, PCAP_NETMASK_UNKNOWN) == 0, "%s: %s",
		              pcap_geterr(p), filter);
		pcap_freecode(&program);
		free(filter);
		count++;
	}
	pcap_close(p);
	return count;
}

#define HAS(out, part) ck_assert_msg(strstr((out).d, part), "no \"%s\" in:\n%s", part, (out).d)

START_TEST(words)
{
	UT_string out = explain("", "provoke close\n"
	                            "expect F. seq rcv.nxt ack snd.nxt lost within 1s as fin\n"
	                            "expect retransmit fin lost count 3 backoff 2 +-25% within 8s\n"
	                            "silence 1s except R.\n");

	HAS(out, "row 2 of the exception table; the peer closes first");
	HAS(out, "2. provoke close\n   has the peer's program close its socket\n");
	HAS(out, "waits for the peer's FIN+ACK, seq rcv.nxt (1), ack snd.nxt (1), called fin; and then "
	         "behaves as if it "
	         "had been lost, at most 1 s\n");
	HAS(out, "the peer must send fin again, 3 times; each gap 2 times the one before (+25%, -25%)");
	HAS(out, "for 1 s the peer must be silent, but for RST+ACK\n");
	ck_assert_uint_eq(compile_filters(out.d), 6);
	utstring_done(&out);
}
END_TEST

/* The numbers follow what was sent, and stay where it was lost. */
START_TEST(numbers)
{
	UT_string out = explain("family ipv4\n", "send P. data 10\n"
	                                         "expect . ack snd.nxt\n"
	                                         "expect P. data 100 as text\n"
	                                         "expect F. seq rcv.nxt lost\n"
	                                         "expect F. seq rcv.nxt\n"
	                                         "expect . seq text.end+1 ack 5\n");

	HAS(out, "ack snd.nxt (11)");
	HAS(out, "seq rcv.nxt (101)");
	ck_assert_ptr_nonnull(strstr(strstr(out.d, "seq rcv.nxt (101)") + 10, "seq rcv.nxt (101)"));
	HAS(out, "tcp[8:4] = 5");
	ck_assert_ptr_null(strstr(out.d, "ipv6:"));
	ck_assert_uint_eq(compile_filters(out.d), 5);
	utstring_done(&out);
}
END_TEST

START_TEST(every_filter)
{
	UT_string out = explain("", "expect * <*>\n"
	                            "expect none <mss 1..5,sackOK,nop,wscale *,opt 30 hex \"0102\">\n"
	                            "expect . <> ttl 1..2 urg 0 win 0 len 0..5\n"
	                            "expect . 0-5:0-4(1)\n"
	                            "expect . seq 0-5..5\n"
	                            "expect P. rcv.nxt:rcv.nxt+5(5) \"hello\" filter \"ip or ip6\"\n"
	                            "expect one of { F. as a; R. as a }\n"
	                            "allow ., F. lost\n"
	                            "expect . <sack {1:2 3:4}>\n"
	                            "expect retransmit a first 1s..2s gives up budget 5s\n");

	ck_assert_uint_eq(compile_filters(out.d), 24);
	utstring_done(&out);
}
END_TEST

START_TEST(listening)
{
	UT_string out;
	struct messages *m = messages_new();
	const char *text =
	    "scenario \"x\"\nrole listen active\nfamily ipv6\nopen <mss 1460>\nsend F. lost as f\n"
	    "expect . ack f.end\nprovoke keepalive 1s 2s 3\nstate TIME-WAIT timer 1s..2s\nfence\nleave\n";
	struct scenario *s = scenario_parse("x.wave", text, strlen(text), NULL, m);

	utstring_init(&out);
	ck_assert_ptr_nonnull(s);
	scenario_explain(s, &out);
	HAS(out, "we close first, having connected to us");
	HAS(out, "sends nothing, and behaves as if it had sent FIN+ACK, called f");
	HAS(out, "ack f.end (2)");
	ck_assert_uint_eq(compile_filters(out.d), 1);
	scenario_free(s);
	messages_free(m);
	utstring_done(&out);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("explain");
	TCase *tc = tcase_create("explain");

	tcase_add_test(tc, words);
	tcase_add_test(tc, numbers);
	tcase_add_test(tc, every_filter);
	tcase_add_test(tc, listening);
	suite_add_tcase(suite, tc);
	return suite_run(suite);
}
