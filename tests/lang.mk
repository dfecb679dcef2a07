# see Makefile.am
LANG_TEST_LDADD = src/lang/libfwlang.a src/core/libfwcore.a
check_PROGRAMS += tests/unit/test_lang_golden
TESTS += tests/unit/test_lang_golden
tests_unit_test_lang_golden_SOURCES = tests/unit/test_lang_golden.c tests/unit/lang_dump.c tests/unit/lang_dump.h
tests_unit_test_lang_golden_LDADD = $(LANG_TEST_LDADD)
EXTRA_DIST += tests/golden
