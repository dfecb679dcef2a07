# lwIP 2 with its defaults (src/include/lwip/opt.h, src/include/lwip/priv/tcp_priv.h).

title    = "lwIP 2"
based_on = rfc

deadline        = 10s            # measured: a first wait of 5.004 s in CLOSING
time_wait       = 119s..125s     # tcp_priv.h, TCP_MSL 60000: twice that, and a tick
msl             = 60s            # tcp_priv.h, TCP_MSL
fin_wait_2      = 19500ms..22s   # tcp_priv.h, TCP_FIN_WAIT_TIMEOUT 20000; measured 20 s
rto_initial     = 2400ms..3100ms # opt.h, LWIP_TCP_RTO_TIME 3000, six ticks
syn_gap         = 2400ms..3100ms # the same
first_gap       = 900ms..3100ms  # three ticks to six, less the phase; measured 2.02 to 2.75 s
first_resend    = 10s            # measured 5.004 s in CLOSING
timer_tick      = 500ms          # tcp_priv.h, TCP_SLOW_INTERVAL
backoff_late    = 15%            # a tick is not early, and as late as its host
backoff_early   = 2%             # the same
resends         = 3              # tcp.c, tcp_backoff[]: 12 (TCP_MAXRTX), the fourth after 37 s
abort_rst       = ack            # tcp_out.c, tcp_rst(): measured
fin_again       = ack            # measured
shut_window     = fin            # measured
