/* Frames as link types have them: where the IP packet begins in one, and notes, which are frames of our own.
 * Untrusted bytes, every length checked. */
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

/* Is it one of those that link_strip() knows? */
bool link_known(int linktype);

/* A note is a text in a capture file: frames of the local experimental ethertype 0x88B5 (IEEE Std 802) that
 * nobody sends, which readers of captures show as such and leave alone. On links with no ethertype they are
 * IPv4 packets of the experimental protocol 253 (RFC 3692) from nobody to nobody.
 *
 * A long text is cut into parts; each begins with "fourwave N/M\n". */
enum { NOTE_HEAD_MAX = 64 };

/* The bytes before part number `part` (from 1) of `parts`, whose text has
 * text_len bytes. Returns how many they are, 0: the link type can hold no note. */
size_t note_head(int linktype, unsigned part, unsigned parts, size_t text_len, uint8_t head[NOTE_HEAD_MAX]);

/* Is the frame part of a note? Then *text points to its text. */
bool note_strip(int linktype, const uint8_t *frame, size_t captured, unsigned *part, unsigned *parts,
                const char **text, size_t *text_len);

#endif
