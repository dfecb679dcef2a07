/* Where the IP packet begins in a captured frame: untrusted bytes, every length checked. */
#ifndef FW_LINK_H
#define FW_LINK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* linktype is a DLT_ value of libpcap: EN10MB (with 802.1Q and 802.1ad tags), LINUX_SLL, LINUX_SLL2, RAW,
 * IPV4, IPV6, NULL, LOOP. Of the frame's len bytes, captured are at frame. False where no IPv4 or IPv6
 * packet is in it (ARP, a cut header, an unknown link type); else *ip_offset <= captured. */
bool link_strip(int linktype, const uint8_t *frame, size_t captured, size_t len, size_t *ip_offset);

enum { LINK_ADDRESS_BYTES = 8 };

/* The sender's link-layer address, 0 behind its end: of EN10MB, LINUX_SLL and LINUX_SLL2. False
 * where the frame has none. */
bool link_source(int linktype, const uint8_t *frame, size_t captured, uint8_t out[LINK_ADDRESS_BYTES]);

/* The bytes of a header that holds the protocol's type, and where in it that stands; 0: it holds none. */
size_t link_typed(int linktype, size_t *type_at);

/* Is it one of those that link_strip() knows? */
bool link_known(int linktype);

#endif
