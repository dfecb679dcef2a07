/* What tests/net/lwip.sh links into stacks/lwip to make it wrong: ld's --wrap puts these in the place of what
 * they are named for. */
#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#ifdef FIN_ONCE
/* A TCP that never sends a FIN again. IPv4 without options alone. */
ssize_t __real_write(int fd, const void *bytes, size_t len);
ssize_t __wrap_write(int fd, const void *bytes, size_t len);

ssize_t __wrap_write(int fd, const void *bytes, size_t len)
{
	enum { TYPE = 12, PROTOCOL = 23, PORT = 36, FLAGS = 47, TCP = 6, FIN = 1 };
	static bool sent[65536];
	const unsigned char *frame = bytes;

	if (len > FLAGS && frame[TYPE] == 8 && frame[TYPE + 1] == 0 && frame[PROTOCOL] == TCP &&
	    (frame[FLAGS] & FIN)) {
		bool *before = &sent[frame[PORT] * 256 + frame[PORT + 1]];

		if (*before)
			return (ssize_t)len;
		*before = true;
	}
	return __real_write(fd, bytes, len);
}
#endif

#ifdef NO_CLOSE
/* An agent that says ok to close, and whose program does not close. */
struct tcp_pcb;
signed char __wrap_tcp_close(struct tcp_pcb *pcb);

signed char __wrap_tcp_close(struct tcp_pcb *pcb)
{
	(void)pcb;
	return 0;
}
#endif
