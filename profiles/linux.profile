# Linux with its defaults.
#
# Not given on purpose:
#   shut_window   6.1 sends its FIN into a shut window, 6.18 probes

title    = "Linux"
based_on = rfc

deadline        = 5s             # no source: generous for a host that answers within 0.1 s (this project)
time_wait       = 60s..66s       # include/net/tcp.h, TCP_TIMEWAIT_LEN; measured 60.1 to 62.0 s
time_wait_timer = 57s..61s       # the same, by sock_diag
msl             = 30s            # half of TCP_TIMEWAIT_LEN
fin_wait_2      = 59s..66s       # ip-sysctl, tcp_fin_timeout; measured 60.2 to 61.7 s
rto_min         = 200ms          # include/net/tcp.h, TCP_RTO_MIN
rto_initial     = 2800ms..3600ms # RFC 6298 (5.7); include/net/tcp.h, TCP_TIMEOUT_FALLBACK
syn_gap         = 900ms..1500ms  # include/net/tcp.h, TCP_TIMEOUT_INIT: 1 s, RFC 6298 (2.1)
first_gap       = 190ms..400ms   # measured 0.204 to 0.220 s on a path of under 1 ms
first_resend    = 5s             # the longest first gap is TCP_TIMEOUT_FALLBACK's 3 s
timer_tick      = 0s             # a jiffy of 1 to 10 ms is less than what the back-off allows
backoff_late    = 15%            # the timer wheel is late by up to 12 %: kernel/time/timer.c
backoff_early   = 2%             # the same: never early
resends         = 4              # ip-sysctl, tcp_orphan_retries: 0 acts as 8, tcp_retries2 is 15
abort_rst       = ack            # tcp_send_active_reset(); measured
fin_again       = ack            # measured
merged_fin      = merged         # measured: 20 of 20
crash           = fin            # do_exit() closes what is open; measured
orphan_data     = rst            # tcp_rcv_state_process(), RFC 9293 3.6.1 (SHLD-3); measured
