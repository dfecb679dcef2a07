# The command line: options, targets, in-band bytes, and the pieces of the loop
# that need no wire.
run_tests = tests/unit/test_options tests/unit/test_target tests/unit/test_plain \
	tests/unit/test_pace
check_PROGRAMS += $(run_tests)
TESTS += $(run_tests)

run_test_libs = src/run/libfwrun.a src/report/libfwreport.a src/lang/libfwlang.a src/core/libfwcore.a $(base_libs) $(CHECK_LIBS)

tests_unit_test_options_SOURCES = tests/unit/test_options.c $(suite_h)
tests_unit_test_options_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)
tests_unit_test_options_LDADD = $(program_libs) $(CHECK_LIBS)

tests_unit_test_target_SOURCES = tests/unit/test_target.c $(suite_h)
tests_unit_test_target_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)
tests_unit_test_target_LDADD = $(run_test_libs)

tests_unit_test_pace_SOURCES = tests/unit/test_pace.c $(suite_h)
tests_unit_test_pace_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)
tests_unit_test_pace_LDADD = $(run_test_libs)

tests_unit_test_plain_SOURCES = tests/unit/test_plain.c $(suite_h)
tests_unit_test_plain_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)
tests_unit_test_plain_LDADD = $(run_test_libs)
