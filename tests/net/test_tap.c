/* A TAP device in a network namespace of its own, and a program without capabilities that attaches to it:
 * frames pass between it and the other end of the veth as they are, both ways, and nothing else does.
 * Skipped with a reason where a machine allows no lab, or no TAP device. */
#include <arpa/inet.h>
#include <cap-ng.h>
#include <check.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <linux/if_tun.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "lab/lab.h"
#include "lab/tap.h"
#include "lab/veth.h"
#include "suite.h"

enum { FRAMES = 20, SHORTEST = 60, LONGEST = 1514, WAIT_MS = 5000, QUIET_MS = 700, OWN_PROTOCOL = 0x88b5 };

static const uint8_t stack_mac[6] = {0x02, 0x46, 0x57, 0, 1, 3};
static const struct veth_end ours = {.name = "fw1", .mac = {0x02, 0x46, 0x57, 0, 1, 1}};
static const struct veth_end theirs = {.name = "eth0", .mac = {0x02, 0x46, 0x57, 0, 1, 2}};

static struct lab *lab;
static pid_t host;
static int channel;

/* --- the host --- */

/* 0, or errno's value. */
static int attach(const char *name, int *fd)
{
	struct ifreq r = {.ifr_flags = IFF_TAP | IFF_NO_PI};

	*fd = open("/dev/net/tun", O_RDWR | O_CLOEXEC);
	strncpy(r.ifr_name, name, sizeof r.ifr_name - 1);
	return *fd >= 0 && ioctl(*fd, TUNSETIFF, &r) == 0 ? 0 : errno;
}

/* Sends each frame of the tests' protocol back to where it came from, with its last octet one higher. */
_Noreturn static void be_stack(int tap)
{
	uint8_t frame[LONGEST], to[6];
	ssize_t len;

	while ((len = read(tap, frame, sizeof frame)) > 0) {
		if (len < SHORTEST || frame[12] << 8 != (OWN_PROTOCOL & 0xff00) || frame[13] != 0xb5)
			continue;
		memcpy(to, frame + 6, sizeof to);
		memcpy(frame + 6, stack_mac, sizeof stack_mac);
		memcpy(frame, to, sizeof to);
		frame[len - 1]++;
		if (write(tap, frame, (size_t)len) != len)
			break;
	}
	_exit(1);
}

static void tell(int fd, const struct diag *why)
{
	ck_assert(send(fd, why, sizeof *why, MSG_NOSIGNAL) == sizeof *why);
}

_Noreturn static void be_host(int fd, const char *name)
{
	struct diag why = {.text = ""};
	int tap, second;
	char go;

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	namespace_split(&why);
	tell(fd, &why);
	if (recv(fd, &go, 1, 0) != 1)
		_exit(1);
	tap_make(&theirs, name, geteuid(), &why);
	if (!why.text[0]) {
		prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
		capng_clear(CAPNG_SELECT_BOTH);
		capng_apply(CAPNG_SELECT_BOTH);
		if (attach(name, &tap) != 0)
			diag_set(&why, "attaching: %s", strerror(errno));
		else if (attach(name, &second) != EBUSY)
			diag_set(&why, "two at once");
	}
	tell(fd, &why);
	if (!why.text[0])
		be_stack(tap);
	_exit(1);
}

static struct diag hear(void)
{
	struct diag why;

	ck_assert(recv(channel, &why, sizeof why, MSG_WAITALL) == sizeof why);
	return why;
}

/* The sentence of what went wrong; "" for nothing. */
static struct diag start_host(const char *name)
{
	struct diag why;
	int pair[2];

	ck_assert_int_eq(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair), 0);
	channel = pair[0];
	host = fork();
	if (host == 0)
		be_host(pair[1], name);
	close(pair[1]);
	why = hear();
	ck_assert_str_eq(why.text, "");
	ck_assert_msg(veth_make(&ours, &theirs, host, &why) && veth_up(&ours, &why), "%s", why.text);
	ck_assert_int_eq(send(channel, "g", 1, MSG_NOSIGNAL), 1);
	return hear();
}

static void setup(void)
{
	struct diag why;

	lab = lab_open(NULL, &why);
	ck_assert_msg(lab, "%s", why.text);
}

static void teardown(void)
{
	if (host > 0) {
		kill(host, SIGKILL);
		waitpid(host, NULL, 0);
	}
	close(channel);
	lab_close(lab);
}

/* --- our end --- */

static int open_end(void)
{
	struct sockaddr_ll at = {.sll_family = AF_PACKET,
	                         .sll_protocol = htons(ETH_P_ALL),
	                         .sll_ifindex = (int)if_nametoindex(ours.name)};
	int fd = socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC, htons(ETH_P_ALL));

	ck_assert(fd >= 0 && bind(fd, (struct sockaddr *)&at, sizeof at) == 0);
	return fd;
}

/* What comes within ms; what leaves is passed over. 0: nothing. */
static size_t receive(int fd, uint8_t frame[LONGEST], int ms)
{
	struct pollfd p = {.fd = fd, .events = POLLIN};
	struct sockaddr_ll from = {0};
	socklen_t len = sizeof from;
	ssize_t got = 0;

	do {
		if (poll(&p, 1, ms) <= 0)
			return 0;
		got = recvfrom(fd, frame, LONGEST, 0, (struct sockaddr *)&from, &len);
		ck_assert_int_gt(got, 0);
	} while (from.sll_pkttype == PACKET_OUTGOING);
	return (size_t)got;
}

/* The first few may be too early: the link is not up on both sides at once. */
static void await_path(int fd, uint8_t *frame)
{
	uint8_t back[LONGEST];

	for (int i = 0; i < WAIT_MS / 50; i++) {
		ck_assert(send(fd, frame, SHORTEST, 0) == SHORTEST || errno == ENETDOWN);
		if (receive(fd, back, 50) > 0)
			break;
	}
	while (receive(fd, back, 200) > 0)
		;
}

START_TEST(frames_pass_as_they_are)
{
	struct diag why = start_host("stack0");
	uint8_t sent[LONGEST], back[LONGEST];
	int fd;

	ck_assert_msg(!why.text[0], "%s", why.text);
	fd = open_end();
	for (size_t i = 0; i < sizeof sent; i++)
		sent[i] = (uint8_t)(i * 7);
	memset(sent, 0xff, 6);
	memcpy(sent + 6, ours.mac, 6);
	sent[12] = OWN_PROTOCOL >> 8;
	sent[13] = OWN_PROTOCOL & 0xff;
	await_path(fd, sent);
	memcpy(sent, stack_mac, sizeof stack_mac);
	for (size_t i = 0; i < FRAMES; i++) {
		size_t len = i % 2 ? LONGEST : SHORTEST + i;

		sent[14] = (uint8_t)i;
		ck_assert(send(fd, sent, len, 0) == (ssize_t)len);
		ck_assert_uint_eq(receive(fd, back, WAIT_MS), len);
		ck_assert_mem_eq(back, ours.mac, 6);
		ck_assert_mem_eq(back + 6, stack_mac, 6);
		ck_assert_mem_eq(back + 12, sent + 12, len - 13);
		ck_assert_uint_eq(back[len - 1], (uint8_t)(sent[len - 1] + 1));
	}
	/* Nobody asks for routers, reports whom it listens to, or talks of a spanning tree. */
	ck_assert_uint_eq(receive(fd, back, QUIET_MS), 0);
	close(fd);
}
END_TEST

START_TEST(a_name_that_cannot_be)
{
	static const char *const bad[] = {"",    "sixteen-letters-", "a/b",  "a b",      "tap%d", ".", "..",
	                                  "a:b", "caf\xc3\xa9",      "eth0", "fourwave", "lo"};
	struct diag why;

	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		why.text[0] = '\0';
		ck_assert(!tap_name_good(bad[i], &why));
		ck_assert_msg(strstr(why.text, "is no name for a TAP device"), "%s", why.text);
	}
	ck_assert(tap_name_good("tap0", &why) && tap_name_good("fifteen-letters", &why) &&
	          tap_name_good("a.b_c-d", &why));
	why = start_host("eth0");
	ck_assert_msg(strstr(why.text, "the lab has one so called"), "%s", why.text);
}
END_TEST

/* In a child, as opening moves the process. 0: a TAP device can be had, else the sentence is printed. */
static int can_have_tap(void)
{
	pid_t child = fork();
	int status;

	if (child == 0) {
		struct diag why = {.text = ""};
		bool good = (lab = lab_open(NULL, &why)) && tap_make(&theirs, "stack0", geteuid(), &why);

		/* With a device, only the veth is missing. */
		good = good || if_nametoindex("stack0") != 0;
		if (!good)
			printf("skipped: %s\n", why.text);
		fflush(stdout);
		lab_close(lab);
		_exit(good ? 0 : 1);
	}
	waitpid(child, &status, 0);
	return status;
}

int main(void)
{
	Suite *s = suite_create("tap");
	TCase *devices = tcase_create("devices");

	if (can_have_tap() != 0)
		return 77;
	tcase_set_timeout(devices, 30);
	tcase_add_checked_fixture(devices, setup, teardown);
	tcase_add_test(devices, frames_pass_as_they_are);
	tcase_add_test(devices, a_name_that_cannot_be);
	suite_add_tcase(s, devices);
	return suite_run(s);
}
