# The line of 4.4BSD, as it lives on in the BSDs, macOS and libslirp.
#
# Their clocks differ: 4.4BSD and libslirp resend in ticks of 500 ms, after two of them at least. FreeBSD's timers
# are exact, its least time-out is 30 ms and 200 ms of slop: a first gap of less than a tick is judged as if there
# were none, so both are right here.
#
# Not given on purpose, as they differ:
#   time_wait     60 s (tcp_timer.h, TCPTV_MSL 30 s) in 4.4BSD and FreeBSD, half of that in macOS
#   fin_wait_2    675 s in 4.4BSD, 60 s in FreeBSD (tcp_timer.h, TCPTV_FINWAIT2_TIMEOUT)

title    = "4.4BSD and its heirs"
based_on = rfc

deadline      = 10s           # the first resend, and more
first_gap     = 190ms..2100ms # FreeBSD tcp_timer.h, TCPTV_CPU_VAR; libslirp measured 1.05 to 1.72 s, two ticks to four
rto_initial   = 900ms..12500ms # libslirp goes on with the SYN-ACK's, measured 11.8 s; FreeBSD tcp_timer.h, TCPTV_RTOBASE
syn_gap       = 900ms..6200ms # 4.4BSD tcp_timer.h, TCPTV_SRTTDFLT: 6 s before a round trip, measured 5.89; FreeBSD 1 s
first_resend  = 13s           # more than the longest of these first gaps
timer_tick    = 500ms         # 4.4BSD sys/protosw.h, PR_SLOWHZ 2; libslirp measured: 1.05 to 1.46, 3.00, 6.08 s
backoff_late  = 15%           # a tick is not early, and as late as its host
backoff_early = 2%            # the same
abort_rst     = ack           # tcp_subr.c, tcp_drop() through tcp_outflags[TCPS_CLOSED]
fin_again     = fin           # measured, libslirp: snd_nxt steps back to send an ACK, and the FIN goes with it
