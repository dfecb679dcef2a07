# Captures read again: judged, and drawn.
dist_check_SCRIPTS += tests/net/judge.sh
TESTS += tests/net/judge.sh
