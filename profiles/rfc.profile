# What RFCs bound, and nothing else: for a target of unknown kind.
#
# What is not given here has no bound: a step whose choice it is, is played, and its time is not judged.
# Not given on purpose:
#   time_wait     RFC 9293 (3.6.1, MUST-13) asks for twice the MSL, and calls its 2 minutes "an engineering
#                 choice" (3.4.1): 4 minutes are right, and so is the minute of most stacks
#   rto_min       1 s is a SHOULD (RFC 6298, 2.4) that few stacks keep
#   first_resend  no RFC bounds the first time-out of a path that was measured
#   timer_tick    RFC 6298 (4) asks for no granularity

title = "what RFCs bound"

delayed_ack = 500ms # RFC 9293, 3.8.6.3 (MUST-40): less than half a second
msl         = 2min  # RFC 9293, 3.4.1
resends     = 3     # RFC 9293, 3.8.3 (SHLD-10): R1 is at least 3 retransmissions
