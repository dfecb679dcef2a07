# The line of 4.4BSD, as it lives on in the BSDs, macOS and libslirp.
#
# Their clocks differ: 4.4BSD and libslirp resend in ticks of 500 ms, of a time-out of two of them at least.
# FreeBSD's timers are exact, its least time-out is 30 ms and 200 ms of slop: a first gap of less than a tick
# is judged as if there were none, so both are right here.

title    = "4.4BSD and its heirs"
based_on = rfc

first_gap     = 190ms..1600ms # FreeBSD tcp_timer.h, TCPTV_CPU_VAR; 4.4BSD tcp_timer.h, TCPTV_MIN, two ticks
rto_initial   = 900ms..12500ms # libslirp goes on with the SYN-ACK's, measured 11.8 s; FreeBSD 1 s
syn_gap       = 900ms..6200ms # 4.4BSD tcp_timer.h, TCPTV_SRTTDFLT: 6 s before a round trip, measured 5.89; FreeBSD 1 s
first_resend  = 10s           # the same
timer_tick    = 500ms         # 4.4BSD sys/protosw.h, PR_SLOWHZ 2
backoff_late  = 15%           # a tick is not early, and as late as its host
backoff_early = 2%            # the same
abort_rst     = ack           # tcp_subr.c, tcp_drop() through tcp_outflags[TCPS_CLOSED]
fin_again     = fin           # measured, libslirp: snd_nxt steps back to send an ACK, and the FIN goes with it
