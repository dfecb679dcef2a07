# The command line as people meet it: help, completion, new, doctor, vim.
cli_tests = \
	tests/project/help.sh \
	tests/project/new.sh \
	tests/project/doctor.sh \
	tests/project/progress.sh \
	tests/project/completion.sh \
	tests/project/send.sh \
	tests/project/vim.sh
dist_check_SCRIPTS += $(cli_tests)
TESTS += $(cli_tests)
