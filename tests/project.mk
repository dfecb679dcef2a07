# Tests of the whole: what the documents say, and what is left behind.
project_tests = \
	tests/project/manual-examples.sh \
	tests/project/nothing-left.sh \
	tests/project/misuse.sh \
	tests/project/manual-lint.sh \
	tests/project/manual-flags.sh \
	tests/project/readme.sh \
	tests/project/listed.sh \
	tests/project/symbols.sh
dist_check_SCRIPTS += $(project_tests)
TESTS += $(project_tests)
EXTRA_DIST += tests/project/common.sh tests/project/left.sh tests/project/manual.pl tests/project/session.pl \
	tests/project/may-skip \
	tests/project/omitted
