# From the command line to the exit status: a file for each command, and what they share.
noinst_LIBRARIES += src/cmd/libfwcmd.a
src_cmd_libfwcmd_a_SOURCES = \
	src/cmd/check.c \
	src/cmd/collect.c src/cmd/collect.h \
	src/cmd/command.c src/cmd/command.h \
	src/cmd/doctor.c src/cmd/doctor.h src/cmd/doctor_agent.c src/cmd/doctor_say.c \
	src/cmd/doctor_sessions.c src/cmd/doctor_verbs.c \
	src/cmd/exam.c src/cmd/exam.h src/cmd/exam_connection.c \
	src/cmd/draw.c \
	src/cmd/explain.c \
	src/cmd/flags.c \
	src/cmd/judge.c \
	src/cmd/new.c \
	src/cmd/options.c src/cmd/options.h \
	src/cmd/output.c src/cmd/output.h \
	src/cmd/peer.c \
	src/cmd/progress.c \
	src/cmd/run.c \
	src/cmd/send.c src/cmd/send.h src/cmd/send_play.c src/cmd/send_text.c
