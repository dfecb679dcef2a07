# The lab: peers in namespaces, the agent, the states, the control channel.
noinst_LIBRARIES += src/lab/libfwlab.a
src_lab_libfwlab_a_CFLAGS = $(AM_CFLAGS) $(NL_CFLAGS) $(CAPNG_CFLAGS)
src_lab_libfwlab_a_CPPFLAGS = $(AM_CPPFLAGS) -D_GNU_SOURCE
src_lab_libfwlab_a_SOURCES = \
	src/lab/agent.c src/lab/agent.h src/lab/agent_impl.h \
	src/lab/claim.c \
	src/lab/control.c src/lab/control.h \
	src/lab/lab.c src/lab/lab.h \
	src/lab/protocol.c src/lab/protocol.h \
	src/lab/request.c \
	src/lab/session.c \
	src/lab/states.c \
	src/lab/sysctl.c src/lab/sysctl.h \
	src/lab/tap.c src/lab/tap.h \
	src/lab/veth.c src/lab/veth.h \
	src/lab/worker.c src/lab/worker.h
