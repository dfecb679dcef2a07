/* Where scenarios are played: the lab's hosts or the target, with the
 * sockets that serve them all. It is opened whole before anything is sent. */
#ifndef FW_WORLD_H
#define FW_WORLD_H

#include "core/reason.h"
#include "lab/control.h"
#include "lab/keeper.h"
#include "run/options.h"
#include "run/plain.h"
#include "base/address.h"
#include "base/diag.h"

struct lab;
struct lab_host;
struct capture;
struct sender;
struct spare;
struct filter_cache;
struct profile;

/* What the agent said of a sysctl of its host. */
struct sysctl_known {
	char *name;
	bool ok;
	char text[CONTROL_TEXT_BYTES];
};

/* One agent's control channel, with what was learnt through it. */
struct channel {
	struct control *control;
	bool gone; /* ended, or spoke nonsense: why says which */
	struct diag why;
	struct sysctl_known *known; /* sysctls asked for so far */
	size_t known_count, known_room;
};

/* One address of one peer, and ours towards it. */
struct site {
	struct addr local, remote;       /* family 0: this family is not to be had, see trouble */
	uint16_t port;                   /* to be connected to; 0 not known */
	struct channel *channel;         /* NULL: no agent there */
	const struct lab_host *host;     /* the lab only */
	bool program;                    /* of the lab's host: the channel is its keeper's */
	struct channel *keeper;          /* a program with a stack of its own: who keeps it; else NULL */
	bool shielded;                   /* our kernel owns local, so a shield is needed */
	int64_t quickest_ns, slowest_ns; /* answers to our SYNs, of all runs; 0: none yet */
	bool between_asked, cookies;     /* the agent's host answers each SYN with a cookie */
	bool translated;                 /* it has not the address that we connect to */
	bool agent_sees;                 /* the agent has seen a connection of ours, from where it is */
	enum verdict_kind trouble;       /* VERDICT_NONE, or what a job here gets at once */
	struct reason why;
	char interface[16]; /* where it is captured */
	int ifindex;        /* where it leaves; 0: not watched, as in the lab */
	struct addr hop;    /* the next one on that link; family 0: none */
	uint8_t hop_mac[6];
	bool has_hop_mac;
	bool link_down; /* as watched */
	char text[64];  /* "lab", "192.0.2.1:80" */
};

/* Both families of a peer. The channels are of an agent, by family where there are two; the last one is of
 * the keeper of a stack of its own. */
enum { PEER_CHANNELS = 3 };
struct peer_sites {
	struct site site[2];
	struct channel channel[PEER_CHANNELS];
	struct peer_sites *next;
};

struct world {
	const struct options *options;
	struct lab *lab;
	struct lab_program program; /* of --serve or --client: its command, or NULL */
	unsigned instances;         /* hosts that are one run's own */
	struct peer_sites *peers;
	struct plain plain;
	const char *guessed;           /* the --provoke that the peer's port stands for, or NULL */
	const char *stack;             /* what the agent says that it runs on, or NULL */
	const struct profile *profile; /* the peer's, by which it is judged; set by who opened the world */
	int literal;                   /* 4 or 6 where the target was written as an address, else 0 */
	struct sender *sender;
	struct capture *capture;
	struct spare *spare;
	struct filter_cache *filters;
};

enum world_result {
	WORLD_OPEN,
	WORLD_NOBODY, /* nobody can be asked at all: every site has that trouble */
	WORLD_MISUSED /* a mistake of the user's */
};

/* The peers: with no target the lab is entered, else names are resolved, routes asked, the agent called.
 * Not WORLD_OPEN: d says why. Trouble of one family is in its site. world_close() in any case. */
enum world_result world_open(struct world *w, const struct options *o, struct diag *d);

/* The site for a scenario; in the lab its host is made on first use. Never NULL; its trouble may be set. */
struct site *world_site(struct world *w, const struct scenario *s, int family);

/* Opens the capture, the sender and what else takes privilege, for the
 * peers there are by now. Then privilege may be dropped. False with d. */
bool world_listen(struct world *w, struct diag *d);

void world_close(struct world *w);

/* Segments a second that these peers may be sent, at most. */
unsigned world_rate(const struct world *w);

/* How many runs at a time suit these peers, where the user does not say. */
unsigned world_most(const struct world *w);

/* With no privilege left: is there no better shield than by the TTL, so that a target on our own network that
 * sends with 255 would be answered by our kernel? Opens one for a moment. */
bool world_hears_ttl(const struct world *w);

/* For world_open() and its parts: the site is not to be had, and why. */
void site_trouble(struct site *s, enum verdict_kind kind, enum code code, const char *why);

/* Is the peer taken for a plain server, or client, there: one that acts by its own protocol, and by signals?
 */
bool site_is_plain(const struct site *s);

/* Is it the peer that connects, in this scenario? */
bool world_peer_connects(const struct world *w, const struct scenario *s);

/* Bits 1 << enum provoke: what its agent, or its keeper, can make it do. */
uint32_t site_can(const struct site *s);

/* Why nothing can be asked there any more. */
struct reason channel_gone(const struct site *s);

/* world_remote.c: the one peer of -t. */
enum world_result world_remote(struct world *w, struct diag *d);

/* Is the peer this kernel, in a host of our own? Its sysctls are set and its states known then. */
bool world_has_kernel(const struct world *w);

/* world_stack.c: the one peer of --tap, whose stack is the program's. Its trouble may be set. */
void world_stack(struct world *w);

/* Where its agent's channel has ended: waits a moment for what its keeper says of the program. */
void world_last_words(struct site *s);

/* world_lab.c: its kernel, or a program in it. */
enum world_result world_lab(struct world *w, struct diag *d);
void world_lab_name(const struct world *w, struct site *s); /* what it is called in reports */
struct peer_sites *world_lab_peer(struct world *w, const struct scenario *s);

/* That the program in the lab does not come up, or has no TAP device; NULL: it does, or there is none. */
const char *world_program_trouble(const struct world *w);

/* The host to be judged: HOST[:PORT] as written on the command line, and what the resolver makes of it. */

struct target {
	char host[256];
	char service[64];    /* a number or a name of /etc/services; "" where not said */
	struct addr addr[2]; /* [0] IPv4, [1] IPv6; family 0 where the host has none */
	unsigned scope[2];   /* sin6_scope_id of a link-local IPv6 address, else 0 */
	bool literal;        /* an address was written, not a name */
	uint16_t port;       /* 0 where not said */
};

/* Takes text apart, into host and service: host, host:port, 192.0.2.1:80, [2001:db8::1]:80, [2001:db8::1] and
 * 2001:db8::1 (more than one colon without brackets is an address and no port). Resolves nothing. */
bool target_split(const char *text, struct target *t, struct diag *d);

/* Asks the resolver for the rest, one address of each family. False with a sentence: unknown host, unknown
 * service, a port of 0. */
bool target_resolve(struct target *t, struct diag *d);

/* Where a family (4 or 6) stands in the arrays of two. */
static inline int family_index(int family) { return family == 6; }

#endif
