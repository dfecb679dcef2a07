# Reports: verdicts with their evidence, written to a stream of the caller's.
noinst_LIBRARIES += src/report/libfwreport.a
src_report_libfwreport_a_CPPFLAGS = $(AM_CPPFLAGS) $(JANSSON_CFLAGS)
src_report_libfwreport_a_SOURCES = \
	src/report/clean.c src/report/clean.h \
	src/report/finding.c src/report/finding.h \
	src/report/cut.c src/report/cut.h \
	src/report/json.c src/report/json.h \
	src/report/ladder.c src/report/ladder.h src/report/ladder_impl.h \
	src/report/ladder_steps.c \
	src/report/measures.c src/report/measures.h \
	src/report/pen.c src/report/pen.h \
	src/report/result.c src/report/result.h \
	src/report/states.c src/report/states.h \
	src/report/style.c src/report/style.h \
	src/report/table.c src/report/table.h \
	src/report/tap.c src/report/tap.h \
	src/report/tcpdump.c src/report/tcpdump.h \
	src/report/text.c src/report/text.h \
	src/report/words.c src/report/words.h
