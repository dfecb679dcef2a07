# The reports, on results made by hand.
report_tests = \
	tests/unit/test_baseline \
	tests/unit/test_ladder \
	tests/unit/test_table \
	tests/unit/test_json \
	tests/unit/test_reason \
	tests/unit/test_tap \
	tests/unit/test_text \
	tests/unit/test_markup \
	tests/unit/test_save
check_PROGRAMS += $(report_tests)
TESTS += $(report_tests)

report_sample = tests/unit/report_sample.c tests/unit/report_sample.h
report_cppflags = $(AM_CPPFLAGS) $(CHECK_CFLAGS) $(JANSSON_CFLAGS)
report_ldadd = src/report/libfwreport.a src/lang/libfwlang.a src/core/libfwcore.a $(base_libs) $(CHECK_LIBS) $(JANSSON_LIBS) $(XML_LIBS) -lm

tests_unit_test_baseline_SOURCES = tests/unit/test_baseline.c $(report_sample) $(suite_h)
tests_unit_test_baseline_CPPFLAGS = $(report_cppflags)
tests_unit_test_baseline_LDADD = $(report_ldadd)
tests_unit_test_ladder_SOURCES = tests/unit/test_ladder.c $(report_sample)
tests_unit_test_ladder_CPPFLAGS = $(report_cppflags)
tests_unit_test_ladder_LDADD = $(report_ldadd)

tests_unit_test_table_SOURCES = tests/unit/test_table.c $(report_sample)
tests_unit_test_table_CPPFLAGS = $(report_cppflags)
tests_unit_test_table_LDADD = $(report_ldadd)
tests_unit_test_json_SOURCES = tests/unit/test_json.c $(report_sample)
tests_unit_test_json_CPPFLAGS = $(report_cppflags)
tests_unit_test_json_LDADD = $(report_ldadd)
tests_unit_test_reason_SOURCES = tests/unit/test_reason.c $(report_sample) $(suite_h)
tests_unit_test_reason_CPPFLAGS = $(report_cppflags)
tests_unit_test_reason_LDADD = $(report_ldadd)
tests_unit_test_tap_SOURCES = tests/unit/test_tap.c $(report_sample)
tests_unit_test_tap_CPPFLAGS = $(report_cppflags)
tests_unit_test_tap_LDADD = $(report_ldadd)
tests_unit_test_text_SOURCES = tests/unit/test_text.c $(report_sample)
tests_unit_test_text_CPPFLAGS = $(report_cppflags)
tests_unit_test_text_LDADD = $(report_ldadd)
tests_unit_test_markup_SOURCES = tests/unit/test_markup.c $(report_sample)
tests_unit_test_markup_CPPFLAGS = $(report_cppflags)
tests_unit_test_markup_LDADD = $(report_ldadd)
tests_unit_test_save_SOURCES = tests/unit/test_save.c
tests_unit_test_save_CPPFLAGS = $(report_cppflags)
tests_unit_test_save_LDADD = $(report_ldadd)

# The forms that others read, each by its own validator or reader.
check_PROGRAMS += tests/unit/sample_report
tests_unit_sample_report_SOURCES = tests/unit/sample_report.c $(report_sample)
tests_unit_sample_report_CPPFLAGS = $(report_cppflags)
tests_unit_sample_report_LDADD = $(report_ldadd)
report_scripts = tests/project/schema.sh tests/project/junit.sh tests/project/html.sh
dist_check_SCRIPTS += $(report_scripts)
TESTS += $(report_scripts)
EXTRA_DIST += tests/project/reports.sh tests/project/junit.xsd tests/project/validate.py
