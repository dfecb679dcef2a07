/* A text in a capture file: frames of the local experimental ethertype 0x88B5 (IEEE Std 802) that nobody
 * sends, which readers of captures show as such and leave alone. On links with no ethertype they are IPv4
 * packets of the experimental protocol 253 (RFC 3692) from nobody to nobody.
 *
 * A long text is cut into parts; each begins with "fourwave N/M\n". */
#ifndef FW_NOTE_H
#define FW_NOTE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { NOTE_HEAD_MAX = 64 };

/* The bytes before part number `part` (from 1) of `parts`, whose text has
 * text_len bytes. Returns how many they are, 0: the link type can hold no note. */
size_t note_head(int linktype, unsigned part, unsigned parts, size_t text_len, uint8_t head[NOTE_HEAD_MAX]);

/* Is the frame part of a note? Then *text points to its text. */
bool note_strip(int linktype, const uint8_t *frame, size_t captured, unsigned *part, unsigned *parts,
                const char **text, size_t *text_len);

#endif
