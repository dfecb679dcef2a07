# Captures read again: judged, and drawn.
dist_check_SCRIPTS += tests/net/draw.sh tests/net/judge.sh
TESTS += tests/net/judge.sh tests/net/draw.sh
EXTRA_DIST += tests/net/draw

read_tests = tests/unit/test_case tests/unit/test_flows tests/unit/test_journal tests/unit/test_read \
	tests/unit/test_replay tests/unit/test_rulebook tests/unit/test_unusual
check_PROGRAMS += $(read_tests)
TESTS += $(read_tests)

# What a case is called needs the core and nothing else.
close_case_c = tests/unit/case_lines.c tests/unit/case_lines.h \
	src/read/close_case.c src/read/close_case.h src/read/close_impl.h \
	src/read/close_unusual.c src/read/close_words.c
tests_unit_test_case_SOURCES = tests/unit/test_case.c $(close_case_c) $(suite_h)
tests_unit_test_case_CFLAGS = $(core_test_cflags)
tests_unit_test_case_LDADD = $(core_test_ldadd)

tests_unit_test_unusual_SOURCES = tests/unit/test_unusual.c $(close_case_c) $(suite_h)
tests_unit_test_unusual_CFLAGS = $(core_test_cflags)
tests_unit_test_unusual_LDADD = $(core_test_ldadd)

tests_unit_test_flows_SOURCES = tests/unit/test_flows.c $(packet_c) $(suite_h)
tests_unit_test_flows_CPPFLAGS = $(AM_CPPFLAGS) $(CHECK_CFLAGS)
tests_unit_test_flows_LDADD = src/read/libfwread.a src/core/libfwcore.a $(base_libs) $(CHECK_LIBS)

capture_image_c = tests/unit/capture_image.c tests/unit/capture_image.h
tests_unit_test_journal_SOURCES = tests/unit/test_journal.c $(capture_image_c) $(suite_h)
tests_unit_test_journal_CPPFLAGS = $(AM_CPPFLAGS) $(CHECK_CFLAGS)
tests_unit_test_journal_LDADD = src/read/libfwread.a src/wire/libfwwire.a $(lang_libs) $(CHECK_LIBS) \
	$(JANSSON_LIBS) $(PCAP_LIBS) $(NL_LIBS) $(CAPNG_LIBS) -lm

tests_unit_test_read_SOURCES = tests/unit/test_read.c $(capture_image_c) $(packet_c) $(suite_h)
tests_unit_test_read_CPPFLAGS = $(AM_CPPFLAGS) $(CHECK_CFLAGS)
tests_unit_test_read_LDADD = src/read/libfwread.a src/wire/libfwwire.a $(lang_libs) $(CHECK_LIBS) \
	$(JANSSON_LIBS) $(PCAP_LIBS) $(NL_LIBS) $(CAPNG_LIBS) -lm

tests_unit_test_rulebook_SOURCES = tests/unit/test_rulebook.c tests/unit/case_lines.c tests/unit/case_lines.h \
	$(capture_image_c) $(packet_c) $(suite_h)
tests_unit_test_rulebook_CPPFLAGS = $(AM_CPPFLAGS) $(CHECK_CFLAGS)
tests_unit_test_rulebook_LDADD = src/read/libfwread.a src/wire/libfwwire.a $(lang_libs) $(CHECK_LIBS) \
	$(JANSSON_LIBS) $(PCAP_LIBS) $(NL_LIBS) $(CAPNG_LIBS) -lm

tests_unit_test_replay_SOURCES = tests/unit/test_replay.c $(capture_image_c) $(packet_c) $(suite_h)
tests_unit_test_replay_CPPFLAGS = $(AM_CPPFLAGS) $(CHECK_CFLAGS)
tests_unit_test_replay_LDADD = src/read/libfwread.a src/wire/libfwwire.a $(lang_libs) $(CHECK_LIBS) \
	$(JANSSON_LIBS) $(PCAP_LIBS) $(NL_LIBS) $(CAPNG_LIBS) -lm
