/* A preload for user-mode Linux 6.1: the registers of its processes, whole. That kernel keeps 2696 octets of
 * what ptrace() gives as NT_X86_XSTATE; a processor with AMX has 11 kB of them, and a host's kernel takes
 * back only all that it has. So what the caller has is written over what the process has just now, and all of
 * it is set. What lies beyond (AMX's tiles) no program uses that didn't ask the kernel for it.
 *
 * To refuse NT_X86_XSTATE instead would do to boot; but then the upper halves of AVX's registers are lost
 * with each page fault, and strchr() misses what it looks for.
 *
 * Knows nothing of TCP. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <elf.h>
#include <stdarg.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/types.h>
#include <sys/uio.h>

enum { XSTATE_BYTES_MAX = 65536 };

typedef long ptrace_function(int request, pid_t pid, void *address, void *data);

long ptrace(enum __ptrace_request request, ...)
{
	static char whole[XSTATE_BYTES_MAX] __attribute__((aligned(64)));
	static ptrace_function *next;
	struct iovec all = {whole, sizeof whole};
	const struct iovec *some;
	va_list rest;
	pid_t pid;
	void *address, *data;

	va_start(rest, request);
	pid = va_arg(rest, pid_t);
	address = va_arg(rest, void *);
	data = va_arg(rest, void *);
	va_end(rest);
	if (!next)
		*(void **)&next = dlsym(RTLD_NEXT, "ptrace");
	if (request != PTRACE_SETREGSET || address != (void *)NT_X86_XSTATE)
		return next((int)request, pid, address, data);
	if (next(PTRACE_GETREGSET, pid, address, &all) < 0)
		return -1;
	some = data;
	memcpy(whole, some->iov_base, some->iov_len < all.iov_len ? some->iov_len : all.iov_len);
	return next(PTRACE_SETREGSET, pid, address, &all);
}
