# The reports, on results made by hand.
report_tests = \
	tests/unit/test_ladder \
	tests/unit/test_table \
	tests/unit/test_json \
	tests/unit/test_tap \
	tests/unit/test_text
check_PROGRAMS += $(report_tests)
TESTS += $(report_tests)

report_sample = tests/unit/report_sample.c tests/unit/report_sample.h
report_cppflags = $(AM_CPPFLAGS) $(CHECK_CFLAGS) $(JANSSON_CFLAGS)
report_ldadd = src/report/libfwreport.a src/core/libfwcore.a $(CHECK_LIBS) $(JANSSON_LIBS) $(XML_LIBS) -lm

tests_unit_test_ladder_SOURCES = tests/unit/test_ladder.c $(report_sample)
tests_unit_test_ladder_CPPFLAGS = $(report_cppflags)
tests_unit_test_ladder_LDADD = $(report_ldadd)
tests_unit_test_table_SOURCES = tests/unit/test_table.c $(report_sample)
tests_unit_test_table_CPPFLAGS = $(report_cppflags)
tests_unit_test_table_LDADD = $(report_ldadd)
tests_unit_test_json_SOURCES = tests/unit/test_json.c $(report_sample)
tests_unit_test_json_CPPFLAGS = $(report_cppflags)
tests_unit_test_json_LDADD = $(report_ldadd)
tests_unit_test_tap_SOURCES = tests/unit/test_tap.c $(report_sample)
tests_unit_test_tap_CPPFLAGS = $(report_cppflags)
tests_unit_test_tap_LDADD = $(report_ldadd)
tests_unit_test_text_SOURCES = tests/unit/test_text.c $(report_sample)
tests_unit_test_text_CPPFLAGS = $(report_cppflags)
tests_unit_test_text_LDADD = $(report_ldadd)
