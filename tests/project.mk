# Tests of the whole: what the documents say, and what is left behind.
dist_check_SCRIPTS += \
	tests/project/manual-lint.sh \
	tests/project/manual-flags.sh \
	tests/project/manual-examples.sh \
	tests/project/readme.sh \
	tests/project/misuse.sh \
	tests/project/listed.sh \
	tests/project/symbols.sh \
	tests/project/nothing-left.sh
TESTS += \
	tests/project/manual-lint.sh \
	tests/project/manual-flags.sh \
	tests/project/manual-examples.sh \
	tests/project/readme.sh \
	tests/project/misuse.sh \
	tests/project/listed.sh \
	tests/project/symbols.sh \
	tests/project/nothing-left.sh
EXTRA_DIST += tests/project/common.sh tests/project/manual.pl tests/project/may-skip
