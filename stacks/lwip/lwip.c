/* lwIP as the peer: its TCP on the TAP device that fourwave gives us, driven by the agent's protocol. An
 * example to begin from: what is the stack's is here, what any stack needs is in agent.c and tap.c. Knows no
 * line of the protocol.
 *
 *     fourwave table --tap lwip --serve stacks/lwip/lwip
 *
 * lwIP runs without a thread of its own: lwip_init() and sys_check_timeouts() instead of tcpip_init(). */
#include <lwip/etharp.h>
#include <lwip/ethip6.h>
#include <lwip/init.h>
#include <lwip/priv/tcp_priv.h>
#include <lwip/tcp.h>
#include <lwip/timeouts.h>
#include <netif/ethernet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "../agent.h"
#include "../tap.h"

enum { FRAME_BYTES = 1514, MTU = 1500, MS_NS = 1000000 };

static struct netif device;
static int tap;

/* --- the clock --- */

static u32_t clock_ms;

/* lwIP's clock, in the place of its library's own: it stands still while lwIP's timers run. */
u32_t sys_now(void) { return clock_ms; }

static u32_t real_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (u32_t)(t.tv_sec * 1000 + t.tv_nsec / MS_NS);
}

/* Where this program was woken late, lwIP's timers run for each moment that was missed: its ticks of 250 ms
 * count from the one before, so that it would lose what they are late, and all its time-outs would be longer.
 */
static void run_timers(void)
{
	u32_t now = real_ms(), next;

	while (clock_ms != now) {
		next = sys_timeouts_sleeptime();
		clock_ms += next < now - clock_ms ? next : now - clock_ms;
		sys_check_timeouts();
	}
}

/* --- the device --- */

static err_t send_frame(struct netif *netif, struct pbuf *p)
{
	char frame[FRAME_BYTES];
	u16_t len = pbuf_copy_partial(p, frame, sizeof frame, 0);

	(void)netif;
	/* A frame that the device does not take is lost, as on any network. */
	(void)!write(tap, frame, len);
	return ERR_OK;
}

static void receive_frames(void)
{
	char frame[FRAME_BYTES];
	ssize_t len;

	while ((len = read(tap, frame, sizeof frame)) > 0) {
		/* Not PBUF_POOL: in Debian's build those buffers are shorter than lwIP takes them to be. */
		struct pbuf *p = pbuf_alloc(PBUF_RAW, (u16_t)len, PBUF_RAM);

		if (!p)
			continue;
		pbuf_take(p, frame, (u16_t)len);
		if (device.input(p, &device) != ERR_OK)
			pbuf_free(p);
	}
}

static err_t start_device(struct netif *netif)
{
	static const u8_t address[] = {0x02, 0x6c, 0x77, 0x49, 0x50, 0x01};

	netif->name[0] = 't';
	netif->name[1] = 'p';
	netif->mtu = MTU;
	netif->hwaddr_len = sizeof address;
	memcpy(netif->hwaddr, address, sizeof address);
	netif->flags = NETIF_FLAG_BROADCAST | NETIF_FLAG_ETHARP | NETIF_FLAG_ETHERNET | NETIF_FLAG_LINK_UP |
	               NETIF_FLAG_MLD6;
	netif->output = etharp_output;
	netif->output_ip6 = ethip6_output;
	netif->linkoutput = send_frame;
	return ERR_OK;
}

static void add_ip6(const char *text)
{
	ip6_addr_t address;

	/* An address that is at once "preferred" is not looked for at other hosts first: that takes a second.
	 */
	netif_create_ip6_linklocal_address(&device, 1);
	netif_ip6_addr_set_state(&device, 0, IP6_ADDR_PREFERRED);
	ip6addr_aton(text, &address);
	ip6_addr_assign_zone(&address, IP6_UNICAST, &device);
	netif_ip6_addr_set(&device, 1, &address);
	netif_ip6_addr_set_state(&device, 1, IP6_ADDR_PREFERRED);
}

static void start_network(void)
{
	const char *six = getenv("FOURWAVE_ADDRESS6"), *gateway = getenv("FOURWAVE_GATEWAY");
	ip4_addr_t address, mask, router = {0};

	ip4addr_aton(tap_setting("FOURWAVE_ADDRESS"), &address);
	mask.addr = lwip_htonl(~0U << (32 - atoi(tap_setting("FOURWAVE_PREFIX"))));
	if (gateway)
		ip4addr_aton(gateway, &router);
	netif_add(&device, &address, &mask, &router, NULL, start_device, ethernet_input);
	netif_set_default(&device);
	netif_set_up(&device);
	if (six)
		add_ip6(six);
}

/* --- connections --- */

static bool is_from(const struct tcp_pcb *pcb, const struct agent_connection *c)
{
	const ip_addr_t *a = &pcb->remote_ip;

	return pcb->remote_port == c->port && pcb->local_port == c->local_port && !IP_IS_V4(a) == c->six &&
	       memcmp(c->six ? (const void *)ip_2_ip6(a) : ip_2_ip4(a), c->address, c->six ? 16 : 4) == 0;
}

/* lwIP's connection with the tester, that the program may have closed long ago. */
static struct tcp_pcb *find_pcb(const struct agent_connection *c)
{
	struct tcp_pcb *lists[] = {tcp_active_pcbs, tcp_tw_pcbs};

	for (size_t i = 0; i < LWIP_ARRAYSIZE(lists); i++)
		for (struct tcp_pcb *pcb = lists[i]; pcb; pcb = pcb->next)
			if (is_from(pcb, c))
				return pcb;
	return NULL;
}

/* Takes the connection from the program: lwIP calls us about it no more. NULL: lwIP has no such connection
 * any more; of one that was only shut down and came to the end of TIME-WAIT it does not tell. */
static struct tcp_pcb *take_pcb(struct agent_connection *c)
{
	struct tcp_pcb *pcb = find_pcb(c);

	c->socket = NULL;
	if (!pcb)
		return NULL;
	tcp_arg(pcb, NULL);
	tcp_recv(pcb, NULL);
	tcp_sent(pcb, NULL);
	tcp_err(pcb, NULL);
	return pcb;
}

static const char *lwip_close(struct agent_connection *c)
{
	struct tcp_pcb *pcb = take_pcb(c);

	return !pcb || tcp_close(pcb) == ERR_OK ? NULL : "lwIP has no memory for a FIN";
}

static const char *lwip_shutdown(struct agent_connection *c)
{
	struct tcp_pcb *pcb = find_pcb(c);

	return !pcb || tcp_shutdown(pcb, 0, 1) == ERR_OK ? NULL : "lwIP cannot shut this connection down";
}

static const char *lwip_reset(struct agent_connection *c)
{
	struct tcp_pcb *pcb = take_pcb(c);

	if (pcb)
		tcp_abort(pcb);
	return NULL;
}

static ssize_t lwip_write(struct agent_connection *c, const char *bytes, size_t len)
{
	struct tcp_pcb *pcb = find_pcb(c);
	size_t room = pcb ? tcp_sndbuf(pcb) : 0;
	err_t error;

	if (!pcb)
		return -1;
	len = len < room ? len : room;
	error = tcp_write(pcb, bytes, (u16_t)len, TCP_WRITE_FLAG_COPY);
	if (error != ERR_OK)
		return error == ERR_MEM ? 0 : -1;
	tcp_output(pcb);
	return (ssize_t)len;
}

/* Octets that have come and that the program did not take. */
static tcpwnd_size_t unread(const struct tcp_pcb *pcb)
{
	return (tcpwnd_size_t)(TCP_WND_MAX(pcb) - pcb->rcv_wnd);
}

static const char *lwip_read(struct agent_connection *c)
{
	struct tcp_pcb *pcb = find_pcb(c);

	if (pcb && c->reading)
		tcp_recved(pcb, (u16_t)unread(pcb));
	return NULL;
}

/* lwIP has no processes that could die; but a close() with data unread is what its clause is about (RFC 1122,
 * 4.2.2.13), and a killed program's socket is closed by its kernel just so. */
static const char *lwip_crash_unread(struct agent_connection *c)
{
	const struct tcp_pcb *pcb = find_pcb(c);

	c->reading = false;
	return pcb && unread(pcb) == 0 ? AGENT_LATER : lwip_close(c);
}

static const char *lwip_keepalive(struct agent_connection *c, int64_t idle_ns, int64_t interval_ns,
                                  unsigned count)
{
	struct tcp_pcb *pcb = find_pcb(c);

	if (!pcb)
		return "the connection is no more";
	if (idle_ns % MS_NS || interval_ns % MS_NS)
		return "lwIP takes times of whole milliseconds";
	pcb->keep_idle = (u32_t)(idle_ns / MS_NS);
	pcb->keep_intvl = (u32_t)(interval_ns / MS_NS);
	pcb->keep_cnt = count;
	ip_set_option(pcb, SOF_KEEPALIVE);
	return NULL;
}

static const char *lwip_state(const struct agent_connection *c, int64_t *timer_ns)
{
	static const char *const names[] = {
	    [CLOSED] = "CLOSED",         [LISTEN] = "LISTEN",           [SYN_SENT] = "SYN-SENT",
	    [SYN_RCVD] = "SYN-RECEIVED", [ESTABLISHED] = "ESTABLISHED", [FIN_WAIT_1] = "FIN-WAIT-1",
	    [FIN_WAIT_2] = "FIN-WAIT-2", [CLOSE_WAIT] = "CLOSE-WAIT",   [CLOSING] = "CLOSING",
	    [LAST_ACK] = "LAST-ACK",     [TIME_WAIT] = "TIME-WAIT",
	};
	const struct tcp_pcb *pcb = find_pcb(c);

	if (!pcb)
		return names[CLOSED];
	if (pcb->state == TIME_WAIT)
		*timer_ns =
		    ((int64_t)(2 * TCP_MSL) - (int64_t)(tcp_ticks - pcb->tmr) * TCP_SLOW_INTERVAL) * MS_NS;
	return names[pcb->state];
}

/* --- what lwIP tells --- */

static err_t on_data(void *arg, struct tcp_pcb *pcb, struct pbuf *p, err_t error)
{
	struct agent_connection *c = arg;

	(void)error;
	if (!p) {
		agent_eof(c);
		return ERR_OK;
	}
	if (c->reading)
		tcp_recved(pcb, p->tot_len);
	pbuf_free(p);
	return ERR_OK;
}

static err_t on_sent(void *arg, struct tcp_pcb *pcb, u16_t len)
{
	(void)pcb;
	(void)len;
	agent_writable(arg);
	return ERR_OK;
}

static void on_error(void *arg, err_t error)
{
	(void)error;
	agent_gone(arg);
}

static void give(struct agent_connection *c, struct tcp_pcb *pcb)
{
	c->socket = pcb;
	tcp_arg(pcb, c);
	tcp_recv(pcb, on_data);
	tcp_sent(pcb, on_sent);
	tcp_err(pcb, on_error);
}

static err_t on_accept(void *arg, struct tcp_pcb *pcb, err_t error)
{
	struct agent_connection *c;
	bool six;

	(void)arg;
	if (error != ERR_OK)
		return error;
	six = IP_IS_V6(&pcb->remote_ip);
	c = agent_came(six, six ? (void *)ip_2_ip6(&pcb->remote_ip) : ip_2_ip4(&pcb->remote_ip),
	               pcb->remote_port);
	if (!c) {
		tcp_abort(pcb);
		return ERR_ABRT;
	}
	give(c, pcb);
	return ERR_OK;
}

static err_t on_connected(void *arg, struct tcp_pcb *pcb, err_t error)
{
	(void)arg;
	(void)pcb;
	return error;
}

static bool is_own(const ip_addr_t *address)
{
	return IP_IS_V6(address) ? netif_get_ip6_addr_match(&device, ip_2_ip6(address)) >= 0
	                         : ip4_addr_cmp(ip_2_ip4(address), netif_ip4_addr(&device));
}

static const char *lwip_connect(struct agent_connection *c)
{
	ip_addr_t to = {0};
	struct tcp_pcb *pcb;

	IP_SET_TYPE_VAL(to, c->six ? IPADDR_TYPE_V6 : IPADDR_TYPE_V4);
	memcpy(c->six ? (void *)ip_2_ip6(&to) : ip_2_ip4(&to), c->address, c->six ? 16 : 4);
	pcb = tcp_new_ip_type(IP_GET_TYPE(&to));
	if (!pcb)
		return "lwIP has no memory for a connection";
	/* Without its thread it has no way to itself. */
	if (ip_addr_isloopback(&to) || is_own(&to)) {
		tcp_abort(pcb);
		return "lwIP does not connect to itself here";
	}
	if (tcp_connect(pcb, &to, c->port, on_connected) != ERR_OK) {
		tcp_abort(pcb);
		return "lwIP cannot connect there";
	}
	c->local_port = pcb->local_port;
	give(c, pcb);
	return NULL;
}

/* --- the program --- */

static void start_listening(void)
{
	struct tcp_pcb *pcb = tcp_new_ip_type(IPADDR_TYPE_ANY);

	if (!pcb || tcp_bind(pcb, IP_ANY_TYPE, AGENT_DATA_PORT) != ERR_OK || !(pcb = tcp_listen(pcb))) {
		fprintf(stderr, "lwIP cannot listen on port %d\n", AGENT_DATA_PORT);
		exit(1);
	}
	tcp_accept(pcb, on_accept);
}

static void wait_and_work(void)
{
	struct pollfd fds[AGENT_FDS + 1];
	unsigned count = agent_poll(fds);
	int timers_ms = (int)sys_timeouts_sleeptime(), agent_ms = agent_timeout_ms();

	fds[count++] = (struct pollfd){.fd = tap, .events = POLLIN};
	poll(fds, count, agent_ms >= 0 && agent_ms < timers_ms ? agent_ms : timers_ms);
	run_timers();
	receive_frames();
}

int main(int argc, char **argv)
{
	static const struct agent_stack lwip = {
	    .name = "lwip",
	    .close = lwip_close,
	    .shutdown = lwip_shutdown,
	    .reset = lwip_reset,
	    .write = lwip_write,
	    .read = lwip_read,
	    .state = lwip_state,
	    .connect = lwip_connect,
	    .crash_unread = lwip_crash_unread,
	    .keepalive = lwip_keepalive,
	};

	tap = tap_open();
	/* lwIP takes its ports and numbers of rand(). */
	srand((unsigned)time(NULL));
	clock_ms = real_ms();
	lwip_init();
	start_network();
	start_listening();
	if (!agent_start(&lwip, argc > 1 ? argv[1] : NULL))
		return 1;
	do
		wait_and_work();
	while (agent_run());
	return 0;
}
