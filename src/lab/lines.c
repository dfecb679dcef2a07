/* Lines over a stream. Knows nothing of what they say. */
#include "lab/lines.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/memory.h"

static bool comes_later(void) { return errno == EAGAIN || errno == EINTR; }

bool lines_read(struct lines *l)
{
	size_t room = sizeof l->in - l->in_len;
	ssize_t got = room > 0 ? recv(l->fd, l->in + l->in_len, room, MSG_DONTWAIT) : 0;

	if (room > 0 && (got == 0 || (got < 0 && !comes_later())))
		l->gone = true;
	l->in_len += got > 0 ? (size_t)got : 0;
	return got > 0;
}

bool lines_waiting(const struct lines *l) { return memchr(l->in, '\n', l->in_len); }

int lines_take(struct lines *l, char line[PROTOCOL_LINE_BYTES])
{
	const char *end = memchr(l->in, '\n', l->in_len);
	size_t len = end ? (size_t)(end - l->in) : l->in_len;

	if (len >= PROTOCOL_LINE_BYTES)
		return -1;
	if (!end)
		return 0;
	memcpy(line, l->in, len);
	line[len] = '\0';
	l->in_len -= len + 1;
	memmove(l->in, end + 1, l->in_len);
	return 1;
}

void lines_flush(struct lines *l)
{
	while (l->out_len > 0 && !l->gone) {
		ssize_t sent = send(l->fd, l->out, l->out_len, MSG_NOSIGNAL | MSG_DONTWAIT);

		if (sent < 0 && !comes_later())
			l->gone = true;
		if (sent <= 0)
			return;
		l->out_len -= (size_t)sent;
		memmove(l->out, l->out + sent, l->out_len);
	}
}

void lines_put(struct lines *l, const char *text, size_t len)
{
	if (l->out_len + len > l->out_room) {
		l->out_room = 2 * l->out_room + PROTOCOL_LINE_BYTES;
		l->out = memory_resize(l->out, l->out_room, 1);
	}
	memcpy(l->out + l->out_len, text, len);
	l->out_len += len;
}

void lines_free(struct lines *l)
{
	close(l->fd);
	free(l->out);
}
