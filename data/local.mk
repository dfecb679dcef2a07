# What the program has in itself, as C made of it: src/base/embedded.h.
embedded_files = \
	data/page.css \
	data/templates/active.wave \
	data/templates/listen.wave \
	data/templates/passive.wave \
	data/templates/row1-active.wave \
	data/templates/row1-passive.wave \
	data/templates/row2-active.wave \
	data/templates/row2-passive.wave \
	data/templates/row3-active.wave \
	data/templates/row3-passive.wave \
	data/templates/row4-active.wave \
	data/templates/row4-passive.wave \
	data/templates/row5-active.wave \
	data/templates/row5-passive.wave \
	data/templates/simultaneous.wave
EXTRA_DIST += data/embed.awk $(embedded_files)

# The names in it are relative to the tree, wherever that is.
nodist_src_base_libfwbase_a_SOURCES = src/base/embedded_files.c
src/base/embedded_files.c: data/embed.awk data/local.mk $(embedded_files)
	$(AM_V_GEN)$(MKDIR_P) $(@D)
	$(AM_V_at)(cd $(srcdir) && $(AWK) -f data/embed.awk $(embedded_files)) >$@-t
	$(AM_V_at)mv $@-t $@
CLEANFILES += src/base/embedded_files.c src/base/embedded_files.c-t
