# The engine on a fake wire, and the filters that it asks.
engine_tests = \
	tests/unit/test_engine \
	tests/unit/test_asks \
	tests/unit/test_client \
	tests/unit/test_ends \
	tests/unit/test_series \
	tests/unit/test_observations \
	tests/unit/test_strict \
	tests/unit/test_levels \
	tests/unit/test_lateness \
	tests/unit/test_lower
check_PROGRAMS += $(engine_tests)
TESTS += $(engine_tests)

engine_test_cppflags = $(AM_CPPFLAGS) $(CHECK_CFLAGS)
engine_test_ldadd = src/lang/libfwlang.a src/report/libfwreport.a src/core/libfwcore.a $(base_libs) $(CHECK_LIBS) -lm

engine_rig = tests/unit/engine_rig.c tests/unit/engine_rig.h $(suite_h)
tests_unit_test_engine_SOURCES = tests/unit/test_engine.c $(engine_rig)
tests_unit_test_engine_CPPFLAGS = $(engine_test_cppflags)
tests_unit_test_engine_LDADD = $(engine_test_ldadd)

tests_unit_test_asks_SOURCES = tests/unit/test_asks.c $(engine_rig)
tests_unit_test_asks_CPPFLAGS = $(engine_test_cppflags)
tests_unit_test_asks_LDADD = $(engine_test_ldadd)

tests_unit_test_client_SOURCES = tests/unit/test_client.c $(engine_rig)
tests_unit_test_client_CPPFLAGS = $(engine_test_cppflags)
tests_unit_test_client_LDADD = $(engine_test_ldadd)

tests_unit_test_ends_SOURCES = tests/unit/test_ends.c $(engine_rig)
tests_unit_test_ends_CPPFLAGS = $(engine_test_cppflags)
tests_unit_test_ends_LDADD = $(engine_test_ldadd)

tests_unit_test_series_SOURCES = tests/unit/test_series.c $(engine_rig)
tests_unit_test_series_CPPFLAGS = $(engine_test_cppflags)
tests_unit_test_series_LDADD = $(engine_test_ldadd)

tests_unit_test_observations_SOURCES = tests/unit/test_observations.c $(engine_rig)
tests_unit_test_observations_CPPFLAGS = $(engine_test_cppflags)
tests_unit_test_observations_LDADD = $(engine_test_ldadd)

tests_unit_test_levels_SOURCES = tests/unit/test_levels.c $(engine_rig)
tests_unit_test_levels_CPPFLAGS = $(engine_test_cppflags)
tests_unit_test_levels_LDADD = $(engine_test_ldadd)

tests_unit_test_lateness_SOURCES = tests/unit/test_lateness.c $(engine_rig)
tests_unit_test_lateness_CPPFLAGS = $(engine_test_cppflags)
tests_unit_test_lateness_LDADD = $(engine_test_ldadd)

tests_unit_test_strict_SOURCES = tests/unit/test_strict.c $(engine_rig)
tests_unit_test_strict_CPPFLAGS = $(engine_test_cppflags)
tests_unit_test_strict_LDADD = $(engine_test_ldadd)

# Only the property test links libpcap: it plays both sides.
tests_unit_test_lower_SOURCES = tests/unit/test_lower.c
tests_unit_test_lower_CPPFLAGS = $(engine_test_cppflags) $(PCAP_CFLAGS)
tests_unit_test_lower_LDADD = src/core/libfwcore.a $(base_libs) $(CHECK_LIBS) $(PCAP_LIBS) -lm
