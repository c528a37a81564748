/* What the kernel knows of a TCP connection; apart, because its header and the C library's do not go together. */
#ifndef HOTLINE_DAEMON_UV_TCP_H
#define HOTLINE_DAEMON_UV_TCP_H

#include <stddef.h>

/* How many bytes the line carries in its round trip, as measured so far; SIZE_MAX when nobody knows. */
size_t tcp_carries(int fd);

#endif
