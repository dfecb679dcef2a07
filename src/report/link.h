/* From a page to a file beside it, as a relative reference (RFC 3986, 4.2). */
#ifndef FW_LINK_H
#define FW_LINK_H

/* The reference to file for a page that will be at page; both as they are opened from here. The caller
 * frees it; NULL where one of them cannot be found, or memory has run out. */
char *link_relative(const char *page, const char *file);

#endif
