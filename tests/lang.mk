# see Makefile.am
# Tests of the language. They link no libnet, and libpcap only where explain's
# filters are compiled.
lang_tests = \
	tests/unit/test_explain \
	tests/unit/test_lang \
	tests/unit/test_lang_golden \
	tests/unit/test_lang_mutants

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

EXTRA_DIST += \
	tests/golden/bad/binary.expected \
	tests/golden/bad/binary.wave \
	tests/golden/bad/block_header.expected \
	tests/golden/bad/block_header.wave \
	tests/golden/bad/block_line.expected \
	tests/golden/bad/block_line.wave \
	tests/golden/bad/blocks.expected \
	tests/golden/bad/blocks.wave \
	tests/golden/bad/capitals.expected \
	tests/golden/bad/capitals.wave \
	tests/golden/bad/control_bytes.expected \
	tests/golden/bad/control_bytes.wave \
	tests/golden/bad/crooked.expected \
	tests/golden/bad/crooked.wave \
	tests/golden/bad/deep.expected \
	tests/golden/bad/deep.wave \
	tests/golden/bad/define_type.expected \
	tests/golden/bad/define_type.wave \
	tests/golden/bad/define_unknown.expected \
	tests/golden/bad/define_unknown.wave \
	tests/golden/bad/empty.expected \
	tests/golden/bad/empty.wave \
	tests/golden/bad/filter.expected \
	tests/golden/bad/filter.wave \
	tests/golden/bad/flags.expected \
	tests/golden/bad/flags.wave \
	tests/golden/bad/header.expected \
	tests/golden/bad/header.wave \
	tests/golden/bad/header_syntax.expected \
	tests/golden/bad/header_syntax.wave \
	tests/golden/bad/include_deep.expected \
	tests/golden/bad/include_deep.wave \
	tests/golden/bad/include_directory.expected \
	tests/golden/bad/include_directory.wave \
	tests/golden/bad/include_error.expected \
	tests/golden/bad/include_error.wave \
	tests/golden/bad/include_loop.expected \
	tests/golden/bad/include_loop.wave \
	tests/golden/bad/include_missing.expected \
	tests/golden/bad/include_missing.wave \
	tests/golden/bad/include_self.expected \
	tests/golden/bad/include_self.wave \
	tests/golden/bad/include_steps.expected \
	tests/golden/bad/include_steps.wave \
	tests/golden/bad/interval.expected \
	tests/golden/bad/interval.wave \
	tests/golden/bad/latin1.expected \
	tests/golden/bad/latin1.wave \
	tests/golden/bad/option_length.expected \
	tests/golden/bad/option_length.wave \
	tests/golden/bad/lib/steps.inc \
	tests/golden/bad/lib/wrong.inc \
	tests/golden/bad/long_expression.expected \
	tests/golden/bad/long_expression.wave \
	tests/golden/bad/long_line.expected \
	tests/golden/bad/long_line.wave \
	tests/golden/bad/no_end.expected \
	tests/golden/bad/no_end.wave \
	tests/golden/bad/no_open.expected \
	tests/golden/bad/no_open.wave \
	tests/golden/bad/no_role.expected \
	tests/golden/bad/no_role.wave \
	tests/golden/bad/no_title.expected \
	tests/golden/bad/no_title.wave \
	tests/golden/bad/numbers.expected \
	tests/golden/bad/numbers.wave \
	tests/golden/bad/open.expected \
	tests/golden/bad/open.wave \
	tests/golden/bad/options.expected \
	tests/golden/bad/options.wave \
	tests/golden/bad/order.expected \
	tests/golden/bad/order.wave \
	tests/golden/bad/params.expected \
	tests/golden/bad/params.wave \
	tests/golden/bad/percent.expected \
	tests/golden/bad/percent.wave \
	tests/golden/bad/provoke.expected \
	tests/golden/bad/provoke.wave \
	tests/golden/bad/rebind.expected \
	tests/golden/bad/rebind.wave \
	tests/golden/bad/repeat.expected \
	tests/golden/bad/repeat.wave \
	tests/golden/bad/reserved.expected \
	tests/golden/bad/reserved.wave \
	tests/golden/bad/segment.expected \
	tests/golden/bad/segment.wave \
	tests/golden/bad/series.expected \
	tests/golden/bad/series.wave \
	tests/golden/bad/silence.expected \
	tests/golden/bad/silence.wave \
	tests/golden/bad/state.expected \
	tests/golden/bad/state.wave \
	tests/golden/bad/stray.expected \
	tests/golden/bad/stray.wave \
	tests/golden/bad/strings.expected \
	tests/golden/bad/strings.wave \
	tests/golden/bad/sub/deep0.inc \
	tests/golden/bad/sub/deep1.inc \
	tests/golden/bad/sub/deep10.inc \
	tests/golden/bad/sub/deep11.inc \
	tests/golden/bad/sub/deep12.inc \
	tests/golden/bad/sub/deep13.inc \
	tests/golden/bad/sub/deep14.inc \
	tests/golden/bad/sub/deep15.inc \
	tests/golden/bad/sub/deep16.inc \
	tests/golden/bad/sub/deep17.inc \
	tests/golden/bad/sub/deep18.inc \
	tests/golden/bad/sub/deep19.inc \
	tests/golden/bad/sub/deep2.inc \
	tests/golden/bad/sub/deep3.inc \
	tests/golden/bad/sub/deep4.inc \
	tests/golden/bad/sub/deep5.inc \
	tests/golden/bad/sub/deep6.inc \
	tests/golden/bad/sub/deep7.inc \
	tests/golden/bad/sub/deep8.inc \
	tests/golden/bad/sub/deep9.inc \
	tests/golden/bad/sub/loop_a.inc \
	tests/golden/bad/sub/loop_b.inc \
	tests/golden/bad/tabs.expected \
	tests/golden/bad/tabs.wave \
	tests/golden/bad/times.expected \
	tests/golden/bad/times.wave \
	tests/golden/bad/too_many.expected \
	tests/golden/bad/too_many.wave \
	tests/golden/bad/unbound.expected \
	tests/golden/bad/unbound.wave \
	tests/golden/bad/very_deep.expected \
	tests/golden/bad/very_deep.wave \
	tests/golden/bad/words.expected \
	tests/golden/bad/words.wave \
	tests/golden/good/blocks.expected \
	tests/golden/good/blocks.wave \
	tests/golden/good/bom.expected \
	tests/golden/good/bom.wave \
	tests/golden/good/crlf.expected \
	tests/golden/good/crlf.wave \
	tests/golden/good/define.expected \
	tests/golden/good/define.wave \
	tests/golden/good/design.expected \
	tests/golden/good/design.wave \
	tests/golden/good/expressions.expected \
	tests/golden/good/expressions.wave \
	tests/golden/good/header.expected \
	tests/golden/good/header.wave \
	tests/golden/good/lib/common.inc \
	tests/golden/good/lib/more.inc \
	tests/golden/good/provoke.expected \
	tests/golden/good/provoke.wave \
	tests/golden/good/segments.expected \
	tests/golden/good/segments.wave \
	tests/golden/good/series.expected \
	tests/golden/good/series.wave \
	tests/golden/good/sub/close.inc \
	tests/golden/good/sub/tol.inc
