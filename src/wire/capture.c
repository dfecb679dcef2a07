/* One libpcap handle on a live interface. Knows frames and times, not whose they are. */
#include <pcap/pcap.h>
#include <stdlib.h>
#include <string.h>

#include "base/duration.h"
#include "base/memory.h"
#include "wire/capture.h"
#include "wire/link.h"
#include "wire/privilege.h"

enum { BATCH = 256 };

struct capture {
	pcap_t *pcap;
	int linktype;
	int fd;
	char *interface;
	/* for the callback of one capture_read() */
	void (*take)(void *context, const struct captured *captured);
	void *context;
};

/* Why pcap_activate() refused. False. */
static bool not_active(const struct capture *c, int rc, struct diag *d)
{
	const char *name = c->interface;

	switch (rc) {
	case PCAP_ERROR_NO_SUCH_DEVICE:
		return diag_set(d, "there is no interface %s: \"ip link\" lists those that there are", name);
	case PCAP_ERROR_PERM_DENIED:
	case PCAP_ERROR_PROMISC_PERM_DENIED:
		return diag_set(d, "no privilege to capture on %s: %s", name, privilege_advice());
	case PCAP_ERROR_IFACE_NOT_UP:
		return diag_set(d, "the interface %s is down: \"ip link set %s up\" brings it up", name,
		                name);
	}
	return diag_set(d, "libpcap cannot capture on %s: %s", name,
	                *pcap_geterr(c->pcap) ? pcap_geterr(c->pcap) : pcap_statustostr(rc));
}

/* Activates, and sees to what must be so for the others to work. */
static bool activate(struct capture *c, struct diag *d)
{
	char why[PCAP_ERRBUF_SIZE] = "";
	int rc = pcap_activate(c->pcap);

	if (rc < 0)
		return not_active(c, rc, d);
	c->linktype = pcap_datalink(c->pcap);
	if (!link_known(c->linktype)) {
		const char *name = pcap_datalink_val_to_name(c->linktype);

		return diag_set(d, "the link layer of %s (%s) is not known here; \"-i any\" may do",
		                c->interface, name ? name : "no name");
	}
	if (pcap_get_tstamp_precision(c->pcap) != PCAP_TSTAMP_PRECISION_NANO)
		return diag_set(d, "libpcap gives no nanoseconds on %s", c->interface);
	if (pcap_setdirection(c->pcap, PCAP_D_INOUT) != 0)
		return diag_set(d, "libpcap cannot capture both directions on %s: %s", c->interface,
		                pcap_geterr(c->pcap));
	if (pcap_setnonblock(c->pcap, 1, why) != 0)
		return diag_set(d, "the capture on %s cannot be made non-blocking: %s", c->interface, why);
	c->fd = pcap_get_selectable_fd(c->pcap);
	return c->fd >= 0 || diag_set(d, "the capture on %s has nothing to wait for", c->interface);
}

struct capture *capture_open(const struct capture_options *options, struct diag *d)
{
	char why[PCAP_ERRBUF_SIZE] = "";
	struct capture *c = memory_new(1, sizeof(*c));
	bool ok;

	c->interface = memory_text(options->interface);
	c->pcap = pcap_create(c->interface, why);
	if (!c->pcap ||
	    pcap_set_snaplen(c->pcap, options->snaplen > 0 ? options->snaplen : CAPTURE_SNAPLEN) != 0 ||
	    pcap_set_buffer_size(c->pcap, options->buffer_bytes > 0 ? options->buffer_bytes
	                                                            : CAPTURE_BUFFER_BYTES) != 0 ||
	    pcap_set_promisc(c->pcap, 0) != 0 || pcap_set_immediate_mode(c->pcap, 1) != 0 ||
	    pcap_set_tstamp_precision(c->pcap, PCAP_TSTAMP_PRECISION_NANO) != 0)
		ok = diag_set(d, "libpcap cannot capture on %s: %s", c->interface, why);
	else
		ok = activate(c, d);
	if (ok)
		return c;
	capture_close(c);
	return NULL;
}

void capture_close(struct capture *c)
{
	if (!c)
		return;
	if (c->pcap)
		pcap_close(c->pcap);
	free(c->interface);
	free(c);
}

bool capture_filter(struct capture *c, const char *expression, struct diag *d)
{
	struct bpf_program program;
	bool ok;

	if (pcap_compile(c->pcap, &program, expression, 1, PCAP_NETMASK_UNKNOWN) != 0)
		return diag_set(d, "the capture filter \"%.200s\" is refused: %s", expression,
		                pcap_geterr(c->pcap));
	ok = pcap_setfilter(c->pcap, &program) == 0;
	if (!ok)
		diag_set(d, "the capture filter on %s cannot be set: %s", c->interface, pcap_geterr(c->pcap));
	pcap_freecode(&program);
	return ok;
}

int capture_fd(const struct capture *c) { return c->fd; }
int capture_linktype(const struct capture *c) { return c->linktype; }
int capture_snaplen(const struct capture *c) { return pcap_snapshot(c->pcap); }

static void one_frame(u_char *context, const struct pcap_pkthdr *header, const u_char *frame)
{
	struct capture *c = (struct capture *)(void *)context;
	struct captured captured = {.header = header, .frame = frame};
	size_t offset;

	if (!link_strip(c->linktype, frame, header->caplen, header->len, &offset))
		return;
	captured.has_source_mac = link_source(c->linktype, frame, header->caplen, captured.source_mac);
	captured.ip = frame + offset;
	captured.ip_captured = header->caplen - offset;
	captured.ip_len = header->len - offset;
	captured.time_ns = header->ts.tv_sec * NS_PER_S + header->ts.tv_usec;
	c->take(c->context, &captured);
}

int capture_read(struct capture *c, void (*take)(void *context, const struct captured *captured),
                 void *context, struct diag *d)
{
	int taken;

	c->take = take;
	c->context = context;
	taken = pcap_dispatch(c->pcap, BATCH, one_frame, (u_char *)c);
	if (taken >= 0)
		return taken;
	diag_set(d, "the capture on %s has ended: %s", c->interface, pcap_geterr(c->pcap));
	return -1;
}

bool capture_dropped(struct capture *c, uint64_t *dropped)
{
	struct pcap_stat stat;

	if (pcap_stats(c->pcap, &stat) != 0)
		return false;
	*dropped = (uint64_t)stat.ps_drop + stat.ps_ifdrop;
	return true;
}
