# The lab: peers in namespaces, the agent, the states, the control channel.
noinst_LIBRARIES += src/lab/libfwlab.a
src_lab_libfwlab_a_CFLAGS = $(AM_CFLAGS) $(NL_CFLAGS) $(CAPNG_CFLAGS)
src_lab_libfwlab_a_CPPFLAGS = $(AM_CPPFLAGS) -D_GNU_SOURCE
src_lab_libfwlab_a_SOURCES = \
	src/lab/agent.c src/lab/agent.h src/lab/agent_impl.h \
	src/lab/claim.c \
	src/lab/control.c src/lab/control.h \
	src/lab/host.c src/lab/host.h \
	src/lab/keeper.c src/lab/keeper.h src/lab/keeper_impl.h \
	src/lab/keeper_programs.c src/lab/keeper_clients.c \
	src/lab/lab.c src/lab/lab.h \
	src/lab/listening.c src/lab/listening.h \
	src/lab/program.c src/lab/program.h \
	src/lab/protocol.c src/lab/protocol.h \
	src/lab/request.c \
	src/lab/session.c \
	src/lab/stack.c src/lab/stack.h \
	src/lab/states.c src/lab/states.h \
	src/lab/sysctl.c src/lab/sysctl.h \
	src/lab/tap.c src/lab/tap.h \
	src/lab/veth.c src/lab/veth.h \
	src/lab/worker.c src/lab/worker.h
