# The mutant peer: a small TCP of our own with one planted fault, and the script that
# plays the scenarios against each.
check_PROGRAMS += tests/mutants/peer
TESTS += tests/mutants/run
EXTRA_DIST += tests/mutants/run

tests_mutants_peer_SOURCES = \
	tests/mutants/arrive.c \
	tests/mutants/control.c tests/mutants/control.h \
	tests/mutants/faults.c tests/mutants/faults.h \
	tests/mutants/options.c \
	tests/mutants/output.c \
	tests/mutants/packet.c tests/mutants/packet.h \
	tests/mutants/peer.c \
	tests/mutants/stack.c tests/mutants/stack.h \
	tests/mutants/user.c
tests_mutants_peer_CPPFLAGS = $(AM_CPPFLAGS) -D_GNU_SOURCE -I$(srcdir)/tests/mutants
tests_mutants_peer_CFLAGS = $(AM_CFLAGS) $(CAPNG_CFLAGS)
tests_mutants_peer_LDADD = src/lab/libfwlab.a src/lang/libfwlang.a src/core/libfwcore.a $(base_libs) $(NL_LIBS) $(CAPNG_LIBS)
