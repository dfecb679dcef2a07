# The program. All of it but main.c is in the libraries, so that tests link it.
bin_PROGRAMS += src/fourwave
src_fourwave_SOURCES = src/main.c
src_fourwave_LDADD = $(program_libs)
program_libs = \
	src/cmd/libfwcmd.a \
	src/run/libfwrun.a \
	src/report/libfwreport.a \
	src/read/libfwread.a \
	src/lab/libfwlab.a \
	$(WIRE_LIBS) \
	src/lang/libfwlang.a \
	src/core/libfwcore.a $(base_libs) \
	$(LIBNET_LIBS) $(PCAP_LIBS) $(NL_LIBS) $(CAPNG_LIBS) $(JANSSON_LIBS) $(XML_LIBS) -lm
