# Against whom and how a scenario is played: the world, the event loop, the runs.
noinst_LIBRARIES += src/run/libfwrun.a
src_run_libfwrun_a_CPPFLAGS = $(AM_CPPFLAGS) -D_GNU_SOURCE
src_run_libfwrun_a_SOURCES = \
	src/run/demux.c \
	src/run/job.c src/run/job.h \
	src/run/loop.c \
	src/run/options.h \
	src/run/pace.c src/run/pace.h \
	src/run/plain.c src/run/plain.h \
	src/run/play.c src/run/play.h src/run/play_end.c src/run/play_io.c \
	src/run/confirm.c src/run/own_side.c \
	src/run/skip.c \
	src/run/target.c \
	src/run/netpath.c src/run/netpath.h \
	src/run/world.c src/run/world.h src/run/world_lab.c src/run/world_remote.c \
	src/run/world_stack.c
