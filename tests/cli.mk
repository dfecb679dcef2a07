# The command line as people meet it: help, completion, new, doctor, vim.
cli_tests = \
	tests/project/gallery.sh \
	tests/project/ci-jobs.sh \
	tests/project/progress.sh \
	tests/project/ci.sh \
	tests/project/new.sh \
	tests/project/send.sh \
	tests/project/help.sh \
	tests/project/doctor.sh \
	tests/project/completion.sh \
	tests/project/vim.sh \
	tests/project/stacks.sh
dist_check_SCRIPTS += $(cli_tests)
TESTS += $(cli_tests)

# What the program shows, made by scripts/gallery.
dist_doc_DATA += doc/gallery.md
gallerydir = $(docdir)/gallery
dist_gallery_DATA = \
	doc/gallery/ladder.png \
	doc/gallery/page-dark.png \
	doc/gallery/page-ladder.png \
	doc/gallery/page-light.png \
	doc/gallery/progress.png \
	doc/gallery/vim.png

EXTRA_DIST += tests/project/stacks

# What scripts/stacks found out.
dist_doc_DATA += doc/stacks.md

# What doc/ci.md tells, to be copied.
dist_doc_DATA += doc/ci.md
EXTRA_DIST += \
	examples/automake/Makefile.am \
	examples/automake/configure.ac \
	examples/automake/greeterd.c \
	examples/automake/tests/closes.wave \
	examples/automake/tests/judge \
	examples/automake/tests/lost-ack.wave \
	examples/automake/tests/lost-fin.wave \
	examples/automake/tests/short-wait.wave \
	examples/ci/github.yml \
	examples/ci/gitlab.yml
