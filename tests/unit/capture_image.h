/* A capture file in memory, written byte by byte. */
#ifndef FW_CAPTURE_IMAGE_H
#define FW_CAPTURE_IMAGE_H

#include "read/file.h"
#include "read/journal.h"

enum { FILE_BYTES = 65536, ETHERNET = 1, RAW = 101, SLL = 113, SLL2 = 276, BSD_NULL = 0, BSD_LOOP = 108 };

/* A file in memory that can be opened by its name. */
struct image {
	uint8_t bytes[FILE_BYTES];
	size_t len;
	bool big; /* byte order */
};

/* Appends. */
void image_put(struct image *f, const void *bytes, size_t len);
void image_number(struct image *f, unsigned width, uint32_t n);
void image_head(struct image *f, uint32_t magic, uint32_t linktype);
void image_frame(struct image *f, uint32_t s, uint32_t fraction, const uint8_t *frame, size_t len);

/* Reads its first len bytes as capture_file_read() does. */
bool image_read(const struct image *image, size_t len, struct capture_file *file, struct diag *d);

/* A journal with an event of each kind, to be freed. */
struct journal *image_journal(void);

#endif
