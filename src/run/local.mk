# From the command line to the exit status: options, the event loop, the jobs.
noinst_LIBRARIES += src/run/libfwrun.a
src_run_libfwrun_a_SOURCES = \
	src/run/batch.c src/run/batch.h \
	src/run/bucket.c src/run/bucket.h \
	src/run/channel.c src/run/channel.h \
	src/run/check_cmd.c \
	src/run/command.c src/run/command.h \
	src/run/collect.c src/run/collect.h \
	src/run/demux.c src/run/demux.h \
	src/run/doctor.h src/run/doctor_cmd.c src/run/doctor_lab.c src/run/doctor_net.c \
	src/run/examples.c src/run/examples.h \
	src/run/draw_cmd.c \
	src/run/explain_cmd.c \
	src/run/flags.c src/run/flags.h \
	src/run/hearing.c src/run/hearing.h \
	src/run/job.c src/run/job.h src/run/job_dump.c \
	src/run/judge_cmd.c \
	src/run/loop.c src/run/loop.h \
	src/run/new_cmd.c \
	src/run/options.c src/run/options.h \
	src/run/output.c src/run/output.h \
	src/run/peer_cmd.c \
	src/run/plain.c src/run/plain.h \
	src/run/play.c src/run/play.h src/run/play_end.c src/run/play_io.c \
	src/run/progress.c src/run/progress.h \
	src/run/run_cmd.c \
	src/run/scenarios.c \
	src/run/send.h src/run/send_cmd.c src/run/send_play.c src/run/send_text.c \
	src/run/skip.c src/run/skip.h \
	src/run/status.h \
	src/run/target.c src/run/target.h \
	src/run/templates.c src/run/templates.h \
	src/run/way.c src/run/way.h \
	src/run/world.c src/run/world.h src/run/world_remote.c
