# The scenarios, installed as they lie here. See Makefile.am for the places.

dist_table_DATA += \
	scenarios/table/row1-active-eof.wave \
	scenarios/table/row1-active.wave \
	scenarios/table/row1-passive-alive-retries2.wave \
	scenarios/table/row1-passive-default.wave \
	scenarios/table/row1-passive-orphan-retries1.wave \
	scenarios/table/row1-passive-orphan-retries3.wave \
	scenarios/table/row2-active-eof.wave \
	scenarios/table/row2-active.wave \
	scenarios/table/row2-passive-first-resend.wave \
	scenarios/table/row2-passive.wave \
	scenarios/table/row3-active-alive-retries2.wave \
	scenarios/table/row3-active-default.wave \
	scenarios/table/row3-active-eof.wave \
	scenarios/table/row3-active-orphan-retries1.wave \
	scenarios/table/row3-active-orphan-retries3.wave \
	scenarios/table/row3-passive-alive.wave \
	scenarios/table/row3-passive.wave \
	scenarios/table/row4-active-eof.wave \
	scenarios/table/row4-active.wave \
	scenarios/table/row4-passive-full.wave \
	scenarios/table/row4-passive.wave \
	scenarios/table/row5-active-crash-unread.wave \
	scenarios/table/row5-active-crash.wave \
	scenarios/table/row5-active-data-after-close.wave \
	scenarios/table/row5-active-linger0.wave \
	scenarios/table/row5-passive-crash-unread.wave \
	scenarios/table/row5-passive-crash.wave \
	scenarios/table/row5-passive-data-after-close.wave \
	scenarios/table/row5-passive-data-after-fin.wave \
	scenarios/table/row5-passive-linger0.wave

dist_claims_DATA += \
	scenarios/claims/ack-fin-apart.wave \
	scenarios/claims/ack-fin-merge.wave \
	scenarios/claims/bare-fin-close-wait.wave \
	scenarios/claims/bare-fin.wave \
	scenarios/claims/close-wait-keepalive.wave \
	scenarios/claims/close-wait-waits.wave \
	scenarios/claims/data-each-way-active.wave \
	scenarios/claims/data-each-way-passive.wave \
	scenarios/claims/half-close-after-close.wave \
	scenarios/claims/half-close-alive.wave \
	scenarios/claims/normal-close-active.wave \
	scenarios/claims/normal-close-passive.wave \
	scenarios/claims/rto-with-sample.wave \
	scenarios/claims/rto-without-sample.wave \
	scenarios/claims/simultaneous-close.wave \
	scenarios/claims/three-segment-close-passive.wave \
	scenarios/claims/time-wait-fin-timeout-120.wave \
	scenarios/claims/time-wait-fin-timeout-3.wave \
	scenarios/claims/tw-reuse-default.wave \
	scenarios/claims/tw-reuse-no-timestamps.wave \
	scenarios/claims/tw-reuse-timestamps.wave

dist_rfc_DATA += \
	scenarios/rfc/ack-short-of-fin.wave \
	scenarios/rfc/ack-too-high.wave \
	scenarios/rfc/bad-checksum.wave \
	scenarios/rfc/fragmented-fin.wave \
	scenarios/rfc/false-offset.wave \
	scenarios/rfc/false-option-length.wave \
	scenarios/rfc/other-port.wave \
	scenarios/rfc/close-after-shutdown.wave \
	scenarios/rfc/closing-resend.wave \
	scenarios/rfc/closing-time-wait-full.wave \
	scenarios/rfc/data-past-fin.wave \
	scenarios/rfc/fin-after-data.wave \
	scenarios/rfc/fin-beyond-window.wave \
	scenarios/rfc/fin-half-old.wave \
	scenarios/rfc/fin-out-of-order.wave \
	scenarios/rfc/fin-with-data.wave \
	scenarios/rfc/fin-zero-window.wave \
	scenarios/rfc/last-ack-short-of-fin.wave \
	scenarios/rfc/options-kept.wave \
	scenarios/rfc/resend-data-with-fin.wave \
	scenarios/rfc/resend-payload.wave \
	scenarios/rfc/rst-exact.wave \
	scenarios/rfc/rst-in-window.wave \
	scenarios/rfc/sequence-wrap.wave \
	scenarios/rfc/syn-in-window.wave \
	scenarios/rfc/time-wait-old-segments.wave \
	scenarios/rfc/time-wait-restarted-full.wave

dist_scenariolib_DATA += \
	scenarios/lib/gone.wave

dist_examples_DATA += \
	scenarios/examples/first.wave \
	scenarios/examples/merged-resend.wave \
	scenarios/examples/patient.wave \
	scenarios/examples/raw-filter.wave \
	scenarios/examples/tail-loss-probe.wave \
	scenarios/examples/zero-window.wave
