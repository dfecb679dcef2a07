# Reports: verdicts with their evidence, written to a stream of the caller's.
noinst_LIBRARIES += src/report/libfwreport.a
src_report_libfwreport_a_CPPFLAGS = $(AM_CPPFLAGS) $(JANSSON_CFLAGS) $(XML_CFLAGS)
src_report_libfwreport_a_SOURCES = \
	src/report/about.c \
	src/report/baseline.c src/report/baseline.h src/report/baseline_impl.h \
	src/report/baseline_match.c \
	src/report/broken.c \
	src/report/facts.c src/report/facts.h \
	src/report/formats.h \
	src/report/html.c src/report/html_scenario.c src/report/page.h \
	src/report/junit.c \
	src/report/known.c \
	src/report/ladder.c src/report/ladder.h \
	src/report/markup.c src/report/markup.h \
	src/report/measures.c \
	src/report/pen.c src/report/pen.h \
	src/report/phrase.c \
	src/report/plot.c \
	src/report/reason.c \
	src/report/result.h \
	src/report/rows.c src/report/rows.h \
	src/report/save.c src/report/save.h \
	src/report/svg.c \
	src/report/table.c \
	src/report/tap.c \
	src/report/templates.h \
	src/report/text.c \
	src/report/values.c src/report/values.h \
	src/report/words.c src/report/words.h
