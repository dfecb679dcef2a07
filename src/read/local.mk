# Capture files read again: what was in them, and a run's verdict from them.
noinst_LIBRARIES += src/read/libfwread.a
src_read_libfwread_a_CPPFLAGS = $(AM_CPPFLAGS) $(JANSSON_CFLAGS) $(PCAP_CFLAGS)
src_read_libfwread_a_SOURCES = \
	src/read/case_json.c \
	src/read/close_case.c src/read/close_case.h src/read/close_impl.h \
	src/read/close_unusual.c src/read/close_words.c \
	src/read/file.c src/read/file.h \
	src/read/flows.c \
	src/read/journal.c src/read/journal.h src/read/journal_text.c \
	src/read/replay.c src/read/replay.h \
	src/read/replay_find.c
