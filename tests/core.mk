# Tests of the core. They link the core and check alone: what the core would
# need beyond that, the linker names.
core_tests = \
	tests/unit/test_rules \
	tests/unit/test_arena \
	tests/unit/test_base \
	tests/unit/test_connection \
	tests/unit/test_numbers \
	tests/unit/test_observer \
	tests/unit/test_decode \
	tests/unit/test_diag \
	tests/unit/test_fragments \
	tests/unit/test_malformed \
	tests/unit/test_names \
	tests/unit/test_segment \
	tests/unit/test_seq

core_scripts = \
	tests/arch/core-symbols.sh \
	tests/arch/includes.sh \
	tests/arch/memory.sh \
	tests/arch/sizes.sh

check_PROGRAMS += $(core_tests) tests/fuzz/fuzz_decode
TESTS += $(core_tests) tests/fuzz/fuzz_decode $(core_scripts)
EXTRA_DIST += $(core_scripts)

core_test_cflags = $(AM_CFLAGS) $(CHECK_CFLAGS)
core_test_ldadd = src/core/libfwcore.a $(base_libs) $(CHECK_LIBS)
suite_h = tests/unit/suite.h
packet_c = tests/unit/packet.c tests/unit/packet.h

tests_unit_test_base_SOURCES = tests/unit/test_base.c $(suite_h)
tests_unit_test_base_CFLAGS = $(core_test_cflags)
tests_unit_test_base_LDADD = $(core_test_ldadd)

tests_unit_test_observer_SOURCES = tests/unit/test_observer.c $(suite_h)
tests_unit_test_observer_CFLAGS = $(core_test_cflags)
tests_unit_test_observer_LDADD = $(core_test_ldadd)

tests_unit_test_rules_SOURCES = tests/unit/test_rules.c $(suite_h)
tests_unit_test_rules_CFLAGS = $(core_test_cflags)
tests_unit_test_rules_LDADD = $(core_test_ldadd)

tests_unit_test_arena_SOURCES = tests/unit/test_arena.c $(suite_h)
tests_unit_test_arena_CFLAGS = $(core_test_cflags)
tests_unit_test_arena_LDADD = $(core_test_ldadd)

connection_rig = tests/unit/connection_rig.c tests/unit/connection_rig.h $(suite_h)
tests_unit_test_connection_SOURCES = tests/unit/test_connection.c $(connection_rig)
tests_unit_test_connection_CFLAGS = $(core_test_cflags)
tests_unit_test_connection_LDADD = $(core_test_ldadd)
tests_unit_test_numbers_SOURCES = tests/unit/test_numbers.c $(connection_rig)
tests_unit_test_numbers_CFLAGS = $(core_test_cflags)
tests_unit_test_numbers_LDADD = $(core_test_ldadd)

decode_rig = tests/unit/decode_rig.c tests/unit/decode_rig.h $(packet_c) $(suite_h)
tests_unit_test_decode_SOURCES = tests/unit/test_decode.c $(decode_rig)
tests_unit_test_decode_CFLAGS = $(core_test_cflags)
tests_unit_test_decode_LDADD = $(core_test_ldadd)

tests_unit_test_malformed_SOURCES = tests/unit/test_malformed.c $(decode_rig)
tests_unit_test_malformed_CFLAGS = $(core_test_cflags)
tests_unit_test_malformed_LDADD = $(core_test_ldadd)

tests_unit_test_diag_SOURCES = tests/unit/test_diag.c $(suite_h)
tests_unit_test_diag_CFLAGS = $(core_test_cflags)
tests_unit_test_diag_LDADD = $(core_test_ldadd)

tests_unit_test_fragments_SOURCES = tests/unit/test_fragments.c $(packet_c) $(suite_h)
tests_unit_test_fragments_CFLAGS = $(core_test_cflags)
tests_unit_test_fragments_LDADD = $(core_test_ldadd)

tests_unit_test_names_SOURCES = tests/unit/test_names.c $(suite_h)
tests_unit_test_names_CFLAGS = $(core_test_cflags)
tests_unit_test_names_LDADD = $(core_test_ldadd)

tests_unit_test_segment_SOURCES = tests/unit/test_segment.c $(suite_h)
tests_unit_test_segment_CFLAGS = $(core_test_cflags)
tests_unit_test_segment_LDADD = $(core_test_ldadd)

tests_unit_test_seq_SOURCES = tests/unit/test_seq.c $(suite_h)
tests_unit_test_seq_CFLAGS = $(core_test_cflags)
tests_unit_test_seq_LDADD = $(core_test_ldadd)

tests_fuzz_fuzz_decode_SOURCES = \
	tests/fuzz/fuzz_decode.c \
	tests/fuzz/standalone.c tests/fuzz/standalone.h \
	$(packet_c)
tests_fuzz_fuzz_decode_LDADD = src/core/libfwcore.a $(base_libs)
