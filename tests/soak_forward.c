/* soak_forward IF IF SEED COPIED LATE [JITTER [DELAY]]: a bad path between two interfaces. Forwards each
 * frame from one to the other; COPIED of 1000 come twice, LATE of 1000 come some
 * milliseconds later and are overtaken. With JITTER each is up to so many milliseconds later, and
 * none of a connection overtakes another of it; with DELAY by so many milliseconds at least. Ends with
 * SIGTERM and says what it did. Needs CAP_NET_RAW. */
#include <arpa/inet.h>
#include <errno.h>
#include <linux/if_packet.h>
#include <linux/virtio_net.h>
#include <net/ethernet.h>
#include <net/if.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { FLOWS = 4096 }; /* connections are told apart by their ports, more or less */
enum { FRAME_BYTES = 70000, HELD_MAX = 8192, LATE_MAX_US = 5000 };

struct held {
	int64_t due_ns;
	int fd; /* where it leaves */
	size_t len;
	uint8_t *bytes;
};

static struct held held[HELD_MAX];
static size_t held_count;
static uint64_t random_state;
static unsigned copied, late, jitter_us, delay_us;
static size_t forwarded, copies, lates;
static volatile sig_atomic_t ended;

static void on_signal(int sig)
{
	(void)sig;
	ended = 1;
}

static int64_t now_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

/* xorshift64*: the same seed, the same numbers. */
static uint32_t random_below(uint32_t n)
{
	random_state ^= random_state >> 12;
	random_state ^= random_state << 25;
	random_state ^= random_state >> 27;
	return (uint32_t)((random_state * UINT64_C(0x2545f4914f6cdd1d)) >> 33) % n;
}

/* A socket that passes checksums and lengths left to the hardware on as they are. */
static int open_interface(const char *name)
{
	struct sockaddr_ll at = {.sll_family = AF_PACKET,
	                         .sll_protocol = htons(ETH_P_ALL),
	                         .sll_ifindex = (int)if_nametoindex(name)};
	int fd = socket(AF_PACKET, SOCK_RAW | SOCK_NONBLOCK | SOCK_CLOEXEC, htons(ETH_P_ALL));
	int one = 1, bytes = 8 * 1024 * 1024;

	if (fd < 0 || setsockopt(fd, SOL_PACKET, PACKET_VNET_HDR, &one, sizeof one) < 0 ||
	    bind(fd, (struct sockaddr *)&at, sizeof at) < 0) {
		perror(name);
		exit(2);
	}
	setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &bytes, sizeof bytes);
	return fd;
}

static void hold(int fd, const uint8_t *bytes, size_t len, int64_t due_ns)
{
	struct held *h = &held[held_count];

	if (held_count == HELD_MAX || !(h->bytes = malloc(len))) {
		fprintf(stderr, "a frame too many is lost\n");
		return;
	}
	memcpy(h->bytes, bytes, len);
	h->fd = fd;
	h->len = len;
	h->due_ns = due_ns;
	held_count++;
}

static int64_t soon_ns(void) { return now_ns() + (int64_t)random_below(LATE_MAX_US) * 1000; }

/* Which of the FLOWS: the ports of TCP over IPv4 without options, or IPv6 without extensions. */
static unsigned flow_of(const uint8_t *bytes, size_t len)
{
	size_t at = sizeof(struct virtio_net_hdr) + ETH_HLEN;
	size_t ports = len > at && bytes[at] >> 4 == 6 ? at + 40 : at + 20;

	if (len < ports + 4)
		return 0;
	return (unsigned)((bytes[ports] ^ bytes[ports + 2]) << 8 | (bytes[ports + 1] ^ bytes[ports + 3])) %
	       FLOWS;
}

/* Later than now, and not before the one of its connection that goes the same way before it. */
static void hold_in_order(int fd, const uint8_t *bytes, size_t len, int64_t *last_ns)
{
	int64_t due_ns = now_ns() + ((int64_t)delay_us + random_below(jitter_us + 1)) * 1000;

	*last_ns = due_ns > *last_ns ? due_ns : *last_ns + 1;
	hold(fd, bytes, len, *last_ns);
}

static int by_due(const void *a, const void *b)
{
	const struct held *x = a, *y = b;

	return x->due_ns < y->due_ns ? -1 : x->due_ns > y->due_ns;
}

static void release(void)
{
	int64_t now = now_ns();
	size_t done = 0;

	qsort(held, held_count, sizeof *held, by_due);
	for (; done < held_count && held[done].due_ns <= now; done++) {
		if (write(held[done].fd, held[done].bytes, held[done].len) < 0 && errno != EAGAIN)
			perror("write");
		free(held[done].bytes);
	}
	held_count -= done;
	memmove(held, held + done, held_count * sizeof *held);
}

static void forward(int from, int to, int64_t *last_ns)
{
	static uint8_t bytes[FRAME_BYTES];
	struct sockaddr_ll source;
	socklen_t len = sizeof source;
	ssize_t n = recvfrom(from, bytes, sizeof bytes, 0, (struct sockaddr *)&source, &len);

	if (n <= 0 || source.sll_pkttype == PACKET_OUTGOING)
		return;
	forwarded++;
	if (jitter_us > 0 || delay_us > 0) {
		hold_in_order(to, bytes, (size_t)n, &last_ns[flow_of(bytes, (size_t)n)]);
	} else if (random_below(1000) < late) {
		hold(to, bytes, (size_t)n, soon_ns());
		lates++;
	} else if (write(to, bytes, (size_t)n) < 0) {
		perror("write");
	}
	if (random_below(1000) < copied) {
		hold(to, bytes, (size_t)n, soon_ns());
		copies++;
	}
}

int main(int argc, char **argv)
{
	struct sigaction action = {.sa_handler = on_signal};
	struct pollfd p[2];
	static int64_t last_ns[2][FLOWS];

	if (argc < 6 || argc > 8) {
		fprintf(stderr, "usage: soak_forward IF IF SEED COPIED LATE [JITTER [DELAY]]\n");
		return 2;
	}
	p[0] = (struct pollfd){.fd = open_interface(argv[1]), .events = POLLIN};
	p[1] = (struct pollfd){.fd = open_interface(argv[2]), .events = POLLIN};
	random_state = strtoull(argv[3], NULL, 10) * UINT64_C(0x9e3779b97f4a7c15) + 1;
	copied = (unsigned)strtoul(argv[4], NULL, 10);
	late = (unsigned)strtoul(argv[5], NULL, 10);
	jitter_us = argc > 6 ? (unsigned)strtoul(argv[6], NULL, 10) * 1000 : 0;
	delay_us = argc > 7 ? (unsigned)strtoul(argv[7], NULL, 10) * 1000 : 0;
	sigaction(SIGTERM, &action, NULL);
	sigaction(SIGINT, &action, NULL);
	while (!ended) {
		if (poll(p, 2, held_count > 0 ? 1 : 1000) < 0 && errno != EINTR)
			break;
		release();
		for (int i = 0; i < 2; i++)
			if (p[i].revents & POLLIN)
				forward(p[i].fd, p[1 - i].fd, last_ns[i]);
	}
	printf("%zu frames forwarded, %zu came twice, %zu came late\n", forwarded, copies, lates);
	return 0;
}
