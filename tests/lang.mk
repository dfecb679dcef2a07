# see Makefile.am
# Tests of the language. They link no libnet, and libpcap only where explain's
# filters are compiled.
lang_tests = \
	tests/unit/test_explain \
	tests/unit/test_lang \
	tests/unit/test_lang_golden \
	tests/unit/test_lang_mutants \
	tests/unit/test_profile

check_PROGRAMS += $(lang_tests)
TESTS += $(lang_tests)

lang_libs = src/lang/libfwlang.a src/core/libfwcore.a $(base_libs)

tests_unit_test_explain_SOURCES = tests/unit/test_explain.c $(suite_h)
tests_unit_test_explain_CFLAGS = $(core_test_cflags) $(PCAP_CFLAGS)
tests_unit_test_explain_LDADD = $(lang_libs) $(CHECK_LIBS) $(PCAP_LIBS)

tests_unit_test_lang_SOURCES = tests/unit/test_lang.c $(suite_h)
tests_unit_test_lang_CFLAGS = $(core_test_cflags)
tests_unit_test_lang_LDADD = $(lang_libs) $(CHECK_LIBS)

tests_unit_test_lang_golden_SOURCES = \
	tests/unit/test_lang_golden.c \
	tests/unit/lang_dump.c tests/unit/lang_dump.h
tests_unit_test_lang_golden_LDADD = $(lang_libs)

tests_unit_test_lang_mutants_SOURCES = tests/unit/test_lang_mutants.c
tests_unit_test_lang_mutants_LDADD = $(lang_libs)

tests_unit_test_profile_SOURCES = tests/unit/test_profile.c $(suite_h)
tests_unit_test_profile_CFLAGS = $(core_test_cflags)
tests_unit_test_profile_LDADD = $(lang_libs) $(CHECK_LIBS)

# A scenario and what is to come of it: the whole directory.
EXTRA_DIST += tests/golden
