/* The ports that the kernel gives out by itself (ip_local_port_range) and those that the administrator
 * keeps (ip_local_reserved_ports): our source ports come from outside both. They belong to the network
 * namespace of the caller. */
#ifndef FW_PORTS_H
#define FW_PORTS_H

#include <stdbool.h>
#include <stdint.h>

struct port_rules {
	uint16_t low, high;     /* the ephemeral range, both included */
	uint8_t reserved[8192]; /* a bit for each port */
};

/* Reads both from /proc/sys. What can't be read is the kernel's default:
 * 32768 to 60999, and nothing reserved. */
void port_rules_read(struct port_rules *rules);

/* The two files' text. False where it is not what the kernel writes; rules
 * is then unchanged (range) or holds what came before (reserved). */
bool port_rules_parse_range(struct port_rules *rules, const char *text);
bool port_rules_parse_reserved(struct port_rules *rules, const char *text);

/* May we take it: not 0, not ephemeral, not reserved. */
bool port_rules_allow(const struct port_rules *rules, uint16_t port);

/* The port after `port` that may be taken, from 10000 upwards and round to 10000
 * again (below are the ports that people know); 0 where there is none. */
uint16_t port_rules_next(const struct port_rules *rules, uint16_t port);

#endif
