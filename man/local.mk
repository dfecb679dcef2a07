# The manual; mdoc.
dist_man_MANS += \
	man/fourwave.1 \
	man/fourwave-agent.7 \
	man/fourwave-profile.5 \
	man/fourwave-scenario.5 \
	man/fourwave-table.7
